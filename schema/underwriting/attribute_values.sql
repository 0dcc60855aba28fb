-- model: underwriting.attribute_values
-- about: Every attribute of every account and holder, with a state that says whether the number may be relied
--   on. A number that is missing is null with a reason, never zero, and a number that may be wrong is never OK
-- order: holder_id, holder_type, account_key, currency, attribute, window_name
-- sorted: by the SELECT
-- part: holder_id
-- part bytes: 2048
-- scope: holder_type, holder_id
-- touched by quality.coverage (account_key, coverage_start, coverage_end, failed_gates): SELECT holder_type, holder_id
--   FROM (FROM underwriting.subjects WHERE is_account AND NOT has_cash) SEMI JOIN changed USING (account_key)
-- input quality.coverage: SELECT q.* FROM quality.coverage q SEMI JOIN (SELECT account_key FROM underwriting.subjects
--   SEMI JOIN touched USING (holder_type, holder_id)) s USING (account_key)
-- touched by meta.loan_requests: SELECT holder_type, holder_id FROM underwriting.subjects
--   SEMI JOIN changed USING (holder_id)
-- input meta.loan_requests: FROM meta.loan_requests
-- input underwriting.attributes: FROM underwriting.attributes
-- input underwriting.windows: FROM underwriting.windows
-- personal: nothing from meta.loan_requests.purpose, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose attribute it is
-- column account_key: VARCHAR NOT NULL. Account; empty for the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency; nothing is ever added across currencies
-- column attribute: underwriting.attribute_name NOT NULL. Name, see underwriting.attributes
-- column window_name: underwriting.window_name NOT NULL. Span of days, see underwriting.windows; now: as of the newest
--   data
-- column value_integer: BIGINT. Money in minor units, a count or days
-- column value_double: DOUBLE. A ratio, slope or deviation; at most one value is set
-- column value_date: DATE. A date
-- column value_text: VARCHAR. A word of a short list, see the definition of the attribute
-- column value_state: underwriting.value_state NOT NULL. OK: no gap, all gates passed and, of balances, every day
--   proved, of a holder with all its accounts (quality.unheld_accounts); PARTIAL: computed from what is held, not
--   scaled up; NOT_COVERED: too much is missing; NO_DATA: covered, but undefined; NOT_APPLICABLE: the wrong kind of
--   holder, or no loan is asked for; STALE: of now, but too old; UNRECONCILED: rows and balances disagree, a gate
--   failed, or two accounts of the holder may be one that was linked twice (quality.possible_relinks)
-- column state_reason: VARCHAR. Why it is not OK; null when it is
-- column covered_days: INTEGER. Days of the span that are held; null of now
-- column lower_bound_days: INTEGER. Of days since what never happened: it has not in so many days; else null
-- column transaction_count: BIGINT. Posted rows in the span; null of now
-- column coverage_start: DATE. First day of the history
-- column coverage_end: DATE. Last day for which every row is held
WITH
-- numbers stand for subjects, and places for attributes and spans, until the end: millions of rows are joined and
-- sorted by them, not by six texts. They have the order of the table
subjects AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY s.holder_id, s.holder_type, s.account_key, s.currency)::INTEGER AS subject,
        s.*, b.holder_id IS NOT NULL AS has_business,
        q.holder_id IS NOT NULL AS asks_loan, q.refinances IS NOT NULL AS refinances
    FROM underwriting.subjects s
    LEFT JOIN (SELECT DISTINCT holder_type, holder_id, currency FROM underwriting.business_revenue_month) b
        USING (holder_type, holder_id, currency)
    LEFT JOIN (FROM meta.loan_requests WHERE removed_at IS NULL) q USING (holder_id, currency)),
places AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY attribute, window_name)::INTEGER AS place, *,
        attribute::underwriting.attribute_name AS attribute_name, window_name::underwriting.window_name AS span_name,
        dense_rank() OVER (ORDER BY window_name, needs, of_business, of_loan, of_refinance, is_since)::INTEGER AS sort
    FROM (SELECT attribute, unnest(windows) AS window_name, needs, of_accounts, of_holders,
            starts_with(attribute, 'business_') AS of_business, starts_with(attribute, 'affordability_') AS of_loan,
            contains(attribute, '_refinance_') AS of_refinance, contains(attribute, '_days_since_') AS is_since
        FROM underwriting.attributes)),
wanted AS (
    SELECT s.subject, unnest(k.places) AS place
    FROM subjects s JOIN (
        SELECT is_account, has_cash, list(place ORDER BY place) AS places
        FROM (SELECT *, unnest([{is_account: true, has_cash: true}, {is_account: true, has_cash: false},
                {is_account: false, has_cash: true}, {is_account: false, has_cash: false}], recursive := true)
            FROM places)
        WHERE CASE WHEN is_account THEN of_accounts AND has_cash = (needs <> 'credit')
            ELSE of_holders AND needs <> 'credit' END
        GROUP BY is_account, has_cash) k USING (is_account, has_cash)),
computed AS (
    FROM underwriting.balance_values
    UNION ALL BY NAME FROM underwriting.stated_values
    UNION ALL BY NAME FROM underwriting.card_values
    UNION ALL BY NAME FROM underwriting.business_values
    UNION ALL BY NAME FROM underwriting.flow_values
    UNION ALL BY NAME FROM underwriting.coverage_values
    UNION ALL BY NAME FROM underwriting.distress_values
    UNION ALL BY NAME FROM underwriting.income_values
    UNION ALL BY NAME FROM underwriting.liquidity_values
    UNION ALL BY NAME FROM underwriting.loan_values
    UNION ALL BY NAME FROM underwriting.obligation_values
    UNION ALL BY NAME FROM underwriting.pattern_values
    UNION ALL BY NAME
    SELECT holder_type, holder_id, account_key, currency, window_name,
        unnest(['coverage_active_days', 'coverage_days', 'coverage_transaction_count']) AS attribute,
        unnest([active_days, covered_days, transaction_count]) AS value_integer
    FROM underwriting.subject_windows),
-- linked accounts that a span of a holder is without; what is of now is without those that live today
lacking AS (
    SELECT u.holder_type, u.holder_id, w.window_name, needs, format('without {} ({}), of which {} are not held',
            CASE WHEN count(*) = 1 THEN '1 linked account' ELSE format('{} linked accounts', count(*)) END,
            string_agg(DISTINCT replace(u.subcategory, '_', ' '), ', ' ORDER BY replace(u.subcategory, '_', ' ')),
            CASE needs WHEN 'flows' THEN 'rows' ELSE 'rows or balances' END) AS unheld_reason
    FROM (
        SELECT *, unnest(CASE WHEN lacks_rows THEN ['flows'] ELSE [] END
            || CASE WHEN lacks_balances THEN ['balances'] ELSE [] END) AS needs
        FROM quality.unheld_accounts) u
    JOIN (
        SELECT window_name, first_day FROM underwriting.windows
        UNION ALL SELECT 'now', last_day + 1 FROM underwriting.windows WHERE window_name = '30d') w
        ON coalesce(u.last_day, '9999-12-31') >= w.first_day
    GROUP BY u.holder_type, u.holder_id, w.window_name, needs),
unheld AS (
    SELECT holder_type, holder_id, '' AS account_key, window_name,
        max(unheld_reason) FILTER (needs = 'flows') AS flows, max(unheld_reason) FILTER (needs = 'balances') AS balances
    FROM lacking GROUP BY ALL),
