-- Currencies of rows stored by earlier versions as they were written: the same one in two spellings was two.
UPDATE main.transactions SET currency = lower(currency) WHERE currency <> lower(currency);
UPDATE main.transaction_versions SET currency = lower(currency) WHERE currency <> lower(currency);
UPDATE main.balances SET currency = lower(currency) WHERE currency <> lower(currency);

-- Parts of accounts are refused alone, and entries of a list that have no id.
COMMENT ON TABLE meta.quarantine IS 'Rows, and parts of accounts, Stripe sent that were refused; their bodies lie in state/quarantine';
COMMENT ON COLUMN meta.quarantine.account_id IS 'Account being read; empty for an entry of the account list that has no id';
COMMENT ON COLUMN meta.quarantine.object IS 'transaction, owner, account, or the part of an account that was refused: balance, balance_refresh, account_holder, …';
COMMENT ON COLUMN meta.quarantine.reason IS 'What is wrong with it, without its value; where it is the id of another account''s row, which one';
