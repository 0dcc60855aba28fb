-- The first tables. Large tables have no keys and no indexes: the merge keeps ids unique, verify proves it.

CREATE SCHEMA IF NOT EXISTS meta;

CREATE TABLE main.accounts (
    account_id                       VARCHAR NOT NULL,
    account_key                      VARCHAR NOT NULL,
    stripe_account_id                VARCHAR,
    holder_type                      VARCHAR,
    holder_id                        VARCHAR,
    institution_name                 VARCHAR NOT NULL,
    display_name                     VARCHAR,
    last4                            VARCHAR,
    category                         VARCHAR NOT NULL,
    subcategory                      VARCHAR NOT NULL,
    status                           VARCHAR NOT NULL,
    permissions                      VARCHAR[],
    subscriptions                    VARCHAR[],
    livemode                         BOOLEAN NOT NULL,
    created_at                       TIMESTAMPTZ NOT NULL,
    balance_refresh_status           VARCHAR,
    balance_refresh_attempted_at     TIMESTAMPTZ,
    balance_next_refresh_at          TIMESTAMPTZ,
    ownership_refresh_status         VARCHAR,
    ownership_refresh_attempted_at   TIMESTAMPTZ,
    ownership_next_refresh_at        TIMESTAMPTZ,
    transaction_refresh_status       VARCHAR,
    transaction_refresh_attempted_at TIMESTAMPTZ,
    transaction_next_refresh_at      TIMESTAMPTZ,
    transaction_refresh_id           VARCHAR,
    cursor_refresh_id                VARCHAR,
    complete_through_at              TIMESTAMPTZ,
    first_seen_at                    TIMESTAMPTZ NOT NULL,
    last_seen_at                     TIMESTAMPTZ NOT NULL,
    extra                            JSON
);
COMMENT ON TABLE main.accounts IS 'Accounts as they are now; one row per account';
COMMENT ON COLUMN main.accounts.account_id IS 'Stripe''s id of the account, fca_…';
COMMENT ON COLUMN main.accounts.account_key IS 'First id of the chain of relinked accounts; equals account_id while nothing is relinked';
COMMENT ON COLUMN main.accounts.stripe_account_id IS 'Stripe account that sees this account, acct_…; null when the key may not say';
COMMENT ON COLUMN main.accounts.holder_type IS 'Kind of holder: customer or account';
COMMENT ON COLUMN main.accounts.holder_id IS 'Whose account it is: cus_… or acct_…';
COMMENT ON COLUMN main.accounts.institution_name IS 'Name of the bank';
COMMENT ON COLUMN main.accounts.display_name IS 'Name the holder or bank gave the account';
COMMENT ON COLUMN main.accounts.last4 IS 'Last four digits of the account number';
COMMENT ON COLUMN main.accounts.category IS 'cash, credit, investment or other';
COMMENT ON COLUMN main.accounts.subcategory IS 'checking, savings, credit_card, line_of_credit, mortgage or other';
COMMENT ON COLUMN main.accounts.status IS 'active, inactive or disconnected';
COMMENT ON COLUMN main.accounts.permissions IS 'What the holder shared: balances, ownership, payment_method, transactions; null as Stripe sent it';
COMMENT ON COLUMN main.accounts.subscriptions IS 'Features Stripe refreshes by itself every day';
COMMENT ON COLUMN main.accounts.livemode IS 'True for real banks, false for test data';
COMMENT ON COLUMN main.accounts.created_at IS 'When Stripe created the account';
COMMENT ON COLUMN main.accounts.balance_refresh_status IS 'Outcome of the latest balance refresh: pending, succeeded or failed; null before the first';
COMMENT ON COLUMN main.accounts.balance_refresh_attempted_at IS 'When the latest balance refresh was attempted';
COMMENT ON COLUMN main.accounts.balance_next_refresh_at IS 'Earliest next balance refresh; null while pending or inactive';
COMMENT ON COLUMN main.accounts.ownership_refresh_status IS 'Outcome of the latest ownership refresh; null before the first';
COMMENT ON COLUMN main.accounts.ownership_refresh_attempted_at IS 'When the latest ownership refresh was attempted';
COMMENT ON COLUMN main.accounts.ownership_next_refresh_at IS 'Earliest next ownership refresh; null while pending or inactive';
COMMENT ON COLUMN main.accounts.transaction_refresh_status IS 'Outcome of the latest transactions refresh; null before the first';
COMMENT ON COLUMN main.accounts.transaction_refresh_attempted_at IS 'When the latest transactions refresh was attempted';
COMMENT ON COLUMN main.accounts.transaction_next_refresh_at IS 'Earliest next transactions refresh; null while pending or inactive';
COMMENT ON COLUMN main.accounts.transaction_refresh_id IS 'Id of the latest transactions refresh, fctxnref_…, whatever its outcome';
COMMENT ON COLUMN main.accounts.cursor_refresh_id IS 'The newest succeeded transactions refresh whose rows are held completely; null before the first';
COMMENT ON COLUMN main.accounts.complete_through_at IS 'When the cursor''s refresh was attempted: history is complete up to here';
COMMENT ON COLUMN main.accounts.first_seen_at IS 'When fcpipe first stored the account';
COMMENT ON COLUMN main.accounts.last_seen_at IS 'Newest stored run that saw the account in Stripe''s list';
COMMENT ON COLUMN main.accounts.extra IS 'Every field Stripe sent that has no column here, verbatim; null when there is none';

