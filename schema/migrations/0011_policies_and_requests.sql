-- Two more of the user's own files: the conditions of policy.csv and the requests of loan_requests.csv, kept as the
-- lines of rules.csv are: one that is changed or taken out keeps its row, with the instant it ended. And the history of
-- attributes gets values that are words, and a fingerprint of the loan requests that its values were computed with.
COMMENT ON COLUMN meta.rule_files.name IS 'rules, overrides, policy or loan_requests';

CREATE TABLE meta.policies (
    position          INTEGER NOT NULL,
    version           VARCHAR NOT NULL,
    attribute         VARCHAR NOT NULL,
    window_name       VARCHAR NOT NULL,
    comparison        VARCHAR NOT NULL,
    threshold         VARCHAR NOT NULL,
    threshold_integer BIGINT,
    threshold_double  DOUBLE,
    threshold_date    DATE,
    currency          VARCHAR,
    reason_code       VARCHAR NOT NULL,
    reason_text       VARCHAR NOT NULL,
    observed_at       TIMESTAMPTZ NOT NULL,
    run_id            VARCHAR NOT NULL,
    removed_at        TIMESTAMPTZ
);
COMMENT ON TABLE meta.policies IS
    'Conditions of the user''s own, from analytics.policy; those without removed_at are in force. They decide nothing';
COMMENT ON COLUMN meta.policies.position IS 'Order of the lines, from 1';
COMMENT ON COLUMN meta.policies.version IS 'Hash of what the line says';
COMMENT ON COLUMN meta.policies.attribute IS 'Number of a holder that it is about, see underwriting.attributes';
COMMENT ON COLUMN meta.policies.window_name IS 'Span of that number, see underwriting.windows';
COMMENT ON COLUMN meta.policies.comparison IS '<, <=, >, >=, = or !=';
COMMENT ON COLUMN meta.policies.threshold IS 'What the number is compared with, as it is written';
COMMENT ON COLUMN meta.policies.threshold_integer IS 'The same of money in minor units, of counts and days';
COMMENT ON COLUMN meta.policies.threshold_double IS 'The same of ratios';
COMMENT ON COLUMN meta.policies.threshold_date IS 'The same of dates';
COMMENT ON COLUMN meta.policies.currency IS 'Lower-case ISO 4217 currency it is for; null for all';
COMMENT ON COLUMN meta.policies.reason_code IS 'Code of the reason';
COMMENT ON COLUMN meta.policies.reason_text IS 'The reason in words, with {n}, {w}, {m} and {rest} for numbers';
COMMENT ON COLUMN meta.policies.observed_at IS 'When a round read it';
COMMENT ON COLUMN meta.policies.run_id IS 'Run that read it';
COMMENT ON COLUMN meta.policies.removed_at IS 'When a round found it changed or gone; null while it is in force';

CREATE TABLE meta.loan_requests (
    holder_id     VARCHAR NOT NULL,
    currency      VARCHAR NOT NULL,
    version       VARCHAR NOT NULL,
    payment_minor BIGINT NOT NULL,
    cadence       VARCHAR NOT NULL,
    first_due     DATE,
    payments      BIGINT,
    amount_minor  BIGINT,
    refinances    VARCHAR,
    purpose       VARCHAR,
    observed_at   TIMESTAMPTZ NOT NULL,
    run_id        VARCHAR NOT NULL,
    removed_at    TIMESTAMPTZ
);
COMMENT ON TABLE meta.loan_requests IS
    'Loans that holders ask for, from analytics.loan_requests; those without removed_at are in force';
COMMENT ON COLUMN meta.loan_requests.holder_id IS 'Who asks';
COMMENT ON COLUMN meta.loan_requests.currency IS 'Lower-case ISO 4217 currency; a holder has one request in each';
COMMENT ON COLUMN meta.loan_requests.version IS 'Hash of what the line says';
COMMENT ON COLUMN meta.loan_requests.payment_minor IS 'What is to be paid on each due date, minor units';
COMMENT ON COLUMN meta.loan_requests.cadence IS 'How often: weekly, biweekly or monthly';
COMMENT ON COLUMN meta.loan_requests.first_due IS 'First due date, by which days of the week or month are told';
COMMENT ON COLUMN meta.loan_requests.payments IS 'How many payments there are; null where that is not said';
COMMENT ON COLUMN meta.loan_requests.amount_minor IS 'What is paid out, minor units; null where that is not said';
COMMENT ON COLUMN meta.loan_requests.refinances IS
    'Id of the obligation that it would pay off: stream_id or counterparty_id of underwriting.obligations; null without one';
