-- The merge: landed rows into the next generation, in one transaction.
-- $observed_at and $run_id are the same for every row of a round.

-- name: merge_stage_tables
CREATE TEMP TABLE staged_accounts AS FROM segment.accounts LIMIT 0;
CREATE TEMP TABLE staged_balances AS FROM segment.balances LIMIT 0;
CREATE TEMP TABLE staged_refreshes AS FROM segment.refreshes LIMIT 0;
CREATE TEMP TABLE staged_completions (sequence BIGINT, account_id VARCHAR, after_refresh_id VARCHAR,
    cursor_refresh_id VARCHAR, complete_through_at TIMESTAMPTZ);
CREATE TEMP TABLE staged_quarantine AS FROM segment.quarantine LIMIT 0;

-- name: merge_stage_accounts
INSERT INTO staged_accounts FROM segment.accounts;

-- name: merge_stage_balances
INSERT INTO staged_balances FROM segment.balances;

-- The transactions of segments.
-- name: merge_landed_transactions
SELECT * REPLACE (lower(currency) AS currency) FROM $transactions;

-- Tables of the attached segment that have rows. The size is what DuckDB counts as it writes them, and exact where no
-- row is deleted, which none of a segment is: what is erased is left out of a file that takes its place.
-- name: merge_segment_tables
SELECT table_name, estimated_size FROM duckdb_tables() WHERE database_name = 'segment' AND estimated_size > 0;

-- Segments cannot be written to: what is refused or comes too late is noted beside them, by the number that every row
-- has, and the view leaves it out from then on.
-- name: merge_staged_transactions
CREATE TEMP TABLE dropped_transactions (sequence BIGINT);
CREATE TEMP VIEW staged_transactions AS FROM landed_transactions;

-- name: merge_stage_refreshes
INSERT INTO staged_refreshes FROM segment.refreshes;

-- name: merge_stage_quarantine
INSERT INTO staged_quarantine FROM segment.quarantine;

-- name: merge_stage_completions
INSERT INTO staged_completions FROM segment.completions;

-- Whether live and test rows landed, and of which time. The margin saves probing; the years where it would leave
-- TIMESTAMPTZ go without.
-- name: merge_landed
SELECT coalesce(bool_or(live), false), coalesce(bool_or(test), false),
    CASE WHEN min(first) > TIMESTAMPTZ '0001-01-01 00:00:00+00' THEN min(first) - INTERVAL 10 DAY ELSE min(first) END,
    CASE WHEN max(last) < TIMESTAMPTZ '9999-01-01 00:00:00+00' THEN max(last) + INTERVAL 10 DAY ELSE max(last) END
FROM (
    SELECT bool_or(livemode) AS live, bool_or(NOT livemode) AS test, min(transacted_at) AS first,
        max(transacted_at) AS last
    FROM staged_transactions
    UNION ALL SELECT bool_or(livemode), bool_or(NOT livemode), NULL, NULL FROM staged_accounts);

-- name: merge_orphans
SELECT coalesce(min(account_id), '')
FROM (SELECT DISTINCT account_id FROM staged_transactions UNION SELECT DISTINCT account_id FROM staged_completions)
ANTI JOIN staged_accounts USING (account_id) ANTI JOIN main.accounts USING (account_id);

-- Few ids come twice. They are looked for among those whose hashes do: numbers take half the time and memory of texts.
-- name: merge_repeated
CREATE OR REPLACE TEMP TABLE repeated AS
WITH alike AS (SELECT hash(transaction_id) AS id FROM staged_transactions GROUP BY ALL HAVING count(*) > 1)
SELECT transaction_id, count(*) AS readings
FROM staged_transactions SEMI JOIN alike ON hash(transaction_id) = id
GROUP BY transaction_id HAVING count(*) > 1;

-- What is stored of the ids that landed.
-- name: merge_stored
CREATE TEMP TABLE stored AS
SELECT p.transaction_id, p.place, t.version, t.first_observed_at, t.updated_at, t.observed_at, t.status, t.amount_minor,
    t.transacted_at, t.account_id
FROM main.transaction_versions t JOIN places p ON t.rowid = p.place;