CREATE TABLE main.account_versions (
    account_id                       VARCHAR NOT NULL,
    account_key                      VARCHAR NOT NULL,
    stripe_account_id                VARCHAR,
    holder_type                      VARCHAR,
    holder_id                        VARCHAR,
    institution_name                 VARCHAR NOT NULL,
    display_name                     VARCHAR,
    last4                            VARCHAR,
    category                         VARCHAR NOT NULL,
    subcategory                      VARCHAR NOT NULL,
    status                           VARCHAR NOT NULL,
    permissions                      VARCHAR[],
    subscriptions                    VARCHAR[],
    livemode                         BOOLEAN NOT NULL,
    created_at                       TIMESTAMPTZ NOT NULL,
    balance_refresh_status           VARCHAR,
    balance_refresh_attempted_at     TIMESTAMPTZ,
    balance_next_refresh_at          TIMESTAMPTZ,
    ownership_refresh_status         VARCHAR,
    ownership_refresh_attempted_at   TIMESTAMPTZ,
    ownership_next_refresh_at        TIMESTAMPTZ,
    transaction_refresh_status       VARCHAR,
    transaction_refresh_attempted_at TIMESTAMPTZ,
    transaction_next_refresh_at      TIMESTAMPTZ,
    transaction_refresh_id           VARCHAR,
    cursor_refresh_id                VARCHAR,
    complete_through_at              TIMESTAMPTZ,
    extra                            JSON,
    observed_at                      TIMESTAMPTZ NOT NULL,
    run_id                           VARCHAR NOT NULL
);
COMMENT ON TABLE main.account_versions IS 'Every version of every account; append-only; coverage can be asked as of any instant';
COMMENT ON COLUMN main.account_versions.account_id IS 'Stripe''s id of the account, fca_…';
COMMENT ON COLUMN main.account_versions.account_key IS 'First id of the chain of relinked accounts; equals account_id while nothing is relinked';
COMMENT ON COLUMN main.account_versions.stripe_account_id IS 'Stripe account that sees this account, acct_…; null when the key may not say';
COMMENT ON COLUMN main.account_versions.holder_type IS 'Kind of holder: customer or account';
COMMENT ON COLUMN main.account_versions.holder_id IS 'Whose account it is: cus_… or acct_…';
COMMENT ON COLUMN main.account_versions.institution_name IS 'Name of the bank';
COMMENT ON COLUMN main.account_versions.display_name IS 'Name the holder or bank gave the account';
COMMENT ON COLUMN main.account_versions.last4 IS 'Last four digits of the account number';
COMMENT ON COLUMN main.account_versions.category IS 'cash, credit, investment or other';
COMMENT ON COLUMN main.account_versions.subcategory IS 'checking, savings, credit_card, line_of_credit, mortgage or other';
COMMENT ON COLUMN main.account_versions.status IS 'active, inactive or disconnected';
COMMENT ON COLUMN main.account_versions.permissions IS 'What the holder shared: balances, ownership, payment_method, transactions; null as Stripe sent it';
COMMENT ON COLUMN main.account_versions.subscriptions IS 'Features Stripe refreshes by itself every day';
COMMENT ON COLUMN main.account_versions.livemode IS 'True for real banks, false for test data';
COMMENT ON COLUMN main.account_versions.created_at IS 'When Stripe created the account';
COMMENT ON COLUMN main.account_versions.balance_refresh_status IS 'Outcome of the latest balance refresh: pending, succeeded or failed; null before the first';
COMMENT ON COLUMN main.account_versions.balance_refresh_attempted_at IS 'When the latest balance refresh was attempted';
COMMENT ON COLUMN main.account_versions.balance_next_refresh_at IS 'Earliest next balance refresh; null while pending or inactive';
COMMENT ON COLUMN main.account_versions.ownership_refresh_status IS 'Outcome of the latest ownership refresh; null before the first';
COMMENT ON COLUMN main.account_versions.ownership_refresh_attempted_at IS 'When the latest ownership refresh was attempted';
COMMENT ON COLUMN main.account_versions.ownership_next_refresh_at IS 'Earliest next ownership refresh; null while pending or inactive';
COMMENT ON COLUMN main.account_versions.transaction_refresh_status IS 'Outcome of the latest transactions refresh; null before the first';
COMMENT ON COLUMN main.account_versions.transaction_refresh_attempted_at IS 'When the latest transactions refresh was attempted';
COMMENT ON COLUMN main.account_versions.transaction_next_refresh_at IS 'Earliest next transactions refresh; null while pending or inactive';
COMMENT ON COLUMN main.account_versions.transaction_refresh_id IS 'Id of the latest transactions refresh, fctxnref_…, whatever its outcome';
COMMENT ON COLUMN main.account_versions.cursor_refresh_id IS 'The newest succeeded transactions refresh whose rows are held completely; null before the first';
COMMENT ON COLUMN main.account_versions.complete_through_at IS 'When the cursor''s refresh was attempted: history is complete up to here';
COMMENT ON COLUMN main.account_versions.extra IS 'Every field Stripe sent that has no column here, verbatim; null when there is none';
COMMENT ON COLUMN main.account_versions.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.account_versions.run_id IS 'Run that stored the row';

