-- What retention or an erasure removed: a row that is gone tells nobody that it is.
ALTER TABLE meta.store ADD COLUMN transactions_since TIMESTAMPTZ;
ALTER TABLE meta.store ADD COLUMN balances_since TIMESTAMPTZ;
COMMENT ON COLUMN meta.store.transactions_since IS
    'Horizon: retention removed transactions of earlier instants, none is stored again; null where it removed none';
COMMENT ON COLUMN meta.store.balances_since IS
    'Horizon: retention removed balances of earlier instants, none is stored again; null where it removed none';

CREATE TABLE meta.removed_transactions (
    transaction_id   VARCHAR NOT NULL,
    account_id       VARCHAR NOT NULL,
    transacted_month VARCHAR NOT NULL,
    reason           VARCHAR NOT NULL,
    observed_at      TIMESTAMPTZ NOT NULL,
    run_id           VARCHAR NOT NULL
);
COMMENT ON TABLE meta.removed_transactions IS
    'Transactions that were removed with all their versions: what the change feed shows as deleted';
COMMENT ON COLUMN meta.removed_transactions.transaction_id IS 'Transaction that was removed; nothing else of it is kept';
COMMENT ON COLUMN meta.removed_transactions.account_id IS 'Account it belonged to';
COMMENT ON COLUMN meta.removed_transactions.transacted_month IS 'UTC month it lay in, YYYY-MM; the lake writes it again';
COMMENT ON COLUMN meta.removed_transactions.reason IS 'retention or erasure';
COMMENT ON COLUMN meta.removed_transactions.observed_at IS 'When it was removed; one instant for all rows of a run';
COMMENT ON COLUMN meta.removed_transactions.run_id IS 'Run that removed it';