-- rows of two accounts that may be one count twice in spans that reach into what both have, and may in what is of now
doubled AS (
    SELECT r.holder_type, r.holder_id, '' AS account_key, r.currency, w.window_name,
        format('accounts {} may be one that was linked twice: decide with fcpipe link or unlink', string_agg(DISTINCT
            r.older_key || ' and ' || r.newer_key, ', ' ORDER BY r.older_key || ' and ' || r.newer_key))
            AS doubled_reason
    FROM (SELECT *, unnest((SELECT list(w) FROM (
            SELECT window_name, first_day, last_day FROM underwriting.windows
            UNION ALL SELECT 'now', DATE '-infinity', DATE 'infinity') w)) AS w
        FROM quality.possible_relinks) r
    WHERE w.last_day >= r.first_day AND w.first_day <= r.last_day
    GROUP BY r.holder_type, r.holder_id, r.currency, w.window_name),
matched AS (
    SELECT w.*, v.* EXCLUDE (subject, place)
    FROM wanted w LEFT JOIN (
        SELECT s.subject, p.place,
            v.* EXCLUDE (holder_type, holder_id, account_key, currency, attribute, window_name)
        FROM computed v JOIN subjects s USING (holder_type, holder_id, account_key, currency)
        JOIN places p USING (attribute, window_name)) v USING (subject, place)),
-- what is held of each subject in each span, and in the longest one; only cards are asked for their own coverage
spans AS (
    SELECT s.*, c.* EXCLUDE (holder_type, holder_id, account_key, currency, window_name,
            coverage_start, coverage_end, failed_gates, flow_failed_gates),
        coalesce(c.coverage_start, e.coverage_start, q.coverage_start) AS coverage_start,
        coalesce(c.coverage_end, e.coverage_end, q.coverage_end) AS coverage_end,
        coalesce(c.failed_gates, e.failed_gates, q.failed_gates, []) AS failed_gates,
        coalesce(c.flow_failed_gates, c.failed_gates, e.flow_failed_gates, e.failed_gates, []) AS flow_failed_gates,
        n.days, n.tolerance_days, n.staleness_days, e.covered_days AS longest_days, e.proved_days AS longest_proved,
        CASE WHEN s.window_name = 'now' THEN l.flows ELSE u.flows END AS unheld_flows,
        u.balances AS unheld_balances, l.balances AS unheld_longest_balances, d.doubled_reason,
        -- of what counts days since something: those after the first day of the history that are not held
        greatest(e.head_gap - greatest(e.coverage_start
            - (FROM (SELECT first_day FROM underwriting.windows WHERE window_name = '365d')), 0), 0) AS unheld_days
    FROM (SELECT *, unnest((SELECT list(DISTINCT window_name) FROM places)) AS window_name FROM subjects) s
    LEFT JOIN underwriting.subject_windows c USING (holder_type, holder_id, account_key, currency, window_name)
    LEFT JOIN (FROM underwriting.subject_windows WHERE window_name = '365d') e
        USING (holder_type, holder_id, account_key, currency)
    LEFT JOIN underwriting.windows n USING (window_name)
    LEFT JOIN doubled d USING (holder_type, holder_id, account_key, currency, window_name)
    LEFT JOIN unheld u USING (holder_type, holder_id, account_key, window_name)
    LEFT JOIN (FROM unheld WHERE window_name = '365d') l USING (holder_type, holder_id, account_key)
    LEFT JOIN quality.coverage q ON q.account_key = CASE WHEN NOT s.has_cash THEN s.account_key END),