CREATE TABLE main.balances (
    account_id      VARCHAR NOT NULL,
    currency        VARCHAR NOT NULL,
    balance_type    VARCHAR NOT NULL,
    current_minor   BIGINT,
    available_minor BIGINT,
    used_minor      BIGINT,
    as_of           TIMESTAMPTZ NOT NULL,
    observed_at     TIMESTAMPTZ NOT NULL,
    run_id          VARCHAR NOT NULL
);
COMMENT ON TABLE main.balances IS 'Every balance reading, append-only; the current one has the greatest as_of, then the latest observed_at';
COMMENT ON COLUMN main.balances.account_id IS 'Account it belongs to';
COMMENT ON COLUMN main.balances.currency IS 'Lower-case ISO 4217 currency of the amounts';
COMMENT ON COLUMN main.balances.balance_type IS 'cash or credit';
COMMENT ON COLUMN main.balances.current_minor IS 'Balance without pending rows, minor units; positive is owed to the holder, negative owed by the holder';
COMMENT ON COLUMN main.balances.available_minor IS 'Cash that can be spent now, minor units; null when not stated';
COMMENT ON COLUMN main.balances.used_minor IS 'Credit in use, minor units; null when not stated';
COMMENT ON COLUMN main.balances.as_of IS 'When the institution computed it';
COMMENT ON COLUMN main.balances.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.balances.run_id IS 'Run that stored the row';

