-- model: ledger.categories
-- about: The taxonomy: every category that ledger.labels may have, and how it counts
-- order: code
-- scope: all
-- column code: ledger.category NOT NULL. Code of the category: its group, a dot, its name
-- column label: VARCHAR NOT NULL. What it is called for people
-- column flow: ledger.flow NOT NULL. Which way the money goes: in, out or both
-- column treatment: ledger.treatment NOT NULL. How it counts: expense, debt_service, contra_expense (a refund); income,
--   income_nonrecurring, revenue, contra_revenue; financing, equity, pass_through; exclude and contra_flow (neither
--   income nor spending); review (a rule or a person has to decide)
-- column need: ledger.need. E essential, D discretionary, N neither; null for what is no spending
-- column gate: ledger.gate NOT NULL. open, or how its use in lending is limited: protected, collapse, block
-- column schedule_c_line: VARCHAR. Line of the tax form Schedule C of a business; null when it has none
SELECT r.code::ledger.category AS code, r.label, r.flow::ledger.flow AS flow, r.pl::ledger.treatment AS treatment,
    r.need::ledger.need AS need, r.gate::ledger.gate AS gate, r.sched_c AS schedule_c_line
FROM (SELECT read_category(number::VARCHAR) AS r FROM (SELECT unnest(range(1, 1000)) AS number))
WHERE r.code IS NOT NULL
