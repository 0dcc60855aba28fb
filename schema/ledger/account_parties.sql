-- model: ledger.account_parties
-- about: How many owners the bank names for an account, and whether one of them shares a name with an owner of
--   another account of the holder, for those whose owners are held (privacy.owners: keep). No name is in it
-- order: account_key
-- lake: none
-- scope: all
-- touched by main.accounts (account_id, account_key): SELECT account_id FROM changed
-- touched by ledger.accounts (account_key, holder_type, holder_id): SELECT account_key FROM changed
-- touched by pii.ownerships: SELECT account_id FROM changed
-- touched by pii.owners: SELECT account_id FROM changed
-- personal: nothing from pii.owners.name, equal ones are looked for
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who shares it
-- column party_count: BIGINT NOT NULL. Owners of the newest snapshot; 0 when the bank named none
-- column is_called_otherwise: BOOLEAN. True when none of them has the name of an owner of another account of the
--   holder, whatever the order of its words, single letters left out, joint names apart; null
--   when there are no names to compare
WITH newest AS (
    SELECT l.account_key, l.holder_type, l.holder_id, s.ownership_id, s.owner_count
    FROM pii.ownerships s JOIN main.accounts a USING (account_id)
    JOIN (FROM ledger.accounts WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL) l
        ON l.account_key = a.account_key
    QUALIFY row_number() OVER (PARTITION BY l.account_key ORDER BY s.observed_at DESC, s.ownership_id DESC) = 1),
-- a joint name is that of each of them: of one who has no last name beside the first, the last one's is theirs
written AS (
    SELECT DISTINCT n.account_key, n.holder_type, n.holder_id, name, unnest(list_distinct([name]
        || regexp_split_to_array(name, '\s+(?:AND|OR|AND/OR)\s+|\s*[&;/+]\s*'))) AS part
    FROM newest n
    JOIN (SELECT ownership_id, upper(strip_accents(name)) AS name FROM pii.owners) o USING (ownership_id)),
named AS (
    SELECT DISTINCT account_key, holder_type, holder_id, list_sort(CASE
        WHEN part <> name AND len(regexp_extract_all(part, '\pL{2,}')) = 1
            THEN regexp_extract_all(part, '\pL{2,}') || CASE WHEN contains(name, ',')
                THEN regexp_extract_all(name, '\pL{2,}')[1:1] ELSE regexp_extract_all(name, '\pL{2,}')[-1:] END
        ELSE regexp_extract_all(part, '\pL{2,}') END) AS words
    FROM written),
compared AS (
    SELECT a.account_key, bool_and(a.words <> b.words) AS is_called_otherwise
    FROM (FROM named WHERE len(words) > 0) a JOIN (FROM named WHERE len(words) > 0) b ON b.holder_type = a.holder_type
        AND b.holder_id = a.holder_id AND b.account_key <> a.account_key
    GROUP BY a.account_key)
SELECT n.account_key, n.holder_type, n.holder_id, n.owner_count AS party_count, c.is_called_otherwise
FROM newest n LEFT JOIN compared c USING (account_key)