-- An id belongs to the account it was first seen in: the one it is stored under, else the one whose row
-- landed first. Rows of other accounts that carry it are foreign rows.
-- name: merge_foreign_rows
CREATE TEMP TABLE foreign_rows AS
WITH owners AS (
    SELECT transaction_id, account_id FROM stored
    UNION ALL
    SELECT transaction_id, arg_min(account_id, sequence)
    FROM staged_transactions
    SEMI JOIN repeated USING (transaction_id)
    ANTI JOIN places USING (transaction_id)
    GROUP BY transaction_id HAVING min(account_id) <> max(account_id))
SELECT s.sequence, s.transaction_id, s.account_id, o.account_id AS owner_id
FROM staged_transactions s JOIN owners o ON s.transaction_id = o.transaction_id AND s.account_id <> o.account_id;

-- name: merge_foreign_payloads
SELECT to_json(s)::VARCHAR FROM staged_transactions s SEMI JOIN foreign_rows USING (sequence) ORDER BY sequence;

-- name: merge_foreign_counts
SELECT account_id, count(DISTINCT transaction_id) FROM foreign_rows GROUP BY account_id ORDER BY account_id;

-- They are refused, and the account they were read with is not complete: its cursor stays.
-- name: merge_refuse_foreign_rows
INSERT INTO staged_quarantine (sequence, account_id, object, page, position, field, reason, request_id)
SELECT min(sequence), account_id, 'transaction', 0,
    (row_number() OVER (PARTITION BY account_id ORDER BY transaction_id) - 1)::INTEGER, 'id',
    transaction_id || ' is a row of account ' || any_value(owner_id), NULL
FROM foreign_rows GROUP BY account_id, transaction_id;
DELETE FROM staged_completions WHERE account_id IN (SELECT account_id FROM foreign_rows);
INSERT INTO dropped_transactions SELECT sequence FROM foreign_rows;
CREATE OR REPLACE TEMP VIEW staged_transactions AS
FROM landed_transactions ANTI JOIN dropped_transactions USING (sequence);

-- name: merge_stamp
CREATE TEMP TABLE stamp AS SELECT $observed_at::TIMESTAMPTZ AS observed_at, $run_id::VARCHAR AS run_id;

-- An update that lies more than two days after it was observed says nothing of which state is newer: any other
-- state takes its place, or one wrong instant would outrank every correction of its row for ever.
-- name: merge_updates
CREATE OR REPLACE TEMP MACRO believed_update(updated_at, observed_at) AS
    CASE WHEN updated_at <= observed_at + INTERVAL 2 DAY THEN updated_at ELSE '-infinity'::TIMESTAMPTZ END;

-- The last reading of each id wins: greatest updated_at, then latest arrival. Only ids that come twice
-- are sorted, and the batch is a view: a copy of a first sync would not fit in memory.
-- name: merge_batch
CREATE TEMP TABLE outdone AS
SELECT sequence FROM staged_transactions SEMI JOIN repeated USING (transaction_id) CROSS JOIN stamp
QUALIFY row_number() OVER (
    PARTITION BY transaction_id ORDER BY believed_update(updated_at, stamp.observed_at) DESC, sequence DESC) > 1;
CREATE TEMP VIEW batch AS SELECT * FROM staged_transactions ANTI JOIN outdone USING (sequence);

-- name: merge_batch_rows
SELECT (SELECT count(*) FROM batch),
    (SELECT count(*) FROM staged_transactions)
        - (SELECT coalesce(sum(readings) - count(*), 0) FROM repeated)::BIGINT;

-- Where the current versions of the ids that landed are stored: first where they should be, then wherever
-- they are. Of the table only ids are read.
-- name: merge_places_near
CREATE TEMP TABLE places AS
SELECT t.rowid AS place, t.transaction_id
FROM main.transaction_versions t
SEMI JOIN staged_transactions b ON t.transaction_id = b.transaction_id
WHERE t.is_current AND t.transacted_at BETWEEN ? AND ?;

-- name: merge_places_far
INSERT INTO places
SELECT t.rowid, t.transaction_id FROM main.transaction_versions t
SEMI JOIN (SELECT transaction_id FROM staged_transactions ANTI JOIN places USING (transaction_id)) rest
    ON t.transaction_id = rest.transaction_id
WHERE t.is_current;

-- name: merge_stored_places
SELECT count(*) > 0, coalesce(min(transaction_id) FILTER (places > 1), '')
FROM (SELECT transaction_id, count(*) AS places FROM places GROUP BY transaction_id);

