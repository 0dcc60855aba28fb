-- model: expenses.data_quality
-- about: How much of what a holder spent in a month has no category, or may be counted twice, by money and by rows
-- order: holder_type, holder_id, currency, month
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, month
-- touched by expenses.category_sums (holder_type, holder_id, currency, month_start, category, gross_minor,
--   transaction_count, possible_duplicate_count, possible_duplicate_minor): SELECT holder_type, holder_id,
--   currency, strftime(month_start, '%Y-%m') AS month FROM changed
-- input expenses.category_sums: SELECT s.* FROM expenses.category_sums s SEMI JOIN touched t
--   ON t.holder_type = s.holder_type AND t.holder_id = s.holder_id AND t.currency = s.currency
--   AND t.month = strftime(s.month_start, '%Y-%m')
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of transacted_date, YYYY-MM
-- column gross_minor: BIGINT. Spent in all categories, minor units; null when out of range
-- column unknown_minor: BIGINT. Of it, without a category: other.unknown; null when out of range
-- column unknown_per_mille: INTEGER. unknown_minor of gross_minor, in thousandths, rounded down; null when nothing was
--   spent, or out of range
-- column transaction_count: BIGINT NOT NULL. Rows that count, refunds included
-- column unknown_count: BIGINT NOT NULL. Of them, without a category
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
-- column possible_duplicate_count: BIGINT. Rows that may count twice: their account may be another one linked
--   again, see quality.possible_relinks
-- column possible_duplicate_minor: BIGINT. What they add to what was spent, minor units; null when out of range
-- column duplicate_state: VARCHAR. certain, or possible_duplicates until a person decides with fcpipe link or
--   unlink: the month's numbers may be too high by possible_duplicate_minor
WITH sums AS (
    SELECT holder_type, holder_id, currency, strftime(month_start, '%Y-%m') AS month,
        CASE WHEN count(gross_minor) = count(*) THEN meta.minor(sum(gross_minor)) END AS gross_minor,
        CASE WHEN count(gross_minor) = count(*)
            THEN meta.minor(coalesce(sum(gross_minor) FILTER (category = 'other.unknown'), 0)) END AS unknown_minor,
        sum(transaction_count)::BIGINT AS transaction_count,
        coalesce(sum(transaction_count) FILTER (category = 'other.unknown'), 0)::BIGINT AS unknown_count,
        sum(possible_duplicate_count)::BIGINT AS possible_duplicate_count,
        CASE WHEN count(possible_duplicate_minor) = count(*)
            THEN meta.minor(sum(possible_duplicate_minor)) END AS possible_duplicate_minor
    FROM expenses.category_sums GROUP BY holder_type, holder_id, currency, month)
SELECT holder_type, holder_id, currency, month, gross_minor, unknown_minor,
    (1000 * unknown_minor::HUGEINT // nullif(gross_minor, 0))::INTEGER AS unknown_per_mille, transaction_count,
    unknown_count, CASE WHEN gross_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state,
    possible_duplicate_count, possible_duplicate_minor,
    CASE WHEN possible_duplicate_count > 0 THEN 'possible_duplicates' ELSE 'certain' END AS duplicate_state
FROM sums