-- attributes of a sort are judged alike in a span, but for what is known of each value: here once for all of them
known AS (
    SELECT p.subject, k.sort, k.needs, p.holder_type, p.holder_id, p.account_key, p.currency, p.covered_days,
        p.transaction_count, p.coverage_start, p.coverage_end, p.days, p.longest_days, p.doubled_reason,
        CASE WHEN k.needs = 'credit' THEN NULL WHEN NOT p.has_cash THEN 'no cash account'
            WHEN k.of_business AND NOT p.has_business THEN 'no business is seen'
            WHEN k.of_loan AND NOT p.asks_loan THEN 'no loan is asked for'
            WHEN k.of_refinance AND NOT p.refinances
                THEN 'the loan that is asked for pays off no obligation' END AS excluded,
        CASE WHEN k.needs = 'balances' THEN CASE WHEN k.is_since THEN p.unheld_longest_balances
                ELSE p.unheld_balances END
            WHEN k.needs IN ('flows', 'coverage') THEN p.unheld_flows END AS unheld_reason,
        CASE WHEN k.is_since THEN p.unheld_days END AS hidden_days,
        CASE WHEN k.needs = 'flows' THEN p.flow_head_gap ELSE p.head_gap END AS head_gap,
        CASE WHEN k.needs = 'flows' THEN p.flow_tail_gap ELSE p.tail_gap END AS tail_gap,
        CASE WHEN k.needs = 'flows' THEN p.flow_excluded_accounts ELSE p.excluded_accounts END AS excluded_accounts,
        CASE WHEN k.needs = 'flows' THEN p.flow_broken_days ELSE p.broken_days END AS broken_days,
        CASE WHEN k.needs = 'flows' THEN p.flow_failed_gates ELSE p.failed_gates END AS failed_gates,
        p.tolerance_days, p.staleness_days, coalesce(p.proved_days, p.longest_proved, 0) AS shown_proved,
        k.needs = 'balances' AND ((hidden_days = 0 AND p.longest_proved < p.longest_days)
            OR (p.days IS NOT NULL AND p.proved_days < p.days)) AS is_unproved
    FROM spans p JOIN (SELECT DISTINCT sort, window_name, needs, of_business, of_loan, of_refinance, is_since
        FROM places) k USING (window_name)),
judged AS MATERIALIZED (
    SELECT subject, sort, needs, holder_type, holder_id, account_key, currency, covered_days, transaction_count,
        coverage_start, coverage_end, days, unheld_reason, is_unproved, excluded,
        CASE WHEN needs = 'coverage' THEN NULL
            WHEN hidden_days > 0 THEN format('{} days since the first are not held', hidden_days)
            WHEN head_gap + tail_gap > 0 THEN format('{} of {} days are held', covered_days, days)
            WHEN excluded_accounts > 0
                THEN format('of {} accounts with little of the flow days are missing', excluded_accounts)
            END AS gap_reason,
        CASE WHEN needs = 'balances' THEN format('{} of {} days are proved by two balances', shown_proved,
            coalesce(days, longest_days)) END AS unproved_reason,
        CASE WHEN needs IN ('links', 'coverage') AND doubled_reason IS NOT NULL
                THEN 'UNRECONCILED'::underwriting.value_state
            WHEN needs = 'links' THEN 'OK'::underwriting.value_state
            WHEN excluded IS NOT NULL THEN 'NOT_APPLICABLE'::underwriting.value_state END AS first_state,
        (needs <> 'credit' AND (coverage_start IS NULL OR coverage_end IS NULL)) OR coalesce(head_gap > tolerance_days
            OR tail_gap > staleness_days, false) AS is_uncovered,
        CASE WHEN needs = 'credit' THEN 'no balance was read'
            WHEN coverage_start IS NULL OR coverage_end IS NULL THEN 'rows were never held'
            ELSE format('{} days are missing at the start of the span, {} at its end', head_gap, tail_gap)
            END AS uncovered_reason,
        CASE WHEN needs IN ('balances', 'credit') THEN 1 ELSE 3 END AS fresh_days,
        coalesce(doubled_reason IS NOT NULL OR len(failed_gates) > 0 OR broken_days > 0, false) AS is_disputed,
        CASE WHEN doubled_reason IS NOT NULL THEN doubled_reason
            WHEN len(failed_gates) > 0 THEN 'failed: ' || array_to_string(failed_gates, ', ')
            ELSE format('balances and rows disagree on {} days', broken_days) END AS disputed_reason,
        needs NOT IN ('balances', 'credit') AND NOT list_has_any(failed_gates, ['amount', 'sign', 'currency', 'date'])
            AS is_shown_disputed,
        CASE WHEN hidden_days IS NOT NULL THEN longest_days END AS bound_days
    FROM known),