CREATE TABLE main.transactions (
    transaction_id         VARCHAR NOT NULL,
    account_id             VARCHAR NOT NULL,
    amount_minor           BIGINT NOT NULL,
    currency               VARCHAR NOT NULL,
    description            VARCHAR NOT NULL,
    status                 VARCHAR NOT NULL,
    transacted_at          TIMESTAMPTZ NOT NULL,
    posted_at              TIMESTAMPTZ,
    void_at                TIMESTAMPTZ,
    updated_at             TIMESTAMPTZ NOT NULL,
    transaction_refresh_id VARCHAR NOT NULL,
    version                INTEGER NOT NULL,
    first_observed_at      TIMESTAMPTZ NOT NULL,
    observed_at            TIMESTAMPTZ NOT NULL,
    run_id                 VARCHAR NOT NULL,
    livemode               BOOLEAN NOT NULL,
    extra                  JSON
);
COMMENT ON TABLE main.transactions IS 'Transactions as they are now; one row per transaction';
COMMENT ON COLUMN main.transactions.transaction_id IS 'Stripe''s id of the transaction, fctxn_…; the same through pending, posted and void';
COMMENT ON COLUMN main.transactions.account_id IS 'Account it belongs to';
COMMENT ON COLUMN main.transactions.amount_minor IS 'Amount in minor units of currency; negative leaves the account';
COMMENT ON COLUMN main.transactions.currency IS 'Lower-case ISO 4217 currency of the amount';
COMMENT ON COLUMN main.transactions.description IS 'Text of the bank, as it came';
COMMENT ON COLUMN main.transactions.status IS 'pending, posted or void; a void row is kept and counts nowhere';
COMMENT ON COLUMN main.transactions.transacted_at IS 'When it happened';
COMMENT ON COLUMN main.transactions.posted_at IS 'When it posted; null while pending';
COMMENT ON COLUMN main.transactions.void_at IS 'When it was voided; null otherwise';
COMMENT ON COLUMN main.transactions.updated_at IS 'When Stripe last changed the row';
COMMENT ON COLUMN main.transactions.transaction_refresh_id IS 'Refresh that last created or changed the row';
COMMENT ON COLUMN main.transactions.version IS 'Number of the current version, counted from 1 in order of observation';
COMMENT ON COLUMN main.transactions.first_observed_at IS 'When fcpipe first stored the transaction';
COMMENT ON COLUMN main.transactions.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.transactions.run_id IS 'Run that stored the row';
COMMENT ON COLUMN main.transactions.livemode IS 'True for real banks, false for test data';
COMMENT ON COLUMN main.transactions.extra IS 'Every field Stripe sent that has no column here, verbatim; null when there is none';

