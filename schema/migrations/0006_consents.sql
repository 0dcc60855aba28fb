-- Consents say in which session they were given and what was shown, why they ended, and in what order.
ALTER TABLE meta.consents RENAME TO consents_before;

CREATE TABLE meta.consents (
    account_id        VARCHAR NOT NULL,
    version           INTEGER NOT NULL,
    status            VARCHAR NOT NULL,
    reason            VARCHAR,
    holder_type       VARCHAR,
    holder_id         VARCHAR,
    stripe_account_id VARCHAR,
    permissions       VARCHAR[],
    session_id        VARCHAR,
    stripe_consent_id VARCHAR,
    consent_text      VARCHAR,
    text_version      VARCHAR,
    locale            VARCHAR,
    given_at          TIMESTAMPTZ,
    observed_at       TIMESTAMPTZ NOT NULL,
    run_id            VARCHAR NOT NULL
);
COMMENT ON TABLE meta.consents IS
    'Who shared what, when it changed and when it ended; append-only; one row per account and change';
COMMENT ON COLUMN meta.consents.account_id IS 'Account shared';
COMMENT ON COLUMN meta.consents.version IS 'Order of the changes of an account, from 1';
COMMENT ON COLUMN meta.consents.status IS
    'granted: for the first time, or in another session; changed: other permissions; ended; returned: it lasts again';
COMMENT ON COLUMN meta.consents.reason IS
    'Why it ended: by_holder, by_us, expired, inactive (the bank refuses new data) or erased; null unless it ended';
COMMENT ON COLUMN meta.consents.holder_type IS 'Kind of holder: customer, customer_account or account';
COMMENT ON COLUMN meta.consents.holder_id IS 'Holder who shared it, cus_… or acct_…';
COMMENT ON COLUMN meta.consents.stripe_account_id IS
    'Stripe account it was shared with, acct_…; null when the key may not say';
COMMENT ON COLUMN meta.consents.permissions IS
    'What is shared from this change on: balances, ownership, payment_method, transactions; null as Stripe sent it';
COMMENT ON COLUMN meta.consents.session_id IS
    'Session it was last given in, fcsess_…; null where the account was linked elsewhere';
COMMENT ON COLUMN meta.consents.stripe_consent_id IS 'Stripe''s consent object, where the Stripe account has them';
COMMENT ON COLUMN meta.consents.consent_text IS 'What was shown to the holder, word for word; null where it is not known';
COMMENT ON COLUMN meta.consents.text_version IS 'Which of fcpipe''s texts was shown';
COMMENT ON COLUMN meta.consents.locale IS 'Language it was shown in, BCP 47';
COMMENT ON COLUMN meta.consents.given_at IS
    'When the holder gave it in a session of fcpipe; null for what Stripe''s list showed';
COMMENT ON COLUMN meta.consents.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN meta.consents.run_id IS 'Run that stored the row';

-- Earlier versions disconnected nothing: what ended, the holder ended.
INSERT INTO meta.consents (
    account_id, version, status, reason, holder_type, holder_id, stripe_account_id, permissions, observed_at, run_id)
SELECT c.account_id, row_number() OVER (PARTITION BY c.account_id ORDER BY c.observed_at, c.rowid), c.status,
    CASE WHEN c.status = 'ended' THEN 'by_holder' END,
    CASE WHEN coalesce(v.holder_type, a.holder_type) = 'customer' AND c.holder_id LIKE 'acct%' THEN 'customer_account'
        ELSE coalesce(v.holder_type, a.holder_type) END,
    c.holder_id, coalesce(v.stripe_account_id, a.stripe_account_id), c.permissions, c.observed_at, c.run_id
FROM meta.consents_before c
LEFT JOIN main.accounts a ON a.account_id = c.account_id
LEFT JOIN main.account_versions v ON v.account_id = c.account_id AND v.observed_at = c.observed_at
ORDER BY c.observed_at, c.account_id;
DROP TABLE meta.consents_before;

-- They wrote no row when an account became inactive, and none when it was shared again: the account's versions tell
-- since when.
INSERT INTO meta.consents (
    account_id, version, status, reason, holder_type, holder_id, stripe_account_id, permissions, observed_at, run_id)
WITH last AS (
    FROM meta.consents QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY version DESC) = 1),
since AS (
    SELECT v.account_id, min(v.observed_at) AS observed_at, arg_min(v.run_id, v.observed_at) AS run_id
    FROM main.account_versions v JOIN main.accounts a USING (account_id)
    WHERE v.observed_at > coalesce((
        SELECT max(o.observed_at) FROM main.account_versions o
        WHERE o.account_id = v.account_id AND o.status <> a.status), '-infinity')
    GROUP BY v.account_id)
SELECT account_id, last.version + 1, CASE WHEN a.status = 'active' THEN 'returned' ELSE 'ended' END,
    CASE a.status WHEN 'inactive' THEN 'inactive' WHEN 'disconnected' THEN 'by_holder' END,
    last.holder_type, last.holder_id, last.stripe_account_id, a.permissions,
    since.observed_at, since.run_id
FROM last JOIN main.accounts a USING (account_id) JOIN since USING (account_id)
WHERE (a.status <> 'active') <> (last.status = 'ended')
ORDER BY since.observed_at, account_id;

CREATE VIEW meta.current_consents AS
SELECT account_id, holder_type, holder_id, stripe_account_id, permissions, session_id,
    min(observed_at) OVER of_account AS first_seen_at, observed_at AS changed_at,
    CASE WHEN status = 'ended' THEN observed_at END AS ended_at, reason, run_id
FROM meta.consents
WINDOW of_account AS (PARTITION BY account_id)
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY version DESC) = 1;
COMMENT ON VIEW meta.current_consents IS 'Who shares what now; one row per account, ended consents included';
COMMENT ON COLUMN meta.current_consents.account_id IS 'Account shared';
COMMENT ON COLUMN meta.current_consents.holder_type IS 'Kind of holder: customer, customer_account or account';
COMMENT ON COLUMN meta.current_consents.holder_id IS 'Holder who shared it, cus_… or acct_…';
COMMENT ON COLUMN meta.current_consents.stripe_account_id IS
    'Stripe account it was shared with, acct_…; null when the key may not say';
COMMENT ON COLUMN meta.current_consents.permissions IS
    'What is shared: balances, ownership, payment_method, transactions; null as Stripe sent it';
COMMENT ON COLUMN meta.current_consents.session_id IS
    'Session it was last given in, fcsess_…; null where the account was linked elsewhere';
COMMENT ON COLUMN meta.current_consents.first_seen_at IS 'When fcpipe first stored a consent for the account';
COMMENT ON COLUMN meta.current_consents.changed_at IS 'When fcpipe stored its newest change';
COMMENT ON COLUMN meta.current_consents.ended_at IS 'When fcpipe stored that it ended; null while it lasts';
COMMENT ON COLUMN meta.current_consents.reason IS
    'Why it ended: by_holder, by_us, expired, inactive or erased; null while it lasts';
COMMENT ON COLUMN meta.current_consents.run_id IS 'Run that stored its newest change';
