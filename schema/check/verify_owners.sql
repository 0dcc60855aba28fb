-- Rules of owners, for files that have their tables.

-- name: owners_rule_once
SELECT 'owner ' || owner_id, 'stored ' || count(*) || ' times in ' || ownership_id
FROM pii.owners
GROUP BY ownership_id, owner_id
HAVING count(*) > 1
LIMIT 20;

-- name: owners_rule_snapshots_once
SELECT 'ownership ' || ownership_id, 'stored ' || count(*) || ' times'
FROM pii.ownerships
GROUP BY ownership_id
HAVING count(*) > 1
LIMIT 20;

-- name: owners_rule_snapshots_are_whole
SELECT 'ownership ' || s.ownership_id,
    'has ' || count(o.owner_id) || ' of ' || s.owner_count || ' owners, or owners of another account'
FROM pii.ownerships s LEFT JOIN pii.owners o ON o.ownership_id = s.ownership_id AND o.account_id = s.account_id
GROUP BY s.ownership_id, s.owner_count HAVING count(o.owner_id) < s.owner_count LIMIT 20;

-- name: owners_rule_have_accounts
SELECT DISTINCT 'account ' || account_id, 'has owners but is not in main.accounts'
FROM (SELECT account_id FROM pii.owners UNION SELECT account_id FROM pii.ownerships)
ANTI JOIN main.accounts USING (account_id)
LIMIT 20;

-- name: owners_rule_not_beyond_watermark
SELECT 'meta.store', 'owners were observed after the watermark' FROM meta.store
WHERE (SELECT max(observed_at) FROM pii.owners) > watermark
    OR (SELECT max(observed_at) FROM pii.ownerships) > watermark;
