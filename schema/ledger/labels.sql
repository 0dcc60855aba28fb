-- model: ledger.labels
-- about: Every transaction with its civil dates, its text and what it is: what kind of movement, its category by the
--   first rule that fits, and whether it counts as spending; with what is asked of it most often. ledger.transactions
--   and expenses.transactions show most of it
-- order: transacted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- part: transacted_date of ledger.dated_transactions
-- part bytes: 512
-- part input ledger.descriptions: SELECT d.* FROM ledger.descriptions d SEMI JOIN ledger.dated_transactions
--   USING (description)
-- part input ledger.dated_transactions: FROM ledger.dated_transactions WHERE $part
--   UNION ALL SELECT t.* FROM (FROM ledger.dated_transactions WHERE NOT $part) t
--   SEMI JOIN (SELECT l.purchase_id AS transaction_id FROM ledger.refund_links l
--   SEMI JOIN (SELECT transaction_id AS refund_id FROM ledger.dated_transactions WHERE $part) USING (refund_id))
--   USING (transaction_id)
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- touched by ledger.same_movements: SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id)
-- touched by ledger.reversed_refunds: SELECT d.transaction_id, d.transacted_date FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id)
-- touched by ledger.reversals: SELECT unnest([reversal_id, reversed_id]) AS transaction_id, transacted_date
--   FROM changed
-- touched by ledger.refund_links (refund_id, purchase_id, refund_date, purchase_date): SELECT refund_id AS
--   transaction_id, refund_date AS transacted_date FROM changed
-- touched by ledger.distress_events (event, transaction_ids, first_transacted_date): SELECT unnest(transaction_ids)
--   AS transaction_id, first_transacted_date AS transacted_date FROM changed
-- touched by meta.parameters: nothing, texts that rules of another version read are all read again
-- input meta.parameters: FROM meta.parameters
-- touched by ledger.categories: nothing, they come with the program
-- touched by ledger.user_labels: SELECT transaction_id, transacted_date FROM changed
-- widened: SELECT * FROM touched UNION SELECT unnest([p.refund_id, p.purchase_id]), p.purchase_date
--   FROM ledger.refund_links p JOIN touched s ON s.transaction_id = p.purchase_id
--   UNION SELECT unnest([p.refund_id, p.purchase_id]), p.purchase_date
--   FROM (FROM ledger.refund_links WHERE purchase_id IS NOT NULL) p JOIN touched s ON s.transaction_id = p.refund_id
-- once: counted
-- input ledger.dated_transactions: SELECT d.* FROM ledger.dated_transactions d
--   JOIN touched USING (transaction_id) WHERE d.transacted_date >= $since
-- input ledger.own_transfers: SELECT o.* FROM ledger.own_transfers o JOIN touched USING (transaction_id)
-- input ledger.reversals: FROM ledger.reversals
-- input ledger.refund_links: FROM ledger.refund_links
-- input ledger.distress_events: FROM ledger.distress_events
-- input ledger.categories: FROM ledger.categories
-- input ledger.user_labels: SELECT u.* FROM ledger.user_labels u JOIN touched USING (transaction_id)
--   WHERE u.transacted_date >= $since
-- personal: normal from ledger.descriptions.normal
-- personal: merchant_key from ledger.descriptions.merchant_key
-- personal: merchant_key from ledger.refunds.seller_key
-- personal: merchant_key from ledger.reversed_refunds.merchant_key
-- personal: merchant_key from ledger.dated_transactions.merchant_key
-- personal: nothing from ledger.dated_transactions.description, it is looked up
-- personal: nothing from ledger.descriptions.description, what its text says is of closed lists
-- personal: nothing from ledger.refund_links.merchant_key, only the ids in it are read
-- personal: nothing from ledger.pending_matches.merchant_key, only the ids in it are read
-- personal: note from ledger.user_labels.note
-- column transaction_id: VARCHAR NOT NULL. The transaction
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column posted_date: DATE NOT NULL. Civil date it posted; the transacted date while it is pending
-- column accrual_date: DATE NOT NULL. Civil date on which it counts in the accrual view: of a refund that of the
--   purchase it gives back, where one is known, else transacted_date
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column status: VARCHAR NOT NULL. pending, posted or void; only posted rows count
-- column rail: ledger.rail. How the money moved, see ledger.transactions; null when the text does not say
-- column possible_duplicate_of: VARCHAR. The same movement in an account that may be this one linked again, see
--   quality.possible_relinks; null in general
-- column merchant_key: VARCHAR NOT NULL. Groups one merchant's rows, see ledger.transactions
-- column merchant_name: VARCHAR. Name for people of ledger.transactions.merchant_key, or the one the user's own files
--   give it; null when no table knows the merchant
-- column category: ledger.category NOT NULL. What it is, a code of ledger.categories; other.unknown when no rule fits
-- column rule_id: VARCHAR NOT NULL. The rule that says so: user_override, or user_rule: and the id of a line of the
--   user's own files; user_hint (they said it at least twice of this merchant); transfer_pair, card_payment_pair,
--   cash_advance_pair, loan_payment_pair, loan_draw_pair (of a linked loan or line of credit), own_account_text,
--   card_payment_text, card_elsewhere_text, cash_advance_text, payment_returned, returned_item_pair, fee_reversal_pair,
--   returned_transfer_pair, returned_deposit_pair, taken_back_pair, refund; merchant, merchant_inside (a name somewhere
--   in the text), processor (who takes payments by it) or an id of the rules of categories, by the text; none
-- column rule_version: VARCHAR NOT NULL. Version of the rule: of the user's line, or of the program's rules as a whole
-- column rule_strength: ledger.strength NOT NULL. How sure it is: structural (another row shows it), exact (a name or a
--   fixed phrase), pattern (words that say it), weak (words that may say it, or none)
-- column treatment: ledger.treatment NOT NULL. How its category counts, see ledger.categories, or how the user's rule
--   says; exclude of a payment that came back and of the row that gives it back (ledger.reversals, but for fees), and
--   of a draw from a linked line of credit, which is no money that came in, as no own transfer is
-- column need: ledger.need. E essential, D discretionary, N neither; null for what is no spending, and unknown
-- column gate: ledger.gate NOT NULL. open, or how use of the category in lending is limited
-- column counterparty_type: ledger.counterparty_type. Who is at the other end: person, employer, government, lender,
--   bank, own, merchant; null when unknown
-- column spend_category: ledger.category NOT NULL. Where it counts: its category; of a refund that of the purchase it
--   gives back, else what the merchant sells, or adj.refund when that is unknown
-- column include_in_spend: BOOLEAN NOT NULL. Whether it counts as spending, a refund as less of it
-- column refund_of_id: VARCHAR. Of a refund the purchase it gives back, see ledger.refund_links; null for all others
-- column reversal_of_id: VARCHAR. Of a returned item the debit, of a fee's reversal the fee, of what was taken back the
--   row it came in with; null for all others
-- column distress_event_id: VARCHAR. The event of ledger.distress_events it is part of; null for all others
-- column spend_state: ledger.spend_state NOT NULL. counted; else why it does not count: its class in
--   ledger.transactions.spending_class where that is no spending, other_inflow of what was won, its treatment, or
--   user_excluded (the user's own line says no)
-- column transfer_id: VARCHAR. The pair in ledger.transfers of which it is a leg; null when it is of none
-- column is_cash: BOOLEAN NOT NULL. Whether it is in a cash account
-- column is_flow: BOOLEAN NOT NULL. Whether it is among the rows that flows of lending are made of: posted, in a cash
--   or credit account of a holder, and no other row counts instead (ledger.transactions.suppressed_by)
-- column came_back: BOOLEAN NOT NULL. Whether it is a payment that came back, which was neither paid nor received; the
--   row that gives it back has reversal_of_id
-- column user_category: ledger.category. The category the user's own files give it; null where they say none
-- column note: VARCHAR. What the user noted in overrides.csv; null without a note
-- column account_id: VARCHAR NOT NULL. Account it belongs to
-- column account_category: VARCHAR NOT NULL. Category of the account: cash, credit, investment or other
-- column posted_at: TIMESTAMPTZ. Instant it posted, or happened where no posting is stated; null where the bank gives
--   only the date
-- column voided_date: DATE. Civil date a row that had posted was voided: its amount was in the balance from posted_date
--   until then; null for all others
-- column voided_at: TIMESTAMPTZ. Instant of that; null where the bank gives only the date, and for all others
-- column instant_state: ledger.instant_state NOT NULL. plausible; posted_implausible, transacted_implausible or
--   implausible (both): before ledger.accounts.plausible_from or over two days after the watermark. A row that is
--   posted_implausible or implausible is in no coverage and no balance of a day; it counts in every sum all the same
-- column normal: VARCHAR NOT NULL. The bank's text in capitals with single spaces
-- column processor: ledger.processor. Who processed a card payment: square, toast, paypal, …; null when the text does
--   not say
-- column suppressed_by: VARCHAR. The row that counts instead: the posted one that replaced this pending one under a new
--   id, or the same one of another connection of the account; null when it counts by its status
-- column spending_class: ledger.spending_class NOT NULL. What kind of movement the row is; whether it counts as
--   spending its category decides too, see spend_state. What may count: spending; refund (by its words, or a credit of
--   a merchant the holder buys from); card_payment_elsewhere (its text says a card payment, no linked card shows it).
--   What does not: own_transfer; reversed (a debit or fee that the bank took back, and the row that gives it back:
--   ledger.reversals); card_payment (a card of the holder that is linked); other_inflow (pay, interest, people, loans);
--   zero; no_holder; other_account (neither cash nor credit); not_posted; counted_elsewhere (suppressed_by)
-- column counter_id: VARCHAR. The other half of an own transfer or card payment, in another account of the holder; null
--   when none was found
WITH
-- every row, and once more each purchase that a refund gives back, for the category that the refund lessens. Nothing is
-- materialized: the purchases are few, and all rows would be written and read again for them
dated AS NOT MATERIALIZED (
    SELECT *, NULL::VARCHAR AS refund_id FROM ledger.dated_transactions
    UNION ALL
    SELECT d.*, l.refund_id FROM ledger.dated_transactions d
    JOIN (FROM ledger.refund_links WHERE purchase_id IS NOT NULL) l ON l.purchase_id = d.transaction_id),
moved AS NOT MATERIALIZED (
    SELECT d.*, coalesce(m.posted_id, s.same_as_id) AS suppressed_by, p.same_as_id AS possible_duplicate_of,
        o.counter_id, o.kind, o.transfer_id, v.reversed_id AS reversal_of_id, coalesce(v.kind, w.kind) AS reversal_kind,
        ledger.movement_class(ledger.left_out(d.status, coalesce(m.posted_id, s.same_as_id), d.category,
            d.amount_minor, d.holder_type, d.holder_id), o.kind, d.own_kind, d.category, d.amount_minor,
            d.says_taken_back) AS class
    FROM dated d
    LEFT JOIN ledger.pending_matches m ON m.transaction_id = d.transaction_id
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN (FROM ledger.same_movements WHERE NOT is_linked) p ON p.transaction_id = d.transaction_id
    LEFT JOIN ledger.own_transfers o ON o.transaction_id = d.transaction_id
    LEFT JOIN ledger.reversals v ON v.reversal_id = d.transaction_id
    LEFT JOIN ledger.reversals w ON w.reversed_id = d.transaction_id),
classed AS NOT MATERIALIZED (
    SELECT m.* EXCLUDE (merchant_key),
        CASE WHEN r.is_refund THEN r.seller_key ELSE coalesce(b.merchant_key, m.merchant_key) END AS merchant_key,
        CASE WHEN m.reversal_kind IS NOT NULL
            AND (m.class IS NULL OR m.class IN ('spending', 'card_payment_elsewhere'))
                THEN 'reversed'::ledger.spending_class
            WHEN m.class IS NOT NULL THEN m.class WHEN r.is_refund THEN 'refund'::ledger.spending_class
            ELSE 'other_inflow'::ledger.spending_class END AS spending_class
    FROM moved m
    LEFT JOIN ledger.refunds r ON r.transaction_id = m.transaction_id
    LEFT JOIN ledger.reversed_refunds b ON b.transaction_id = m.transaction_id),
ruled AS NOT MATERIALIZED (
    SELECT t.transaction_id, t.account_id, t.account_key, t.holder_type, t.holder_id, t.category AS account_category,
        t.posted_date, t.posted_at, t.transacted_date, t.is_posted_plausible, t.is_transacted_plausible,
        t.amount_minor, t.currency, t.status, x.normal, t.merchant_key, x.rail, x.processor, t.suppressed_by,
        t.possible_duplicate_of, t.spending_class, t.counter_id, x.refund_category, t.transfer_id, t.reversal_of_id,
        t.category = 'cash' AS is_cash,
        t.status = 'posted' AND t.suppressed_by IS NULL AND t.category IN ('cash', 'credit')
            AND t.holder_type IS NOT NULL AND t.holder_id IS NOT NULL AS is_flow, t.refund_id,
        CASE t.merchant_key WHEN x.merchant_key THEN x.merchant_name WHEN x.refund_key THEN x.refund_name END
            AS merchant_name,
        CASE WHEN t.kind = 'cash_advance' AND t.amount_minor > 0
                THEN ledger.label('fin_in.cash_advance', 'cash_advance_pair', 'structural')
            WHEN t.kind = 'loan_draw' AND t.amount_minor > 0 THEN ledger.label(
                CASE WHEN starts_with(x.category_in, 'fin_in.') THEN x.category_in ELSE 'fin_in.line_of_credit' END,
                'loan_draw_pair', 'structural')
            WHEN t.kind = 'loan_payment' AND t.amount_minor < 0 THEN ledger.label(
                CASE WHEN starts_with(x.category_out, 'fin_out.') AND x.category_out <> 'fin_out.card_external'
                    THEN x.category_out ELSE 'fin_out.other' END, 'loan_payment_pair', 'structural')
            WHEN t.spending_class = 'own_transfer' THEN ledger.label(
                CASE WHEN t.counter_id IS NULL THEN 'xfer.own_unlinked' ELSE 'xfer.own' END
                    || CASE WHEN t.amount_minor < 0 THEN '_out' ELSE '_in' END,
                CASE WHEN t.counter_id IS NULL THEN 'own_account_text' ELSE 'transfer_pair' END,
                CASE WHEN t.counter_id IS NULL THEN 'pattern' ELSE 'structural' END)
            WHEN t.spending_class = 'card_payment' THEN ledger.label('xfer.own_card_payment',
                CASE WHEN t.counter_id IS NULL THEN 'card_payment_text' ELSE 'card_payment_pair' END,
                CASE WHEN t.counter_id IS NULL THEN 'pattern' ELSE 'structural' END)
            WHEN t.spending_class = 'card_payment_elsewhere' AND t.amount_minor < 0
                THEN ledger.label('fin_out.card_external', 'card_elsewhere_text', 'pattern')
            WHEN t.spending_class = 'card_payment_elsewhere' AND NOT t.says_taken_back AND contains(x.normal, ' FROM ')
                THEN ledger.label('fin_in.cash_advance', 'cash_advance_text', 'pattern')
            WHEN t.spending_class = 'card_payment_elsewhere'
                THEN ledger.label('adj.returned_item', 'payment_returned', 'pattern')
            WHEN t.spending_class = 'reversed' AND t.reversal_of_id IS NOT NULL
                THEN ledger.label(ledger.reversal_category(t.reversal_kind), t.reversal_kind || '_pair', 'structural')
            WHEN t.spending_class = 'refund'
                AND coalesce(x.strength_in, 'weak') = 'weak'
                THEN ledger.label('adj.refund', 'refund', CASE WHEN x.says_refund THEN 'pattern' ELSE 'structural' END)
            WHEN t.amount_minor < 0 AND x.category_out IS NOT NULL
                THEN ledger.label(x.category_out, x.rule_out, x.strength_out)
            -- what a shop pays by ACH, when the holder did not buy for as much, is no refund: its staff is paid so
            WHEN t.spending_class = 'other_inflow' AND x.category_in = 'adj.refund' AND x.strength_in = 'weak'
                AND x.rail = 'ach' THEN ledger.label('other.unknown', 'none', 'weak')
            WHEN t.amount_minor >= 0 AND x.category_in IS NOT NULL
                THEN ledger.label(x.category_in, x.rule_in, x.strength_in)
            ELSE ledger.label('other.unknown', 'none', 'weak') END AS told,
        t.spending_class = 'reversed' AND t.reversal_kind <> 'fee_reversal' AS came_back
    FROM classed t JOIN ledger.descriptions x USING (description)),
decided AS NOT MATERIALIZED (
    SELECT r.* EXCLUDE (merchant_name), coalesce(u.name, r.merchant_name) AS merchant_name, u.label_version,
        u.category AS user_category, u.note, u.seller_category AS user_seller, u.treatment AS user_treatment,
        u.include_in_spend AS wanted,
        CASE WHEN u.category IS NOT NULL THEN ledger.label(u.category, u.label_rule_id, u.label_strength)
            WHEN r.told.rule_id = 'none' AND u.hint_category IS NOT NULL
                THEN ledger.label(u.hint_category, 'user_hint', 'weak')
            ELSE r.told END AS label
    FROM ruled r LEFT JOIN ledger.user_labels u USING (transaction_id)),
counted AS NOT MATERIALIZED (
    -- what came back was neither paid nor received, whatever a rule says of its merchant
    SELECT r.*, CASE WHEN r.came_back AND r.wanted IS DISTINCT FROM true THEN 'exclude'::ledger.treatment
            WHEN r.user_seller IS NULL THEN coalesce(r.user_treatment,
                CASE WHEN r.label.rule_id = 'loan_draw_pair' THEN 'exclude'::ledger.treatment END, c.treatment)
            ELSE c.treatment END AS treatment,
        c.need, c.gate, c.counterparty_type, s.code AS seller_category,
        ledger.user_spend_state(r.spending_class, r.counter_id IS NOT NULL OR r.came_back, r.wanted,
            r.user_seller IS NULL OR r.spending_class = 'refund', r.user_treatment,
            ledger.spend_state(r.spending_class, r.amount_minor, r.label.category, c.treatment)) AS spend_state
    FROM decided r
    JOIN (SELECT *, ledger.counterparty_type(code) AS counterparty_type FROM ledger.categories) c
        ON c.code = r.label.category
    LEFT JOIN ledger.categories s ON s.code = r.refund_category AND s.treatment IN ('expense', 'debt_service'))
SELECT c.transaction_id, c.account_key, c.holder_type, c.holder_id, c.transacted_date,
    coalesce(v.posted_date, c.posted_date) AS posted_date,
    coalesce(p.purchase_date, c.transacted_date) AS accrual_date, c.amount_minor, c.currency, c.status, c.rail,
    c.possible_duplicate_of, c.merchant_key, c.merchant_name, label.category AS category, label.rule_id AS rule_id,
    CASE WHEN starts_with(label.rule_id, 'user_') AND label_version IS NOT NULL THEN label_version
        ELSE k.version END AS rule_version,
    label.strength AS rule_strength, treatment, need, gate, counterparty_type,
    CASE WHEN label.category = 'adj.refund' THEN coalesce(b.bought, user_seller, seller_category, label.category)
        ELSE label.category END AS spend_category,
    spend_state = 'counted' AS include_in_spend, p.purchase_id AS refund_of_id,
    reversal_of_id, e.event AS distress_event_id, spend_state, transfer_id, is_cash, is_flow,
    ledger.came_back(c.spending_class, treatment, reversal_of_id) AS came_back, user_category, note,
    c.account_id, c.account_category,
    CASE WHEN v.transaction_id IS NULL THEN c.posted_at ELSE v.posted_at END AS posted_at, v.voided_date, v.voided_at,
    CASE WHEN c.is_posted_plausible AND c.is_transacted_plausible THEN 'plausible'::ledger.instant_state
        WHEN c.is_transacted_plausible THEN 'posted_implausible'::ledger.instant_state
        WHEN c.is_posted_plausible THEN 'transacted_implausible'::ledger.instant_state
        ELSE 'implausible'::ledger.instant_state END AS instant_state,
    c.normal, c.processor, c.suppressed_by, c.spending_class, c.counter_id
FROM (FROM counted WHERE refund_id IS NULL) c
CROSS JOIN (SELECT value AS version FROM meta.parameters WHERE name = 'rule_version') k
LEFT JOIN ledger.refund_links p ON p.refund_id = c.transaction_id
LEFT JOIN (SELECT refund_id, label.category AS bought FROM counted
    WHERE refund_id IS NOT NULL AND spend_state = 'counted' AND treatment IN ('expense', 'debt_service')) b
    ON b.refund_id = c.transaction_id
LEFT JOIN (SELECT event, unnest(transaction_ids) AS transaction_id FROM ledger.distress_events) e
    ON e.transaction_id = c.transaction_id
LEFT JOIN ledger.voids v ON v.transaction_id = c.transaction_id