-- one step after another: what a step names is computed once, and what only names it in its own step again each time
seen AS (
    SELECT j.* EXCLUDE (sort), m.place, a.attribute_name, a.span_name, m.value_integer, m.value_double, m.value_date,
        m.value_text, m.age_days, m.known_days, m.partial_reason, m.inapplicable,
        m.value_integer IS NOT NULL OR m.value_double IS NOT NULL OR m.value_date IS NOT NULL
            OR m.value_text IS NOT NULL AS has_value,
        CASE WHEN j.gap_reason IS NOT NULL OR j.needs = 'coverage' THEN j.gap_reason
            WHEN m.partial_reason IS NOT NULL THEN m.partial_reason
            WHEN j.is_unproved OR (j.needs = 'balances' AND m.known_days < j.days) THEN j.unproved_reason
            END AS lack
    FROM matched m LEFT JOIN places a USING (place) LEFT JOIN judged j USING (subject, sort)),
stated AS (
    SELECT *, CASE WHEN first_state IS NOT NULL THEN first_state
            WHEN inapplicable IS NOT NULL THEN 'NOT_APPLICABLE'::underwriting.value_state
            WHEN needs = 'coverage' AND (covered_days IS NOT NULL OR has_value)
                THEN CASE WHEN unheld_reason IS NULL THEN 'OK'::underwriting.value_state
                    ELSE 'PARTIAL'::underwriting.value_state END
            WHEN is_uncovered OR (needs = 'credit' AND age_days IS NULL) THEN 'NOT_COVERED'::underwriting.value_state
            WHEN age_days > fresh_days THEN 'STALE'::underwriting.value_state
            WHEN is_disputed THEN 'UNRECONCILED'::underwriting.value_state
            WHEN NOT has_value THEN 'NO_DATA'::underwriting.value_state
            WHEN unheld_reason IS NOT NULL OR lack IS NOT NULL THEN 'PARTIAL'::underwriting.value_state
            ELSE 'OK'::underwriting.value_state END AS value_state
    FROM seen),
shown AS (
    SELECT *, CASE value_state WHEN 'OK' THEN true WHEN 'PARTIAL' THEN true WHEN 'STALE' THEN true
            WHEN 'UNRECONCILED' THEN is_shown_disputed ELSE false END AS is_shown
    FROM stated)
SELECT holder_type, holder_id, account_key, currency, attribute_name AS attribute, span_name AS window_name,
    CASE WHEN is_shown THEN value_integer END AS value_integer,
    CASE WHEN is_shown THEN value_double END AS value_double, CASE WHEN is_shown THEN value_date END AS value_date,
    CASE WHEN is_shown THEN value_text END AS value_text, value_state,
    CASE value_state WHEN 'OK' THEN NULL
        WHEN 'PARTIAL' THEN CASE WHEN unheld_reason IS NULL THEN lack ELSE concat_ws('; ', unheld_reason, lack) END
        WHEN 'NOT_APPLICABLE' THEN coalesce(excluded, inapplicable) WHEN 'NOT_COVERED' THEN uncovered_reason
        WHEN 'STALE' THEN format('it is {} days old', age_days) WHEN 'UNRECONCILED' THEN disputed_reason
        ELSE concat_ws('; ', CASE WHEN bound_days IS NOT NULL THEN format('not in {} days', bound_days)
            WHEN partial_reason IS NOT NULL THEN partial_reason
            WHEN needs = 'balances' AND known_days IS NULL THEN 'no balance is known'
            ELSE 'undefined for what is held' END, unheld_reason) END AS state_reason,
    covered_days, CASE WHEN value_state = 'NO_DATA' THEN bound_days END AS lower_bound_days, transaction_count,
    coverage_start, coverage_end
FROM shown
-- last: a join keeps the order of one of its sides, and which one that is depends on how many rows there are
ORDER BY subject, place