-- What of the batch was held before, and how it compares. The rest is new. Texts are long and lie
-- everywhere: they are read only of rows that say they were updated at the same instant.
-- name: merge_classify
CREATE TEMP TABLE same AS
SELECT b.transaction_id FROM main.transaction_versions t
JOIN (SELECT s.place, b.* FROM batch b JOIN stored s USING (transaction_id) WHERE b.updated_at = s.updated_at) b
    ON t.rowid = b.place
WHERE t.amount_minor = b.amount_minor AND t.currency = b.currency AND t.description = b.description
  AND t.status = b.status AND t.transacted_at = b.transacted_at AND t.account_id = b.account_id
  AND t.livemode = b.livemode
  AND t.posted_at IS NOT DISTINCT FROM b.posted_at AND t.void_at IS NOT DISTINCT FROM b.void_at
  AND t.transaction_refresh_id = b.transaction_refresh_id AND t.extra::VARCHAR IS NOT DISTINCT FROM b.extra;
CREATE TEMP TABLE known AS
SELECT transaction_id, s.place, s.version AS stored_version, s.first_observed_at, s.status AS stored_status,
    s.amount_minor AS stored_amount_minor, s.transacted_at AS stored_transacted_at,
    CASE WHEN same.transaction_id IS NOT NULL THEN 'same'
         WHEN b.updated_at < believed_update(s.updated_at, s.observed_at) THEN 'older'
         ELSE 'changed' END AS kind
FROM batch b JOIN stored s USING (transaction_id) LEFT JOIN same USING (transaction_id);

-- An older state that is stored already (a stale answer, or a segment merged twice) says nothing new.
-- name: merge_forget_known_versions
UPDATE known SET kind = 'same' WHERE kind = 'older' AND transaction_id IN (
    SELECT c.transaction_id
    FROM (SELECT b.*
        FROM batch b
        SEMI JOIN (SELECT transaction_id FROM known WHERE kind = 'older') k USING (transaction_id)) c
    JOIN main.transaction_versions v USING (transaction_id)
    WHERE v.updated_at = c.updated_at AND v.amount_minor = c.amount_minor AND v.currency = c.currency
      AND v.description = c.description AND v.status = c.status AND v.transacted_at = c.transacted_at
      AND v.posted_at IS NOT DISTINCT FROM c.posted_at AND v.void_at IS NOT DISTINCT FROM c.void_at
      AND v.transaction_refresh_id = c.transaction_refresh_id AND v.extra::VARCHAR IS NOT DISTINCT FROM c.extra);

-- Versions are numbered from what is stored now, before any is added. Behind the current version
-- only such can lie that never became current: of all others no id is read.
-- name: merge_last_versions
CREATE TEMP TABLE last_versions AS
SELECT v.transaction_id, max(v.version) AS version FROM main.transaction_versions v
SEMI JOIN (SELECT transaction_id FROM known WHERE kind <> 'same') k ON v.transaction_id = k.transaction_id
WHERE v.superseded_on_arrival = true GROUP BY v.transaction_id;

-- What merge_classify and merge_last_versions make where nothing that landed is stored.
-- name: merge_nothing_known
CREATE TEMP TABLE known (transaction_id VARCHAR, place BIGINT, stored_version INTEGER, first_observed_at TIMESTAMPTZ,
    stored_status VARCHAR, stored_amount_minor BIGINT, stored_transacted_at TIMESTAMPTZ, kind VARCHAR);
CREATE TEMP TABLE last_versions (transaction_id VARCHAR, version INTEGER);

-- name: merge_numbered
CREATE TEMP VIEW numbered AS
SELECT b.transaction_id, b.account_id, b.amount_minor, b.currency, b.description, b.status, b.transacted_at,
    b.posted_at, b.void_at,
    b.updated_at, b.transaction_refresh_id,
    (greatest(coalesce(k.stored_version, 0), coalesce(last.version, 0)) + 1)::INTEGER AS version,
    coalesce(k.first_observed_at, stamp.observed_at) AS first_observed_at, stamp.observed_at, stamp.run_id,
    b.livemode, b.extra::JSON AS extra, coalesce(k.kind = 'older', false) AS superseded_on_arrival,
    coalesce(k.kind, 'new') AS kind