CREATE TABLE main.transaction_versions (
    transaction_id         VARCHAR NOT NULL,
    account_id             VARCHAR NOT NULL,
    amount_minor           BIGINT NOT NULL,
    currency               VARCHAR NOT NULL,
    description            VARCHAR NOT NULL,
    status                 VARCHAR NOT NULL,
    transacted_at          TIMESTAMPTZ NOT NULL,
    posted_at              TIMESTAMPTZ,
    void_at                TIMESTAMPTZ,
    updated_at             TIMESTAMPTZ NOT NULL,
    transaction_refresh_id VARCHAR NOT NULL,
    version                INTEGER NOT NULL,
    first_observed_at      TIMESTAMPTZ NOT NULL,
    observed_at            TIMESTAMPTZ NOT NULL,
    run_id                 VARCHAR NOT NULL,
    livemode               BOOLEAN NOT NULL,
    extra                  JSON,
    superseded_on_arrival  BOOLEAN NOT NULL
);
COMMENT ON TABLE main.transaction_versions IS 'Every version of every transaction; append-only: what we knew, and since when';
COMMENT ON COLUMN main.transaction_versions.transaction_id IS 'Stripe''s id of the transaction, fctxn_…; the same through pending, posted and void';
COMMENT ON COLUMN main.transaction_versions.account_id IS 'Account it belongs to';
COMMENT ON COLUMN main.transaction_versions.amount_minor IS 'Amount in minor units of currency; negative leaves the account';
COMMENT ON COLUMN main.transaction_versions.currency IS 'Lower-case ISO 4217 currency of the amount';
COMMENT ON COLUMN main.transaction_versions.description IS 'Text of the bank, as it came';
COMMENT ON COLUMN main.transaction_versions.status IS 'pending, posted or void; a void row is kept and counts nowhere';
COMMENT ON COLUMN main.transaction_versions.transacted_at IS 'When it happened';
COMMENT ON COLUMN main.transaction_versions.posted_at IS 'When it posted; null while pending';
COMMENT ON COLUMN main.transaction_versions.void_at IS 'When it was voided; null otherwise';
COMMENT ON COLUMN main.transaction_versions.updated_at IS 'When Stripe last changed the row';
COMMENT ON COLUMN main.transaction_versions.transaction_refresh_id IS 'Refresh that last created or changed the row';
COMMENT ON COLUMN main.transaction_versions.version IS 'Counts from 1 in order of observation';
COMMENT ON COLUMN main.transaction_versions.first_observed_at IS 'When fcpipe first stored the transaction';
COMMENT ON COLUMN main.transaction_versions.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.transaction_versions.run_id IS 'Run that stored the row';
COMMENT ON COLUMN main.transaction_versions.livemode IS 'True for real banks, false for test data';
COMMENT ON COLUMN main.transaction_versions.extra IS 'Every field Stripe sent that has no column here, verbatim; null when there is none';
COMMENT ON COLUMN main.transaction_versions.superseded_on_arrival IS 'True when a newer state was already held, so this version never was current';

CREATE TABLE main.refreshes (
    feature           VARCHAR NOT NULL,
    account_id        VARCHAR NOT NULL,
    stripe_account_id VARCHAR,
    refresh_id        VARCHAR,
    requested_at      TIMESTAMPTZ NOT NULL,
    requested_by      VARCHAR NOT NULL,
    status            VARCHAR NOT NULL,
    settled_at        TIMESTAMPTZ,
    idempotency_key   VARCHAR,
    request_id        VARCHAR,
    run_id            VARCHAR NOT NULL
);
COMMENT ON TABLE main.refreshes IS 'Attempts to refresh a feature, whoever asked; one row per attempt';
COMMENT ON COLUMN main.refreshes.feature IS 'balance, ownership or transactions';
COMMENT ON COLUMN main.refreshes.account_id IS 'Account that was refreshed';
COMMENT ON COLUMN main.refreshes.stripe_account_id IS 'Stripe account that asked; null when the key may not say';
COMMENT ON COLUMN main.refreshes.refresh_id IS 'Stripe''s id, fctxnref_…; transactions only';
COMMENT ON COLUMN main.refreshes.requested_at IS 'When it was attempted';
COMMENT ON COLUMN main.refreshes.requested_by IS 'us, subscription (Stripe''s daily one), link (when the account was connected) or other';
COMMENT ON COLUMN main.refreshes.status IS 'pending, succeeded or failed';
COMMENT ON COLUMN main.refreshes.settled_at IS 'When fcpipe first saw it settled; null while pending';
COMMENT ON COLUMN main.refreshes.idempotency_key IS 'Key of our request; null when it was not ours';
COMMENT ON COLUMN main.refreshes.request_id IS 'Stripe''s id of our request, req_…';
COMMENT ON COLUMN main.refreshes.run_id IS 'Run that stored the row';

