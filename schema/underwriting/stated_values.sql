-- model: underwriting.stated_values
-- about: Attributes of what banks state beside the balance, before it is judged how far they may be relied on: what can
--   be spent, what a card owes, how much of its credit is in use, and how many own an account
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- scope: holder_type, holder_id
-- input underwriting.windows: FROM underwriting.windows
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose balances they are
-- column account_key: VARCHAR NOT NULL. Cash or credit account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. now: as of the newest data
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_integer: BIGINT. Money in minor units; null where value_double is set, or not stated
-- column value_double: DOUBLE. A ratio
-- column age_days: INTEGER. Days since the balance was observed, of a holder the oldest; null without one
-- column partial_reason: VARCHAR. Why there is no value although a balance is known; else null
-- column inapplicable: VARCHAR. Why the account can have none; else null
WITH today AS (SELECT last_day + 1 AS today FROM underwriting.windows WHERE window_name = '30d'),
stated AS (
    SELECT s.*, (t.today - s.balance_date)::INTEGER AS age_days FROM ledger.stated_balances s CROSS JOIN today t),
cash AS (
    SELECT a.holder_type, a.holder_id, a.account_key, a.currency, a.closed_date, s.available_minor, s.age_days,
        a.is_covered OR NOT bool_or(a.is_covered) OVER (PARTITION BY a.holder_type, a.holder_id, a.currency)
            AS is_counted
    FROM ledger.cash_accounts a LEFT JOIN stated s USING (holder_type, holder_id, account_key, currency)),
-- the same accounts as in ledger.holder_daily_balances, as long as they live
holders AS (
    SELECT holder_type, holder_id, currency, count(*) AS n, count(available_minor) AS known,
        sum(available_minor) AS total, CASE WHEN count(age_days) = n THEN max(age_days) END AS age_days
    FROM cash WHERE is_counted AND closed_date IS NULL GROUP BY ALL),
cards AS (
    SELECT u.holder_type, u.holder_id, u.account_key, u.currency, s.current_minor, s.available_minor, s.used_minor,
        s.age_days
    FROM (FROM underwriting.subjects WHERE is_account AND NOT has_cash) u
    LEFT JOIN stated s USING (holder_type, holder_id, account_key, currency)),
listed AS (
    SELECT holder_type, holder_id, account_key, currency, 'balance_available_minor' AS attribute,
        available_minor AS value_integer, NULL::DOUBLE AS value_double, age_days,
        CASE WHEN available_minor IS NULL THEN 'the bank does not state what can be spent' END AS partial_reason,
        NULL::VARCHAR AS inapplicable
    FROM cash
    UNION ALL
    SELECT holder_type, holder_id, '', currency, 'balance_available_minor',
        CASE WHEN known = n THEN meta.minor(total) END, NULL, age_days,
        CASE WHEN known < n THEN format('of {} of {} accounts the bank does not state what can be spent', n - known, n)
            END, NULL
    FROM holders
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, 'balance_credit_owed_minor',
        meta.minor(-current_minor::HUGEINT), NULL, age_days, NULL, NULL
    FROM cards
    UNION ALL
    SELECT holder_type, holder_id, account_key, currency, 'balance_credit_utilisation_ratio', NULL,
        meta.share(used_minor, used_minor::HUGEINT + available_minor), age_days, NULL,
        CASE WHEN age_days IS NOT NULL AND (used_minor IS NULL OR available_minor IS NULL)
            THEN 'the bank does not state both what is used and what is left' END
    FROM cards
    UNION ALL
    SELECT a.holder_type, a.holder_id, a.account_key, a.currency, unnest(['coverage_owner_count',
            'coverage_owner_name_mismatch']), unnest([p.party_count, p.is_called_otherwise::BIGINT]), NULL, NULL,
        unnest([NULL, CASE WHEN p.is_called_otherwise IS NULL THEN 'it is not held who owns another account' END]),
        CASE WHEN p.account_key IS NULL THEN 'it is not held who owns it' END
    FROM cash a LEFT JOIN ledger.account_parties p USING (holder_type, holder_id, account_key))
SELECT holder_type, holder_id, account_key, currency, 'now' AS window_name, attribute, value_integer, value_double,
    age_days, partial_reason, inapplicable
FROM listed