FROM batch b
LEFT JOIN known k USING (transaction_id)
LEFT JOIN last_versions last USING (transaction_id)
CROSS JOIN stamp
WHERE k.kind IS DISTINCT FROM 'same';

-- name: merge_replaced_range
SELECT count(*), min(stored_transacted_at), max(stored_transacted_at) FROM known WHERE kind = 'changed';

-- What is replaced stays where it is and as it was; only the mark moves on.
-- name: merge_unmark_replaced
UPDATE main.transaction_versions SET is_current = false
WHERE is_current AND transacted_at BETWEEN ? AND ? AND rowid IN (SELECT place FROM known WHERE kind = 'changed');

-- Rows lie in the order of time, those of a first sync too: a later batch of recent rows then finds
-- and replaces what it changes by reading only the row groups of that time.
-- name: merge_add_versions
-- What all rows share is added behind the sort, which would copy it with each.
INSERT INTO main.transaction_versions
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, transaction_refresh_id, version, first_observed_at, $observed_at::TIMESTAMPTZ, $run_id::VARCHAR,
    livemode, extra, superseded_on_arrival, NOT superseded_on_arrival AS is_current
FROM (FROM numbered SELECT * EXCLUDE (kind, observed_at, run_id) ORDER BY transacted_at, account_id, transaction_id);

-- The same where nothing that landed is stored: every row is the first version of its transaction.
-- name: merge_add_first_versions
INSERT INTO main.transaction_versions
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, transaction_refresh_id, 1, $observed_at::TIMESTAMPTZ, $observed_at::TIMESTAMPTZ, $run_id::VARCHAR,
    livemode, extra::JSON, false, true
FROM (FROM batch SELECT * EXCLUDE (sequence) ORDER BY transacted_at, account_id, transaction_id);

-- name: merge_late_first_versions
SELECT count(*) FROM batch b JOIN main.accounts a USING (account_id)
WHERE epoch(b.transacted_at) < epoch(a.complete_through_at) - 172800;

-- name: merge_count
SELECT count(*) FROM main.transactions;

-- name: merge_transaction_counts
SELECT count(*) FILTER (n.kind = 'new'), count(*) FILTER (n.kind = 'changed'), count(*) FILTER (n.kind = 'older'),
    count(*) FILTER (n.kind = 'changed' AND k.stored_status = 'pending' AND n.status = 'posted'),
    count(*) FILTER (n.kind = 'changed' AND k.stored_status = 'pending' AND n.status = 'posted'
        AND k.stored_amount_minor <> n.amount_minor),
    count(*) FILTER (n.kind = 'changed' AND k.stored_status <> 'void' AND n.status = 'void'),
    count(*) FILTER (n.kind = 'new' AND epoch(n.transacted_at) < epoch(a.complete_through_at) - 172800)
FROM numbered n LEFT JOIN known k USING (transaction_id) LEFT JOIN main.accounts a ON a.account_id = n.account_id;

-- What audited accounts had missed. A row that differs only in what fcpipe has no column for, or in
-- when it was updated, was held: fields outside the core may come later, without a refresh.
-- name: merge_audit_differences
WITH audited AS (
    SELECT n.*, k.place FROM numbered n LEFT JOIN known k USING (transaction_id)
    WHERE n.account_id IN (SELECT unnest($audited::VARCHAR[]))
        AND n.transaction_id NOT IN (SELECT unnest($fetched::VARCHAR[]))),
differing AS (
    SELECT a.account_id, 'changed' AS kind
    FROM main.transaction_versions t
    JOIN (FROM audited WHERE kind = 'changed') a ON t.rowid = a.place
    WHERE t.amount_minor <> a.amount_minor OR t.currency <> a.currency OR t.description <> a.description
        OR t.status <> a.status
      OR t.transacted_at <> a.transacted_at OR t.account_id <> a.account_id OR t.livemode <> a.livemode
      OR t.posted_at IS DISTINCT FROM a.posted_at OR t.void_at IS DISTINCT FROM a.void_at
      OR t.transaction_refresh_id <> a.transaction_refresh_id
    UNION ALL SELECT account_id, kind FROM audited WHERE kind = 'new')
SELECT account_id, count(*) FILTER (kind = 'new'), count(*) FILTER (kind = 'changed')
FROM differing
GROUP BY account_id;