CREATE TABLE main.account_links (
    account_id  VARCHAR NOT NULL,
    account_key VARCHAR NOT NULL,
    action      VARCHAR NOT NULL,
    evidence    JSON,
    observed_at TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL
);
COMMENT ON TABLE main.account_links IS 'Relinked accounts joined to one account_key, append-only';
COMMENT ON COLUMN main.account_links.account_id IS 'The later account';
COMMENT ON COLUMN main.account_links.account_key IS 'First id of the chain it joins';
COMMENT ON COLUMN main.account_links.action IS 'link or unlink';
COMMENT ON COLUMN main.account_links.evidence IS 'What made them the same account';
COMMENT ON COLUMN main.account_links.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.account_links.run_id IS 'Run that stored the row';

CREATE TABLE meta.runs (
    run_id               VARCHAR NOT NULL,
    started_at           TIMESTAMPTZ NOT NULL,
    finished_at          TIMESTAMPTZ,
    outcome              VARCHAR NOT NULL,
    reason               VARCHAR,
    exit_code            INTEGER,
    accounts_listed      BIGINT NOT NULL,
    accounts_fetched     BIGINT NOT NULL,
    accounts_failed      BIGINT NOT NULL,
    transactions_new     BIGINT NOT NULL,
    transactions_changed BIGINT NOT NULL,
    reads                BIGINT NOT NULL,
    writes               BIGINT NOT NULL,
    cost_micro_usd       BIGINT NOT NULL,
    program_version      VARCHAR NOT NULL
);
COMMENT ON TABLE meta.runs IS 'Runs of fcpipe, copied from the journal with each new generation';
COMMENT ON COLUMN meta.runs.run_id IS 'Id of the run; sorts by time';
COMMENT ON COLUMN meta.runs.started_at IS 'When it started';
COMMENT ON COLUMN meta.runs.finished_at IS 'When it ended; null for the run that made this file';
COMMENT ON COLUMN meta.runs.outcome IS 'complete, partial, failed, interrupted or running';
COMMENT ON COLUMN meta.runs.reason IS 'Why it was not complete';
COMMENT ON COLUMN meta.runs.exit_code IS 'Exit code of the program; null while running';
COMMENT ON COLUMN meta.runs.accounts_listed IS 'Accounts Stripe listed';
COMMENT ON COLUMN meta.runs.accounts_fetched IS 'Accounts whose transactions were read';
COMMENT ON COLUMN meta.runs.accounts_failed IS 'Accounts that failed';
COMMENT ON COLUMN meta.runs.transactions_new IS 'Transactions seen for the first time';
COMMENT ON COLUMN meta.runs.transactions_changed IS 'Transactions with a new version';
COMMENT ON COLUMN meta.runs.reads IS 'GET requests sent, retries included';
COMMENT ON COLUMN meta.runs.writes IS 'POST requests sent, retries included';
COMMENT ON COLUMN meta.runs.cost_micro_usd IS 'What the run''s refreshes cost, millionths of a US dollar, by the configured prices';
COMMENT ON COLUMN meta.runs.program_version IS 'Version of fcpipe';

CREATE TABLE meta.run_accounts (
    run_id       VARCHAR NOT NULL,
    account_id   VARCHAR NOT NULL,
    outcome      VARCHAR NOT NULL,
    reason       VARCHAR,
    pages        BIGINT NOT NULL,
    transactions BIGINT NOT NULL,
    error_code   VARCHAR,
    request_id   VARCHAR
);
COMMENT ON TABLE meta.run_accounts IS 'What a run did with an account, where it did anything';
COMMENT ON COLUMN meta.run_accounts.run_id IS 'The run';
COMMENT ON COLUMN meta.run_accounts.account_id IS 'The account';
COMMENT ON COLUMN meta.run_accounts.outcome IS 'complete, incomplete or failed';
COMMENT ON COLUMN meta.run_accounts.reason IS 'Why it is not complete';
COMMENT ON COLUMN meta.run_accounts.pages IS 'Pages of transactions read';
COMMENT ON COLUMN meta.run_accounts.transactions IS 'Rows on those pages';
COMMENT ON COLUMN meta.run_accounts.error_code IS 'Stripe''s error code or ours';
COMMENT ON COLUMN meta.run_accounts.request_id IS 'Stripe''s id of the request that failed, req_…';

