-- Functions of the models of income and obligations: what a payment is for, and how certain its income is.

-- What kind of income, loan or obligation a payment is, from its category and the kind of the stream it is in (null
-- when it is in none); null for all others. unclear comes regularly, and no text says what it is: it may be a wage, a
-- rent or what a relative gives.
CREATE OR REPLACE MACRO ledger.payment_class(category, kind) AS CASE
  WHEN category IN ('income.payroll', 'income.military') THEN 'payroll'
  WHEN starts_with(category, 'income.ben_') THEN 'benefit'
  WHEN category IN ('income.interest', 'income.dividend') THEN 'interest'
  WHEN starts_with(category, 'income.biz_') THEN 'business'
  WHEN category IN ('income.tax_refund', 'income.insurance_claim', 'fin_in.owner_contribution',
    'fin_out.owner_draw') THEN NULL
  WHEN starts_with(category, 'income.') THEN substr(category, 8)
  WHEN category IN ('other.unknown', 'xfer.check_deposit', 'xfer.wire_in') AND kind IN ('payroll', 'income')
    THEN 'unclear'
  WHEN category = 'housing.rent' OR kind = 'rent' THEN 'rent'
  WHEN category IN ('fin_in.ewa', 'fin_out.ewa') THEN 'ewa'
  WHEN category IN ('fin_in.cash_advance', 'fin_out.cash_advance') THEN 'cash_advance'
  WHEN category = 'fin_out.card_external' THEN 'card'
  WHEN category IN ('fin_in.bnpl', 'fin_out.bnpl') THEN 'instalments'
  WHEN category IN ('fin_out.mortgage', 'fin_out.auto', 'fin_out.student', 'fin_out.personal_loan',
    'fin_out.collections') THEN substr(category, 9)
  WHEN starts_with(category, 'fin_in.') OR starts_with(category, 'fin_out.') THEN 'loan'
  WHEN starts_with(category, 'housing.') THEN 'housing'
  WHEN starts_with(category, 'utilities.') THEN 'utilities'
  WHEN category = 'services.insurance' THEN 'insurance'
  WHEN category = 'gov.child_support_paid' THEN 'support_paid' END;

-- Which side of the holder a class is on, from its category: income, proceeds (of a loan or an advance) or obligation.
CREATE OR REPLACE MACRO ledger.payment_side(class, category) AS CASE
  WHEN class IS NULL THEN NULL
  WHEN starts_with(category, 'fin_in.') THEN 'proceeds'
  WHEN class = 'unclear' OR starts_with(category, 'income.') THEN 'income'
  ELSE 'obligation' END;

-- How certain it is that a payer's money is income that will continue. T1: wages that come on a schedule; T2: benefits,
-- pensions, support, pay of platforms or clients, or wages without a schedule, that come on one or in three months;
-- T3: what else comes so; T4: what does not. T1 and T2 are qualified income.
CREATE OR REPLACE MACRO ledger.income_tier(class, is_regular, month_count) AS CASE
  WHEN class = 'payroll' AND is_regular THEN 'T1'
  WHEN class IN ('payroll', 'benefit', 'pension', 'support', 'gig', 'contractor') AND (is_regular OR month_count >= 3)
    THEN 'T2'
  WHEN is_regular OR (class <> 'unclear' AND month_count >= 3) THEN 'T3'
  ELSE 'T4' END;

-- The tier of one payment, from that of its stream: money of which no text says what it is does not qualify, whatever
-- it comes with. And whether a tier is qualified income.
CREATE OR REPLACE MACRO ledger.payment_tier(tier, class) AS CASE
  WHEN class = 'unclear' AND tier IN ('T1', 'T2') THEN 'T3' ELSE tier END;
CREATE OR REPLACE MACRO ledger.is_qualified(tier) AS tier IN ('T1', 'T2');

-- An opaque id of a payer or payee of a holder: the same name gives the same id within a holder.
CREATE OR REPLACE MACRO ledger.counterparty_id(holder_type, holder_id, name) AS
  'cp_' || left(md5(concat_ws(chr(31), holder_type, holder_id, name)), 24);

-- Whether a text says that a debt is paid with it.
CREATE OR REPLACE MACRO ledger.says_paid_off(normal) AS
  regexp_matches(normal, '\b(PAID IN FULL|PAY ?OFF|(FINAL|LAST) (PMT|PYMT|PAYMENT|INSTALL?MENT))\b');

-- Classes of obligations that end when they are paid, and those of advances until payday.
CREATE OR REPLACE MACRO ledger.is_debt_class(class) AS class IN ('mortgage', 'auto', 'student', 'personal_loan', 'loan',
  'instalments', 'collections');
CREATE OR REPLACE MACRO ledger.is_advance_class(class) AS class IN ('ewa', 'cash_advance');

-- Whether a payment is that of a loan or an advance, paid out or paid back. Payments to cards that are not linked do
-- not count.
CREATE OR REPLACE MACRO ledger.is_loan(side, class) AS side = 'proceeds' OR ledger.is_debt_class(class)
  OR ledger.is_advance_class(class);

-- What of money that came in is revenue of a business, by its category: wages, benefits and winnings of its owner are
-- none, nor interest; and whether what went out gives revenue back: a deposit that came back and is known was no
-- revenue.
CREATE OR REPLACE MACRO ledger.earned_minor(treatment, category, in_minor) AS CASE
  WHEN treatment IN ('exclude', 'contra_flow', 'contra_expense', 'income_nonrecurring', 'equity')
    OR starts_with(category, 'fin_in.') OR starts_with(category, 'income.ben_')
    OR category IN ('income.payroll', 'income.military', 'income.pension', 'income.support', 'income.interest',
      'income.dividend', 'fun.gambling') THEN 0 ELSE in_minor END;
CREATE OR REPLACE MACRO ledger.is_given_back(treatment, category) AS
  treatment <> 'exclude' AND category IN ('biz.marketplace_refund', 'adj.returned_deposit');

-- What is left of a payee or payer when the words of transfers between people are cut: the person, either way.
CREATE OR REPLACE MACRO ledger.person_name(merchant_key) AS trim(regexp_replace(regexp_replace(merchant_key,
  '\b(ZELLE|VENMO|PAYPAL|CASH ?APP|WIRE|FROM|TO|IN|OUT|SENT|RECEIVED|TRANSFER|XFER|PAYMENT|PMT|CREDIT|DEBIT|INSTANT'
    || '|INCOMING|OUTGOING|TYPE|REF)\b', ' ', 'g'), '[^A-Z]+', ' ', 'g'));

-- An opaque id of that person, within a holder; null where no name is left.
CREATE OR REPLACE MACRO ledger.person_id(holder_type, holder_id, merchant_key) AS CASE
  WHEN ledger.person_name(merchant_key) <> '' THEN
    ledger.counterparty_id(holder_type, holder_id, ledger.person_name(merchant_key)) END;
