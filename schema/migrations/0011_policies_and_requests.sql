-- Two more of the user's own files: the conditions of policy.csv and the requests of loan_requests.csv, kept as the
-- lines of rules.csv are: one that is changed or taken out keeps its row, with the instant it ended.
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