CREATE TABLE meta.charges (
    charge_key       VARCHAR NOT NULL,
    kind             VARCHAR NOT NULL,
    amount_micro_usd BIGINT NOT NULL,
    account_id       VARCHAR,
    holder_id        VARCHAR,
    institution_name VARCHAR,
    month            VARCHAR,
    charged_at       TIMESTAMPTZ NOT NULL,
    run_id           VARCHAR NOT NULL
);
COMMENT ON TABLE meta.charges IS 'What Stripe charges for, counted by the configured prices';
COMMENT ON COLUMN meta.charges.charge_key IS 'What makes the charge one: kind and account and refresh, or holder, institution and month';
COMMENT ON COLUMN meta.charges.kind IS 'balance, ownership or transactions_month';
COMMENT ON COLUMN meta.charges.amount_micro_usd IS 'Price in millionths of a US dollar';
COMMENT ON COLUMN meta.charges.account_id IS 'Account whose refresh it was';
COMMENT ON COLUMN meta.charges.holder_id IS 'Holder, for charges per month';
COMMENT ON COLUMN meta.charges.institution_name IS 'Institution, for charges per month';
COMMENT ON COLUMN meta.charges.month IS 'UTC month, YYYY-MM';
COMMENT ON COLUMN meta.charges.charged_at IS 'When it became due';
COMMENT ON COLUMN meta.charges.run_id IS 'Run that stored the row';

CREATE TABLE meta.quarantine (
    account_id  VARCHAR NOT NULL,
    object      VARCHAR NOT NULL,
    page        INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    field       VARCHAR NOT NULL,
    reason      VARCHAR NOT NULL,
    request_id  VARCHAR,
    observed_at TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL
);
COMMENT ON TABLE meta.quarantine IS 'Rows Stripe sent that were refused; their bodies lie in state/quarantine';
COMMENT ON COLUMN meta.quarantine.account_id IS 'Account being read';
COMMENT ON COLUMN meta.quarantine.object IS 'transaction, account or balance';
COMMENT ON COLUMN meta.quarantine.page IS 'Page of the fetch, from 1; 0 when it was no page';
COMMENT ON COLUMN meta.quarantine.position IS 'Place on the page, from 0';
COMMENT ON COLUMN meta.quarantine.field IS 'First field at fault';
COMMENT ON COLUMN meta.quarantine.reason IS 'What is wrong with it, without its value';
COMMENT ON COLUMN meta.quarantine.request_id IS 'Stripe''s id of the request, req_…';
COMMENT ON COLUMN meta.quarantine.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN meta.quarantine.run_id IS 'Run that stored the row';

CREATE TABLE meta.consents (
    account_id  VARCHAR NOT NULL,
    holder_id   VARCHAR,
    permissions VARCHAR[],
    status      VARCHAR NOT NULL,
    observed_at TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL
);
COMMENT ON TABLE meta.consents IS 'Who shared what, and when; append-only';
COMMENT ON COLUMN meta.consents.account_id IS 'Account shared';
COMMENT ON COLUMN meta.consents.holder_id IS 'Holder who shared it';
COMMENT ON COLUMN meta.consents.permissions IS 'What was shared';
COMMENT ON COLUMN meta.consents.status IS 'granted, changed or ended';
COMMENT ON COLUMN meta.consents.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN meta.consents.run_id IS 'Run that stored the row';

