-- model: ledger.daily_entries
-- about: What entered the balance of each account on a day, and of what kind it was; a row that was voided is there
--   twice, on the day it posted and, with the other sign, on the day it was voided
-- order: account_key, currency, day, is_plausible
-- lake: none
-- part: account_key
-- part bytes: 256
-- scope: account_key, currency, day, is_plausible
-- touched by ledger.dated_transactions (transaction_id, account_key, currency, posted_date, is_posted_plausible,
--   amount_minor, status, direction, says_distress_fee): SELECT account_key, currency, posted_date AS day,
--   is_posted_plausible AS is_plausible FROM changed WHERE status = 'posted'
-- touched by ledger.voids: SELECT account_key, currency, unnest([posted_date, voided_date]) AS day, is_plausible
--   FROM changed
-- touched by ledger.same_movements (transaction_id, is_linked): SELECT account_key, currency, posted_date AS day,
--   is_posted_plausible AS is_plausible FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id)
--   UNION ALL SELECT account_key, currency, unnest([posted_date, voided_date]), is_plausible
--   FROM ledger.voids SEMI JOIN changed USING (transaction_id)
-- input ledger.dated_transactions: SELECT t.* FROM (FROM ledger.dated_transactions WHERE status = 'posted') t
--   SEMI JOIN touched d ON d.account_key = t.account_key AND d.currency = t.currency AND d.day = t.posted_date
-- input ledger.voids: SELECT v.* FROM ledger.voids v SEMI JOIN touched USING (account_key, currency)
-- input ledger.same_movements: FROM ledger.same_movements
-- personal: nothing from ledger.dated_transactions.description, it is not read
-- personal: nothing from ledger.dated_transactions.merchant_key, it is not read
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil day in the report zone
-- column is_plausible: BOOLEAN NOT NULL. Whether a bank can mean that day; what is not plausible is in no balance
-- column posted_minor: BIGINT. Sum of the rows that posted and stand, minor units; null where exact has it
-- column posted_count: BIGINT NOT NULL. Number of them
-- column voided_minor: BIGINT. Sum of the rows that posted or were voided on this day and stand no more, minor units;
--   null where exact has it
-- column stood_minor: BIGINT. Sum of the rows that posted on this day and were voided on a later one, minor units; null
--   where exact has it
-- column inflow_minor: BIGINT. Of posted_minor what came in; null where exact has it
-- column outflow_minor: BIGINT. Of posted_minor what went out, without its sign; null where exact has it
-- column inflow_count: BIGINT NOT NULL. Rows that came in
-- column outflow_count: BIGINT NOT NULL. Rows that went out
-- column fee_count: BIGINT NOT NULL. Rows whose text says a fee for an overdraft or insufficient funds
-- column fee_minor: BIGINT. What they cost, minor units; null where exact has it
-- column possible_duplicate_count: BIGINT NOT NULL. Rows that may count twice, see quality.possible_relinks
-- column possible_duplicate_minor: BIGINT. Their amounts without signs, minor units; null where exact has it
-- column spend_count: BIGINT NOT NULL. Rows that went out and whose text says so
-- column turned_count: BIGINT NOT NULL. Rows that came in and whose text says that they go out
-- column pay_count: BIGINT NOT NULL. Rows that came in and whose text says pay
-- column exact: STRUCT(posted HUGEINT, voided HUGEINT, stood HUGEINT, inflow HUGEINT, outflow HUGEINT, fee HUGEINT,
--   possible_duplicate HUGEINT). The sums, where one of them leaves 64 bits, else null: 128 bits are read a hundred
--   times slower
WITH standing AS (
    SELECT d.account_key, d.currency, d.posted_date, d.is_posted_plausible, d.amount_minor, d.direction,
        d.says_distress_fee AND d.amount_minor < 0 AS is_fee, p.transaction_id IS NOT NULL AS is_doubtful
    FROM (FROM ledger.dated_transactions WHERE status = 'posted') d
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN (FROM ledger.same_movements WHERE NOT is_linked) p ON p.transaction_id = d.transaction_id),
entries AS (
    SELECT account_key, currency, posted_date AS day, is_posted_plausible AS is_plausible,
        sum(amount_minor) AS posted, count(*) AS posted_count,
        sum(amount_minor) FILTER (amount_minor > 0) AS inflow, -sum(amount_minor) FILTER (amount_minor < 0) AS outflow,
        count(*) FILTER (amount_minor > 0) AS inflow_count, count(*) FILTER (amount_minor < 0) AS outflow_count,
        count(*) FILTER (is_fee) AS fee_count, -sum(amount_minor) FILTER (is_fee) AS fee,
        count(*) FILTER (amount_minor <> 0 AND is_doubtful) AS possible_duplicate_count,
        sum(abs(amount_minor::HUGEINT)) FILTER (is_doubtful) AS possible_duplicate,
        count(*) FILTER (direction = 'spend' AND amount_minor < 0) AS spend_count,
        count(*) FILTER (direction = 'spend' AND amount_minor > 0) AS turned_count,
        count(*) FILTER (direction = 'pay' AND amount_minor > 0) AS pay_count
    FROM standing GROUP BY ALL),
voids AS (
    SELECT account_key, currency, day, is_plausible, sum(voided) AS voided, sum(stood) AS stood
    FROM (SELECT account_key, currency, unnest([posted_date, voided_date]) AS day, is_plausible,
            unnest([amount_minor::HUGEINT, -amount_minor::HUGEINT]) AS voided,
            unnest([CASE WHEN voided_date > posted_date THEN amount_minor::HUGEINT END, NULL]) AS stood
        FROM ledger.voids ANTI JOIN (FROM ledger.same_movements WHERE is_linked) USING (transaction_id))
    GROUP BY ALL),
sums AS (
    SELECT account_key, currency, day, is_plausible, coalesce(posted, 0) AS posted,
        coalesce(posted_count, 0) AS posted_count, coalesce(voided, 0) AS voided, coalesce(stood, 0) AS stood,
        coalesce(inflow, 0) AS inflow, coalesce(outflow, 0) AS outflow, coalesce(inflow_count, 0) AS inflow_count,
        coalesce(outflow_count, 0) AS outflow_count, coalesce(fee_count, 0) AS fee_count, coalesce(fee, 0) AS fee,
        coalesce(possible_duplicate_count, 0) AS possible_duplicate_count,
        coalesce(possible_duplicate, 0) AS possible_duplicate, coalesce(spend_count, 0) AS spend_count,
        coalesce(turned_count, 0) AS turned_count, coalesce(pay_count, 0) AS pay_count
    FROM entries FULL JOIN voids USING (account_key, currency, day, is_plausible))
SELECT account_key, currency, day, is_plausible, meta.minor(posted) AS posted_minor, posted_count,
    meta.minor(voided) AS voided_minor, meta.minor(stood) AS stood_minor, meta.minor(inflow) AS inflow_minor,
    meta.minor(outflow) AS outflow_minor, inflow_count, outflow_count, fee_count, meta.minor(fee) AS fee_minor,
    possible_duplicate_count, meta.minor(possible_duplicate) AS possible_duplicate_minor, spend_count, turned_count,
    pay_count,
    CASE WHEN posted_minor + voided_minor::HUGEINT + stood_minor + inflow_minor + outflow_minor + fee_minor
            + possible_duplicate_minor IS NULL
        THEN {posted: posted, voided: voided, stood: stood, inflow: inflow, outflow: outflow, fee: fee,
            possible_duplicate: possible_duplicate} END AS exact
FROM sums
