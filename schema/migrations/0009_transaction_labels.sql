-- What Stripe says transactions are, in preview. Labels come when Stripe has made them, without another state of the
-- transaction, so they have versions of their own: a label for every row of an account adds no version of a row.
CREATE TABLE main.transaction_label_versions (
    transaction_id              VARCHAR NOT NULL,
    account_id                  VARCHAR NOT NULL,
    merchant_name               VARCHAR,
    merchant_confidence         VARCHAR,
    money_movement_primary      VARCHAR,
    money_movement_detailed     VARCHAR,
    money_movement_confidence   VARCHAR,
    personal_finance_primary    VARCHAR,
    personal_finance_detailed   VARCHAR,
    personal_finance_confidence VARCHAR,
    extra                       JSON,
    version                     INTEGER NOT NULL,
    observed_at                 TIMESTAMPTZ NOT NULL,
    run_id                      VARCHAR NOT NULL,
    is_current                  BOOLEAN NOT NULL
);
COMMENT ON TABLE main.transaction_label_versions IS
    'Every version of Stripe''s labels of a transaction, only with stripe.preview_version; append-only but for is_current';
COMMENT ON COLUMN main.transaction_label_versions.transaction_id IS 'Transaction that is labelled';
COMMENT ON COLUMN main.transaction_label_versions.account_id IS 'Account it belongs to';
COMMENT ON COLUMN main.transaction_label_versions.merchant_name IS 'Name of the merchant, as Stripe says; null when it says none';
COMMENT ON COLUMN main.transaction_label_versions.merchant_confidence IS 'How sure Stripe is of the merchant: low, medium, high or very_high; null when it does not say';
COMMENT ON COLUMN main.transaction_label_versions.money_movement_primary IS 'Label in Stripe''s taxonomy of money movement; Stripe publishes no list';
COMMENT ON COLUMN main.transaction_label_versions.money_movement_detailed IS 'Finer label in the same taxonomy';
COMMENT ON COLUMN main.transaction_label_versions.money_movement_confidence IS 'How sure Stripe is of both: low, medium, high or very_high';
COMMENT ON COLUMN main.transaction_label_versions.personal_finance_primary IS 'Label in Stripe''s taxonomy of personal finance; Stripe publishes no list';
COMMENT ON COLUMN main.transaction_label_versions.personal_finance_detailed IS 'Finer label in the same taxonomy';
COMMENT ON COLUMN main.transaction_label_versions.personal_finance_confidence IS 'How sure Stripe is of both: low, medium, high or very_high';
COMMENT ON COLUMN main.transaction_label_versions.extra IS 'Labels in other taxonomies, and every field of a label that has no column here, verbatim; null when there is none';
COMMENT ON COLUMN main.transaction_label_versions.version IS 'Number of the version, counted from 1 in order of observation';
COMMENT ON COLUMN main.transaction_label_versions.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.transaction_label_versions.run_id IS 'Run that stored the row';
COMMENT ON COLUMN main.transaction_label_versions.is_current IS 'Whether main.transaction_labels shows this version; bookkeeping, the only column that changes';

CREATE VIEW main.transaction_labels AS
SELECT transaction_id, account_id, merchant_name, merchant_confidence, money_movement_primary, money_movement_detailed,
    money_movement_confidence, personal_finance_primary, personal_finance_detailed, personal_finance_confidence, extra,
    version, observed_at, run_id
FROM main.transaction_label_versions WHERE is_current;
COMMENT ON VIEW main.transaction_labels IS
    'Stripe''s labels of transactions as they are now; one row per transaction that has any, only with stripe.preview_version';
COMMENT ON COLUMN main.transaction_labels.transaction_id IS 'Transaction that is labelled';
COMMENT ON COLUMN main.transaction_labels.account_id IS 'Account it belongs to';
COMMENT ON COLUMN main.transaction_labels.merchant_name IS 'Name of the merchant, as Stripe says; null when it says none';
COMMENT ON COLUMN main.transaction_labels.merchant_confidence IS 'How sure Stripe is of the merchant: low, medium, high or very_high; null when it does not say';
COMMENT ON COLUMN main.transaction_labels.money_movement_primary IS 'Label in Stripe''s taxonomy of money movement; Stripe publishes no list';
COMMENT ON COLUMN main.transaction_labels.money_movement_detailed IS 'Finer label in the same taxonomy';
COMMENT ON COLUMN main.transaction_labels.money_movement_confidence IS 'How sure Stripe is of both: low, medium, high or very_high';
COMMENT ON COLUMN main.transaction_labels.personal_finance_primary IS 'Label in Stripe''s taxonomy of personal finance; Stripe publishes no list';
COMMENT ON COLUMN main.transaction_labels.personal_finance_detailed IS 'Finer label in the same taxonomy';
COMMENT ON COLUMN main.transaction_labels.personal_finance_confidence IS 'How sure Stripe is of both: low, medium, high or very_high';
COMMENT ON COLUMN main.transaction_labels.extra IS 'Labels in other taxonomies, and every field of a label that has no column here, verbatim; null when there is none';
COMMENT ON COLUMN main.transaction_labels.version IS 'Number of the current version of the labels, counted from 1 in order of observation';
COMMENT ON COLUMN main.transaction_labels.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.transaction_labels.run_id IS 'Run that stored the row';

CREATE TABLE main.label_states (
    account_id         VARCHAR NOT NULL,
    taxonomy           VARCHAR NOT NULL,
    status             VARCHAR NOT NULL,
    through_refresh_id VARCHAR,
    observed_at        TIMESTAMPTZ NOT NULL,
    run_id             VARCHAR NOT NULL
);
COMMENT ON TABLE main.label_states IS
    'How far Stripe''s labels of an account are; one row per account and taxonomy, as it is now';
COMMENT ON COLUMN main.label_states.account_id IS 'Account whose transactions are labelled';
COMMENT ON COLUMN main.label_states.taxonomy IS 'money_movement, personal_finance or another one; merchant stands for the names of merchants';
COMMENT ON COLUMN main.label_states.status IS 'pending, or completed once the labels are held';
COMMENT ON COLUMN main.label_states.through_refresh_id IS 'Newest refresh of transactions up to which labels are held; null when none are';
COMMENT ON COLUMN main.label_states.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.label_states.run_id IS 'Run that stored the row';