CREATE TABLE meta.erasures (
    erasure_id    VARCHAR NOT NULL,
    subject_hash  VARCHAR NOT NULL,
    requested_at  TIMESTAMPTZ NOT NULL,
    completed_at  TIMESTAMPTZ,
    reason        VARCHAR,
    row_counts    JSON,
    previous_hash VARCHAR,
    receipt_hash  VARCHAR NOT NULL
);
COMMENT ON TABLE meta.erasures IS 'Receipts of erasures, hash-chained, without personal data';
COMMENT ON COLUMN meta.erasures.erasure_id IS 'Id of the receipt';
COMMENT ON COLUMN meta.erasures.subject_hash IS 'Keyed hash of what was erased';
COMMENT ON COLUMN meta.erasures.requested_at IS 'When it was asked for';
COMMENT ON COLUMN meta.erasures.completed_at IS 'When nothing was left';
COMMENT ON COLUMN meta.erasures.reason IS 'Why';
COMMENT ON COLUMN meta.erasures.row_counts IS 'Rows removed per table';
COMMENT ON COLUMN meta.erasures.previous_hash IS 'Hash of the receipt before';
COMMENT ON COLUMN meta.erasures.receipt_hash IS 'Hash over this receipt and the one before';

CREATE TABLE meta.audits (
    account_id VARCHAR NOT NULL,
    audited_at TIMESTAMPTZ NOT NULL,
    listed     BIGINT NOT NULL,
    missing    BIGINT NOT NULL,
    different  BIGINT NOT NULL,
    run_id     VARCHAR NOT NULL
);
COMMENT ON TABLE meta.audits IS 'Differences between a full list of an account and what was stored';
COMMENT ON COLUMN meta.audits.account_id IS 'Account listed again';
COMMENT ON COLUMN meta.audits.audited_at IS 'When';
COMMENT ON COLUMN meta.audits.listed IS 'Rows Stripe listed';
COMMENT ON COLUMN meta.audits.missing IS 'Rows that were not held';
COMMENT ON COLUMN meta.audits.different IS 'Rows held in another state';
COMMENT ON COLUMN meta.audits.run_id IS 'Run that audited';

CREATE TABLE meta.store (
    storage_version    VARCHAR NOT NULL,
    livemode           BOOLEAN,
    stripe_account_id  VARCHAR,
    created_by_version VARCHAR NOT NULL,
    watermark          TIMESTAMPTZ
);
COMMENT ON TABLE meta.store IS 'What this file is; one row';
COMMENT ON COLUMN meta.store.storage_version IS 'DuckDB storage version it was created with';
COMMENT ON COLUMN meta.store.livemode IS 'Live or test data; null until the first account';
COMMENT ON COLUMN meta.store.stripe_account_id IS 'Stripe account the data comes from; null when the key may not say';
COMMENT ON COLUMN meta.store.created_by_version IS 'Version of fcpipe that created it';
COMMENT ON COLUMN meta.store.watermark IS 'Instant of the newest merge: nothing here was observed later; null before the first';

CREATE TABLE meta.parameters (
    name  VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
COMMENT ON TABLE meta.parameters IS 'Settings the derived tables were computed with';
COMMENT ON COLUMN meta.parameters.name IS 'Name of the setting';
COMMENT ON COLUMN meta.parameters.value IS 'Its value';

CREATE TABLE meta.dictionary (
    schema_name VARCHAR NOT NULL,
    table_name  VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    position    INTEGER NOT NULL,
    data_type   VARCHAR NOT NULL,
    is_nullable BOOLEAN NOT NULL,
    field_id    INTEGER,
    description VARCHAR NOT NULL
);
COMMENT ON TABLE meta.dictionary IS 'Every table and column: the one source of comments, Parquet schemas and documentation';
COMMENT ON COLUMN meta.dictionary.schema_name IS 'Schema';
COMMENT ON COLUMN meta.dictionary.table_name IS 'Table';
COMMENT ON COLUMN meta.dictionary.column_name IS 'Column; empty on the row that describes the table';
COMMENT ON COLUMN meta.dictionary.position IS 'Place in the table, from 1; 0 on the row that describes the table';
COMMENT ON COLUMN meta.dictionary.data_type IS 'DuckDB type';
COMMENT ON COLUMN meta.dictionary.is_nullable IS 'Whether it may be null';
COMMENT ON COLUMN meta.dictionary.field_id IS 'Permanent number of the column, used in Parquet; never reused';
COMMENT ON COLUMN meta.dictionary.description IS 'What it means';
