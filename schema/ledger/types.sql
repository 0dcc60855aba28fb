-- Types of columns whose values are closed lists: words that the program itself writes. What a bank or Stripe sends may
-- be new tomorrow, and a value that a type lacks is an error that would stop a round: such columns are texts, as are
-- those of what users make up.
--
-- DuckDB sorts by the place in the list, so each list is in the order of its bytes: then ORDER BY, min and max give
-- what they give for texts. A CASE is of a type where each of its results is, so literals are
-- written 'out'::ledger.flow; beside a plain literal all become texts. To compare with a plain literal costs little.

-- What it is: the codes of the taxonomy, seeds/taxonomy.csv
CREATE OR REPLACE TYPE ledger.category AS ENUM ($categories);
-- The way of money that a category is for
CREATE OR REPLACE TYPE ledger.flow AS ENUM ('both', 'in', 'out');
CREATE OR REPLACE TYPE ledger.treatment AS ENUM ('contra_expense', 'contra_flow', 'contra_revenue', 'debt_service',
    'equity', 'exclude', 'expense', 'financing', 'income', 'income_nonrecurring', 'pass_through', 'revenue', 'review');
-- The same where their use is limited: a group of them, or withheld
CREATE OR REPLACE TYPE underwriting.flow_category AS ENUM ($flow_categories);
CREATE OR REPLACE TYPE ledger.need AS ENUM ('D', 'E', 'N');
CREATE OR REPLACE TYPE ledger.gate AS ENUM ('block', 'collapse', 'open', 'protected');
CREATE OR REPLACE TYPE ledger.counterparty_type AS ENUM ('bank', 'employer', 'government', 'lender', 'merchant', 'own',
    'person');

-- What texts of banks say, by the rules in models/text
CREATE OR REPLACE TYPE ledger.rail AS ENUM ('ach', 'atm', 'card', 'check', 'fee', 'internal', 'p2p_app', 'wire',
    'zelle');
CREATE OR REPLACE TYPE ledger.processor AS ENUM ($processors);
CREATE OR REPLACE TYPE ledger.strength AS ENUM ('exact', 'pattern', 'structural', 'weak');
CREATE OR REPLACE TYPE ledger.own_kind AS ENUM ('card', 'named_transfer', 'payment', 'transfer');
CREATE OR REPLACE TYPE ledger.bank_kind AS ENUM ('distress_fee', 'fee', 'fee_reversal', 'representment', 'return',
    'returned_item', 'taken_back');

-- What rows are among each other
CREATE OR REPLACE TYPE ledger.transfer_kind AS ENUM ('card_payment', 'cash_advance', 'loan_draw', 'loan_payment',
    'transfer');
CREATE OR REPLACE TYPE ledger.reversal_kind AS ENUM ('fee_reversal', 'returned_deposit', 'returned_item',
    'returned_transfer', 'taken_back');
CREATE OR REPLACE TYPE ledger.refund_kind AS ENUM ('FULL', 'PARTIAL', 'UNLINKED');
CREATE OR REPLACE TYPE ledger.spending_class AS ENUM ('card_payment', 'card_payment_elsewhere', 'counted_elsewhere',
    'no_holder', 'not_posted', 'other_account', 'other_inflow', 'own_transfer', 'refund', 'reversed', 'spending',
    'zero');
-- A class that is no spending, a treatment, or one of counted and user_excluded
CREATE OR REPLACE TYPE ledger.spend_state AS ENUM ('card_payment', 'card_payment_elsewhere', 'contra_expense',
    'contra_flow', 'contra_revenue', 'counted', 'counted_elsewhere', 'debt_service', 'equity', 'exclude', 'expense',
    'financing', 'income', 'income_nonrecurring', 'no_holder', 'not_posted', 'other_account', 'other_inflow',
    'own_transfer', 'pass_through', 'refund', 'revenue', 'reversed', 'review', 'spending', 'user_excluded', 'zero');
CREATE OR REPLACE TYPE ledger.instant_state AS ENUM ('implausible', 'plausible', 'posted_implausible',
    'transacted_implausible');
