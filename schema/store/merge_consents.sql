-- Consents: what was given here, then what Stripe's list shows of the accounts that changed, in one order.

-- Migration 0006 added the column given_at. To look among the columns of the file costs DuckDB all of its tables.
-- name: consents_have_sessions
SELECT count(*) > 0 FROM meta.migrations WHERE number = 6;

-- name: consents_stored
SELECT account_id, coalesce(session_id, ''), given_at FROM meta.consents WHERE given_at IS NOT NULL;

-- name: merge_consent_tables
CREATE TEMP TABLE consents_given (sequence BIGINT, account_id VARCHAR, holder_type VARCHAR, holder_id VARCHAR,
    stripe_account_id VARCHAR, permissions VARCHAR[], session_id VARCHAR, stripe_consent_id VARCHAR,
    consent_text VARCHAR, text_version VARCHAR, locale VARCHAR, given_at TIMESTAMPTZ);
CREATE TEMP TABLE consents_ended (account_id VARCHAR, reason VARCHAR);
CREATE TEMP TABLE IF NOT EXISTS account_changed AS SELECT account_id FROM main.accounts LIMIT 0;

-- name: merge_consent_given
INSERT INTO consents_given VALUES (?, ?, ?, ?, ?, ?::JSON::VARCHAR[], ?, ?, ?, ?, ?, ?);

-- name: merge_consent_ended
INSERT INTO consents_ended VALUES (?, ?);

-- name: merge_consents_given
INSERT INTO meta.consents
SELECT g.account_id, coalesce(last.version, 0) + row_number() OVER (PARTITION BY g.account_id ORDER BY g.sequence),
    'granted', NULL, g.holder_type, g.holder_id, g.stripe_account_id, g.permissions, g.session_id,
    g.stripe_consent_id, g.consent_text, g.text_version, g.locale, g.given_at, $observed_at, $run_id
FROM consents_given g
LEFT JOIN (SELECT account_id, max(version) AS version FROM meta.consents GROUP BY account_id) last USING (account_id)
ORDER BY g.sequence;

-- What the list shows of accounts that changed, and of those for which a consent was given that it may contradict.
-- name: merge_consents_shown
CREATE TEMP TABLE consents_shown AS
SELECT a.account_id,
    CASE WHEN a.holder_type = 'customer' AND a.holder_id LIKE 'acct%' THEN 'customer_account'
        ELSE a.holder_type END AS holder_type,
    a.holder_id, a.stripe_account_id, a.permissions,
    CASE a.status WHEN 'disconnected' THEN coalesce(e.reason, 'by_holder')
        WHEN 'inactive' THEN CASE a.extra->>'$.status_details.inactive.cause'
            WHEN 'access_expired' THEN 'expired' WHEN 'access_denied' THEN 'by_holder' ELSE 'inactive' END
        END AS reason
FROM main.accounts a LEFT JOIN consents_ended e USING (account_id)
WHERE a.account_id IN (SELECT account_id FROM account_changed)
    OR (list_contains($seen, a.account_id) AND a.account_id IN (SELECT account_id FROM consents_given));

-- name: merge_consents_linked_elsewhere
INSERT INTO meta.consents (account_id, version, status, holder_type, holder_id, stripe_account_id, permissions,
    observed_at, run_id)
SELECT account_id, 1, 'granted', holder_type, holder_id, stripe_account_id, permissions, $observed_at, $run_id
FROM consents_shown ANTI JOIN meta.consents USING (account_id)
ORDER BY account_id;

-- Null permissions do not say what is shared: nothing has changed then. The session is that of the last consent given.
-- name: merge_consents_changed
INSERT INTO meta.consents (account_id, version, status, reason, holder_type, holder_id, stripe_account_id, permissions,
    session_id, observed_at, run_id)
SELECT s.account_id, last.version + 1,
    CASE WHEN s.reason IS NOT NULL THEN 'ended' WHEN last.status = 'ended' THEN 'returned' ELSE 'changed' END,
    s.reason, coalesce(last.holder_type, s.holder_type), coalesce(last.holder_id, s.holder_id),
    coalesce(s.stripe_account_id, last.stripe_account_id), coalesce(s.permissions, last.permissions), last.session_id,
    $observed_at, $run_id
FROM consents_shown s
JOIN (FROM meta.consents QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY version DESC) = 1) last
    USING (account_id)
WHERE s.reason IS DISTINCT FROM last.reason
    OR list_sort(coalesce(s.permissions, last.permissions)) IS DISTINCT FROM list_sort(last.permissions)
ORDER BY s.account_id;

-- name: merge_consent_count
SELECT count(*) FROM meta.consents WHERE observed_at = $observed_at;

-- name: state_consents
SELECT account_id, to_json(permissions)::VARCHAR, coalesce(reason, '') FROM meta.consents
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY version DESC) = 1;
