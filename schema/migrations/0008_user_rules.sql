-- What the user's own files say: rules.csv and overrides.csv, as rounds read them. A line that is changed or taken out
-- of a file keeps its row, with the instant it ended: so derived tables find from the file alone what has changed.
CREATE TABLE meta.rule_files (
    name        VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    lines       BIGINT NOT NULL,
    observed_at TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL
);
COMMENT ON TABLE meta.rule_files IS 'Which of the user''s own files the tables beside this one were read from';
COMMENT ON COLUMN meta.rule_files.name IS 'rules or overrides';
COMMENT ON COLUMN meta.rule_files.fingerprint IS 'Hash of what its lines say; comments and spacing are not in it';
COMMENT ON COLUMN meta.rule_files.lines IS 'Lines it had';
COMMENT ON COLUMN meta.rule_files.observed_at IS 'When a round last read another content';
COMMENT ON COLUMN meta.rule_files.run_id IS 'Run that read it';

CREATE TABLE meta.rules (
    rule_id     VARCHAR NOT NULL,
    version     VARCHAR NOT NULL,
    position    INTEGER NOT NULL,
    merchant    VARCHAR,
    words       VARCHAR,
    pattern     VARCHAR,
    account_id  VARCHAR,
    holder_id   VARCHAR,
    direction   VARCHAR,
    currency    VARCHAR,
    min_minor   BIGINT,
    max_minor   BIGINT,
    category    VARCHAR,
    name        VARCHAR,
    treatment   VARCHAR,
    observed_at TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL,
    removed_at  TIMESTAMPTZ
);
COMMENT ON TABLE meta.rules IS 'Rules of the user''s own, from analytics.rules; those without removed_at are in force';
COMMENT ON COLUMN meta.rules.rule_id IS 'Id of the line, or one made of its conditions; labels show user_rule: and it';
COMMENT ON COLUMN meta.rules.version IS 'Hash of what the line says';
COMMENT ON COLUMN meta.rules.position IS 'Order of the lines, from 1: the first that fits a transaction decides';
COMMENT ON COLUMN meta.rules.merchant IS 'Key or name of a merchant; null for any';
COMMENT ON COLUMN meta.rules.words IS 'Words that stand together in the text; null for any';
COMMENT ON COLUMN meta.rules.pattern IS 'Regular expression (RE2) that is found in the text; null for any';
COMMENT ON COLUMN meta.rules.account_id IS 'Account it is for; null for all';
COMMENT ON COLUMN meta.rules.holder_id IS 'Holder it is for; null for all';
COMMENT ON COLUMN meta.rules.direction IS 'in or out: which way the money goes; null for both';
COMMENT ON COLUMN meta.rules.currency IS 'Lower-case ISO 4217 currency it is for; null for all';
COMMENT ON COLUMN meta.rules.min_minor IS 'Least amount without its sign, minor units; null for any';
COMMENT ON COLUMN meta.rules.max_minor IS 'Greatest amount without its sign, minor units; null for any';
COMMENT ON COLUMN meta.rules.category IS 'Category it gives, a code of ledger.categories; null leaves it as it is';
COMMENT ON COLUMN meta.rules.name IS 'Name for people it gives the merchant; null leaves it as it is';
COMMENT ON COLUMN meta.rules.treatment IS 'How it counts, where that is not how its category does';
COMMENT ON COLUMN meta.rules.observed_at IS 'When a round read it';
COMMENT ON COLUMN meta.rules.run_id IS 'Run that read it';
COMMENT ON COLUMN meta.rules.removed_at IS 'When a round found it changed or gone; null while it is in force';

CREATE TABLE meta.overrides (
    transaction_id   VARCHAR NOT NULL,
    version          VARCHAR NOT NULL,
    category         VARCHAR,
    name             VARCHAR,
    note             VARCHAR,
    include_in_spend BOOLEAN,
    observed_at      TIMESTAMPTZ NOT NULL,
    run_id           VARCHAR NOT NULL,
    removed_at       TIMESTAMPTZ
);
COMMENT ON TABLE meta.overrides IS
    'What the user decided of single transactions, from analytics.overrides; those without removed_at are in force';
COMMENT ON COLUMN meta.overrides.transaction_id IS 'The transaction; lines of others than those held are not stored';
COMMENT ON COLUMN meta.overrides.version IS 'Hash of what the line says';
COMMENT ON COLUMN meta.overrides.category IS 'Its category, a code of ledger.categories; null leaves it to the rules';
COMMENT ON COLUMN meta.overrides.name IS 'Name for people of its merchant; null leaves it to the rules';
COMMENT ON COLUMN meta.overrides.note IS 'What the user noted; null without one';
COMMENT ON COLUMN meta.overrides.include_in_spend IS 'Whether it counts as spending; null leaves it to its category';
COMMENT ON COLUMN meta.overrides.observed_at IS 'When a round read it';
COMMENT ON COLUMN meta.overrides.run_id IS 'Run that read it';
COMMENT ON COLUMN meta.overrides.removed_at IS 'When a round found it changed or gone; null while it is in force';

CREATE TABLE meta.transfer_decisions (
    out_id      VARCHAR NOT NULL,
    in_id       VARCHAR NOT NULL,
    decision    VARCHAR NOT NULL,
    version     VARCHAR NOT NULL,
    note        VARCHAR,
    observed_at TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL,
    removed_at  TIMESTAMPTZ
);
COMMENT ON TABLE meta.transfer_decisions IS
    'Pairs of transactions that the user says are, or are not, the halves of an own transfer; from analytics.overrides';
COMMENT ON COLUMN meta.transfer_decisions.out_id IS 'Transaction by which the money leaves';
COMMENT ON COLUMN meta.transfer_decisions.in_id IS 'Transaction by which it arrives';
COMMENT ON COLUMN meta.transfer_decisions.decision IS 'confirmed or rejected';
COMMENT ON COLUMN meta.transfer_decisions.version IS 'Hash of what the line says';
COMMENT ON COLUMN meta.transfer_decisions.note IS 'What the user noted; null without one';
COMMENT ON COLUMN meta.transfer_decisions.observed_at IS 'When a round read it';
COMMENT ON COLUMN meta.transfer_decisions.run_id IS 'Run that read it';
COMMENT ON COLUMN meta.transfer_decisions.removed_at IS
    'When a round found it changed or gone; null while it is in force';