COMMENT ON COLUMN meta.loan_requests.purpose IS 'What it is for, in the user''s words; null where that is not said';
COMMENT ON COLUMN meta.loan_requests.observed_at IS 'When a round read it';
COMMENT ON COLUMN meta.loan_requests.run_id IS 'Run that read it';
COMMENT ON COLUMN meta.loan_requests.removed_at IS 'When a round found it changed or gone; null while it is in force';

ALTER TABLE meta.attribute_snapshots ADD COLUMN loan_requests_hash VARCHAR;
COMMENT ON COLUMN meta.attribute_snapshots.loan_requests_hash IS
    'Fingerprint of the loan requests that were in force; none without any; null when recorded before schema version 11, '
    'or when one of them was erased since';
ALTER TABLE meta.attribute_changes ADD COLUMN value_text VARCHAR;
COMMENT ON COLUMN meta.attribute_changes.value_text IS
    'A word of a short list, see the definition of the attribute; null when recorded before schema version 11';
CREATE OR REPLACE VIEW underwriting.attribute_history AS
SELECT s.as_of_date, s.observed_at, s.definition_version, s.taxonomy_version, s.rules_hash, s.loan_requests_hash,
    c.holder_type, c.holder_id, c.account_key, c.currency, c.attribute, c.window_name, c.value_integer, c.value_double,
    c.value_date, c.value_text, c.value_state
FROM (
    SELECT *, coalesce(lead(snapshot_id) OVER (PARTITION BY holder_id, holder_type, account_key, currency, attribute,
        window_name ORDER BY snapshot_id), 9223372036854775807) AS until_id
    FROM meta.attribute_changes) c
JOIN meta.attribute_snapshots s ON s.snapshot_id >= c.snapshot_id AND s.snapshot_id < c.until_id
WHERE c.value_state IS NOT NULL;
COMMENT ON VIEW underwriting.attribute_history IS
    'What attributes said on each day they were recorded, for training on what could have been known: join by holder and '
    'the last as_of_date before an event. Append-only: no later data or definition changes a row, an erasure removes its '
    'holder''s';
COMMENT ON COLUMN underwriting.attribute_history.as_of_date IS 'Day in the report zone that was today';
COMMENT ON COLUMN underwriting.attribute_history.observed_at IS 'Nothing that was observed later is in it';
COMMENT ON COLUMN underwriting.attribute_history.definition_version IS 'Fingerprint of the models that computed it';
COMMENT ON COLUMN underwriting.attribute_history.taxonomy_version IS 'Version of the rules by which texts are read';
COMMENT ON COLUMN underwriting.attribute_history.rules_hash IS 'Fingerprint of the user''s own rules that were in force; none without any';
COMMENT ON COLUMN underwriting.attribute_history.loan_requests_hash IS
    'Fingerprint of the loan requests that were in force; none without any; null when recorded before schema version 11, '
    'or when one of them was erased since';
COMMENT ON COLUMN underwriting.attribute_history.holder_type IS 'Kind of holder: customer or account';
COMMENT ON COLUMN underwriting.attribute_history.holder_id IS 'Whose attribute it is';
COMMENT ON COLUMN underwriting.attribute_history.account_key IS 'Account; empty for the holder as a whole';
COMMENT ON COLUMN underwriting.attribute_history.currency IS 'Lower-case ISO 4217 currency';
COMMENT ON COLUMN underwriting.attribute_history.attribute IS 'Name of the attribute';
COMMENT ON COLUMN underwriting.attribute_history.window_name IS 'Span of days, as underwriting.windows names them';
COMMENT ON COLUMN underwriting.attribute_history.value_integer IS 'Money in minor units, a count or days';
COMMENT ON COLUMN underwriting.attribute_history.value_double IS 'A ratio, slope or deviation; at most one value is set';
COMMENT ON COLUMN underwriting.attribute_history.value_date IS 'A date';
COMMENT ON COLUMN underwriting.attribute_history.value_text IS
    'A word of a short list, see the definition of the attribute; null when recorded before schema version 11';
COMMENT ON COLUMN underwriting.attribute_history.value_state IS 'How far it may be relied on, see underwriting.attribute_values';
