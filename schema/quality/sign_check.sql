-- model: quality.sign_check
-- about: Whether the signs of an account's rows agree with its balances and with its texts. Stripe does not promise
--   them: a contradicted account is looked at before its numbers are used
-- order: account_key
-- scope: account_key
-- touched by ledger.accounts (account_key, category): SELECT account_key FROM changed
-- touched by ledger.dated_transactions (transaction_id, account_key, category, amount_minor, status, own_kind,
--   says_taken_back): SELECT account_key FROM changed WHERE category = 'credit'
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions WHERE category = 'credit') d
--   SEMI JOIN touched USING (account_key)
-- personal: nothing from ledger.dated_transactions.description, it is not read
-- personal: nothing from ledger.dated_transactions.merchant_key, it is not read
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column agreeing_intervals: BIGINT NOT NULL. Intervals between two observed balances with rows whose sum is the change
--   of the balance
-- column turned_intervals: BIGINT NOT NULL. Intervals in which that sum is the change of the balance with the other
--   sign
-- column balance_verdict: VARCHAR NOT NULL. consistent: 95 % of those intervals agree; contradicted: at least two, and
--   95 %, are turned; undecided: anything else
-- column agreeing_texts: BIGINT NOT NULL. Posted rows whose text says the direction they have: pay coming in, purchases
--   and fees going out, payments coming in to a card
-- column turned_texts: BIGINT NOT NULL. Posted purchases and fees that come in, and payments of a card that leave it;
--   pay that goes out is no cue, businesses pay it
-- column text_verdict: VARCHAR NOT NULL. contradicted: 95 % of at least ten purchases, fees and payments of the card
--   are turned, or of at least three payments of the card; consistent: 95 % of at least ten such rows agree;
--   undecided: anything else
-- column verdict: VARCHAR NOT NULL. contradicted: by balances or texts; consistent: with at least one of them;
--   undecided: too little to tell, as for investment accounts
WITH cues AS (
    SELECT e.account_key, sum(e.spend_count)::BIGINT AS spent, sum(e.turned_count)::BIGINT AS turned,
        sum(e.pay_count)::BIGINT AS paid
    FROM ledger.daily_entries e JOIN ledger.accounts l USING (account_key)
    WHERE l.category <> 'investment'
    GROUP BY e.account_key),
-- a payment that a card's text names comes in to the card; one that is given back leaves it, and says so
payments AS (
    SELECT account_key, count(*) FILTER (amount_minor > 0) AS came, count(*) FILTER (amount_minor < 0) AS gone
    FROM ledger.dated_transactions
    WHERE category = 'credit' AND status = 'posted' AND own_kind IN ('card', 'payment') AND NOT says_taken_back
    GROUP BY account_key),
intervals AS (
    SELECT account_key, count(*) FILTER (residual_minor = 0) AS agreeing,
        count(*) FILTER (anchor_minor::HUGEINT - previous_minor = -(posted_minor::HUGEINT + voided_minor)) AS turned
    FROM quality.reconciliation WHERE posted_minor <> 0 GROUP BY account_key),
judged AS (
    SELECT l.account_key, coalesce(i.agreeing, 0) AS agreeing_intervals, coalesce(i.turned, 0) AS turned_intervals,
        coalesce(c.spent + c.paid, 0) + coalesce(p.came, 0) AS agreeing_texts,
        coalesce(c.turned, 0) + coalesce(p.gone, 0) AS turned_texts,
        coalesce(c.spent, 0) + coalesce(p.came, 0) AS spent,
        CASE WHEN agreeing_intervals > 0
            AND 20 * agreeing_intervals >= 19 * (agreeing_intervals + turned_intervals) THEN 'consistent'
             WHEN turned_intervals >= 2
             AND 20 * turned_intervals >= 19 * (agreeing_intervals + turned_intervals) THEN 'contradicted'
             ELSE 'undecided' END AS balance_verdict,
        CASE WHEN p.gone >= 3 AND 20 * p.gone >= 19 * (p.came + p.gone) THEN 'contradicted'
             WHEN agreeing_texts + turned_texts >= 10
            AND 20 * agreeing_texts >= 19 * (agreeing_texts + turned_texts) THEN 'consistent'
             WHEN spent + turned_texts >= 10 AND 20 * turned_texts >= 19 * (spent + turned_texts) THEN 'contradicted'
             ELSE 'undecided' END AS text_verdict
    FROM ledger.accounts l LEFT JOIN intervals i USING (account_key) LEFT JOIN cues c USING (account_key)
    LEFT JOIN payments p USING (account_key))
SELECT account_key, agreeing_intervals, turned_intervals, balance_verdict, agreeing_texts, turned_texts, text_verdict,
    CASE WHEN 'contradicted' IN (balance_verdict, text_verdict) THEN 'contradicted'
         WHEN 'consistent' IN (balance_verdict, text_verdict) THEN 'consistent' ELSE 'undecided' END AS verdict
FROM judged
