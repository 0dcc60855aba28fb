-- A landing segment: rows of one round in order of arrival. Names and types follow main.*;
-- sequence is the order in which fcpipe saw them.

-- name: landing_tables
CREATE TABLE accounts (
    sequence BIGINT NOT NULL, account_id VARCHAR NOT NULL, stripe_account_id VARCHAR, holder_type VARCHAR,
    holder_id VARCHAR,
    institution_name VARCHAR NOT NULL, display_name VARCHAR, last4 VARCHAR, category VARCHAR NOT NULL,
    subcategory VARCHAR NOT NULL,
    status VARCHAR NOT NULL, permissions VARCHAR[], subscriptions VARCHAR[], livemode BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    balance_refresh_status VARCHAR, balance_refresh_attempted_at TIMESTAMPTZ, balance_next_refresh_at TIMESTAMPTZ,
    ownership_refresh_status VARCHAR, ownership_refresh_attempted_at TIMESTAMPTZ, ownership_next_refresh_at TIMESTAMPTZ,
    transaction_refresh_status VARCHAR, transaction_refresh_attempted_at TIMESTAMPTZ,
    transaction_next_refresh_at TIMESTAMPTZ,
    transaction_refresh_id VARCHAR, extra VARCHAR
);
CREATE TABLE balances (
    sequence BIGINT NOT NULL, account_id VARCHAR NOT NULL, currency VARCHAR NOT NULL, balance_type VARCHAR NOT NULL,
    current_minor BIGINT, available_minor BIGINT, used_minor BIGINT, as_of TIMESTAMPTZ NOT NULL
);
-- How columns are compressed is said where it is known: to try every method takes longer than to write. All ids differ.
CREATE TABLE transactions (
    sequence BIGINT NOT NULL USING COMPRESSION bitpacking,
    transaction_id VARCHAR NOT NULL USING COMPRESSION uncompressed,
    account_id VARCHAR NOT NULL USING COMPRESSION dictionary, amount_minor BIGINT NOT NULL USING COMPRESSION bitpacking,
    currency VARCHAR NOT NULL USING COMPRESSION dictionary, description VARCHAR NOT NULL,
    status VARCHAR NOT NULL USING COMPRESSION dictionary,
    transacted_at TIMESTAMPTZ NOT NULL USING COMPRESSION bitpacking,
    posted_at TIMESTAMPTZ USING COMPRESSION bitpacking, void_at TIMESTAMPTZ USING COMPRESSION bitpacking,
    updated_at TIMESTAMPTZ NOT NULL USING COMPRESSION bitpacking,
    transaction_refresh_id VARCHAR NOT NULL USING COMPRESSION dictionary,
    livemode BOOLEAN NOT NULL USING COMPRESSION rle, extra VARCHAR
);
CREATE TABLE refreshes (
    sequence BIGINT NOT NULL, feature VARCHAR NOT NULL, account_id VARCHAR NOT NULL, stripe_account_id VARCHAR,
    refresh_id VARCHAR,
    requested_at TIMESTAMPTZ NOT NULL, requested_by VARCHAR NOT NULL, status VARCHAR NOT NULL, settled_at TIMESTAMPTZ,
    idempotency_key VARCHAR, request_id VARCHAR
);
CREATE TABLE completions (
    sequence BIGINT NOT NULL, account_id VARCHAR NOT NULL, after_refresh_id VARCHAR, cursor_refresh_id VARCHAR,
    complete_through_at TIMESTAMPTZ
);
CREATE TABLE quarantine (
    sequence BIGINT NOT NULL, account_id VARCHAR NOT NULL, object VARCHAR NOT NULL, page INTEGER NOT NULL,
    position INTEGER NOT NULL,
    field VARCHAR NOT NULL, reason VARCHAR NOT NULL, request_id VARCHAR
);
CREATE TABLE owners (
    sequence BIGINT NOT NULL, ownership_id VARCHAR NOT NULL, owner_id VARCHAR NOT NULL, account_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    email VARCHAR, phone VARCHAR, raw_address VARCHAR, refreshed_at TIMESTAMPTZ, extra VARCHAR
);
CREATE TABLE ownerships (
    sequence BIGINT NOT NULL, ownership_id VARCHAR NOT NULL, account_id VARCHAR NOT NULL, owner_count BIGINT NOT NULL
);
CREATE TABLE labels (
    sequence BIGINT NOT NULL, transaction_id VARCHAR NOT NULL, account_id VARCHAR NOT NULL, merchant_name VARCHAR,
    merchant_confidence VARCHAR, money_movement_primary VARCHAR, money_movement_detailed VARCHAR,
    money_movement_confidence VARCHAR, personal_finance_primary VARCHAR, personal_finance_detailed VARCHAR,
    personal_finance_confidence VARCHAR, extra VARCHAR
);
CREATE TABLE label_states (
    sequence BIGINT NOT NULL, account_id VARCHAR NOT NULL, taxonomy VARCHAR NOT NULL, status VARCHAR NOT NULL,
    after_refresh_id VARCHAR, through_refresh_id VARCHAR
);
CHECKPOINT;

-- Reads every value, so that damage shows before anything is made of the rows.
-- name: landing_check
SELECT [(SELECT bit_xor(hash(t)) FROM accounts t), (SELECT bit_xor(hash(t)) FROM balances t),
    (SELECT bit_xor(hash(t)) FROM transactions t),
        (SELECT bit_xor(hash(t)) FROM refreshes t), (SELECT bit_xor(hash(t)) FROM completions t),
        (SELECT bit_xor(hash(t)) FROM quarantine t)]::VARCHAR;

-- Segments of versions before 0003 have none.
-- name: landing_check_owners
SELECT [(SELECT bit_xor(hash(t)) FROM owners t), (SELECT bit_xor(hash(t)) FROM ownerships t)]::VARCHAR;

-- Segments of versions before 0009 have none.
-- name: landing_check_labels
SELECT [(SELECT bit_xor(hash(t)) FROM labels t), (SELECT bit_xor(hash(t)) FROM label_states t)]::VARCHAR;

-- name: segment_tables
SELECT table_name FROM duckdb_tables() WHERE database_name = 'segment' ORDER BY table_name;
