-- What texts of banks say of payments that were returned, and that were presented again; numbers in them.

-- Nacha: what is presented again says RETRY PYMT, at most twice; a check that is presented again as an ACH debit says
-- REDEPCHECK.
CREATE OR REPLACE MACRO ledger.says_representment(n) AS
  regexp_matches(n, '\bRETRY ?(PYMT|PMT|PYMNT|PAYMENT)|\b(REDEP ?CHECK|REDEPOSITED CHECK|CHECK REDEPOSIT)\b');

-- A single word that says a return: a shop's, too. A debit of that amount has to stand before it.
CREATE OR REPLACE MACRO ledger.may_be_returned(n) AS
  regexp_matches(n, '\b(RETURN|RETURNED|RTN|RTND|RETD|UNPAID|R0[1-9]|R1[0-9]|R2[09])\b')
  AND NOT regexp_matches(n, '\b(REFUND|PURCHASE|MERCHANDISE|MERCH|STORE|FEES?|TAX|DEPOSIT CORRECTION)\b');

-- Whom a text names that says a return, in words; empty when no name is left.
CREATE OR REPLACE MACRO ledger.returned_words(n) AS regexp_extract_all(regexp_replace(n,
  '\b(RETURN|RETURNED|RTN|RTND|RETD|UNPAID|ITEM|ITEMS|REVERSAL|REVERSED|ACH|DEBIT|CREDIT|DEPOSIT|WITHDRAWAL|ELECTRONIC'
  || '|POSTED|CHECK|CHK|TRANSACTION|PAYMENT|PMT|RECEIVED|NSF|INSUFFICIENT|FUNDS|UNCOLLECTED|ACCOUNT|CLOSED|NUMBER'
  || '|REASON|CORPORATE|WEB|PPD|CCD|FROM|FOR|DUE|THE|REF|NOT|AUTHORIZED|ZELLE|VENMO|CASH APP|WIRE|TRANSFER|SENT'
  || '|OUTGOING|CONF|CANCELLED)\b', ' ', 'g'), '\p{L}{3,}');

-- The same of a text that says that pay, or other money in, was taken back: words of pay name no payer.
CREATE OR REPLACE MACRO ledger.taken_back_words(n) AS list_filter(ledger.returned_words(n), lambda w:
  NOT regexp_matches(w, '^(REV|REVERSE|RVSL|DEPOSITED|CHARGEBACK|CASHED|MOBILE|REMOTE|ONLINE|PAYROLL|SALARY|WAGES|PAY'
    || '|DIRECT|DIRDEP|DIR|DEP|DES|INDN|SEC|ENTRY|DESCR|DESC|DATE|ORIG|NAME|TAX|REFUND|BANK|ATM|BRANCH)$'));

-- What a row is to the bank that sends it, by its text and sign; null for all others. An overdraft or NSF fee is one of
-- a cash account: a card's fee for a payment that came back is late.
CREATE OR REPLACE MACRO ledger.bank_kind(account_category, amount_minor, category_in, category_out, says_representment,
    may_be_returned, says_taken_back) AS (CASE
  WHEN amount_minor < 0 AND starts_with(category_out, 'fee.') THEN CASE WHEN account_category = 'cash'
      AND category_out IN ('fee.nsf', 'fee.overdraft', 'fee.overdraft_extended') THEN 'distress_fee' ELSE 'fee' END
  WHEN amount_minor < 0 AND says_representment THEN 'representment'
  WHEN amount_minor < 0 AND (says_taken_back OR category_out = 'adj.returned_deposit') THEN 'taken_back'
  WHEN amount_minor > 0 AND category_in = 'adj.fee_reversal' THEN 'fee_reversal'
  WHEN amount_minor > 0 AND category_in = 'adj.returned_item' THEN 'returned_item'
  WHEN amount_minor > 0 AND may_be_returned THEN 'return' END)::ledger.bank_kind;

-- What is bought in a shop comes back as a refund; bills, loans and insurance are debits that a bank may return.
CREATE OR REPLACE MACRO ledger.is_of_shop(category_out) AS
  coalesce(regexp_matches(category_out, '^(shopping|home|food|travel|transport|personal|fun)\.'), false);

-- Numbers and codes in a text, of stores, orders and dates: a refund often has those of its purchase.
CREATE OR REPLACE MACRO ledger.numbered_words(n) AS
  list_distinct(regexp_extract_all(n, '[A-Z]*[0-9][A-Z0-9]{2,}|[A-Z]{2,}[0-9][A-Z0-9]*'));

-- Whether a text may be a notice of the bank: plain parts of it, since every text is asked.
CREATE OR REPLACE MACRO ledger.may_be_notice(n) AS
  contains(n, 'OVERDRAFT') OR contains(n, 'OD PROT') OR contains(n, 'ODP') OR contains(n, 'STOP P')
  OR contains(n, 'LEVY') OR contains(n, 'GARNISH') OR contains(n, 'LEGAL ');

-- What such a text says. A fee for protection is no transfer, and a merchant may be called Levy: of that word alone the
-- bank's own phrases count. Of a payment to or from a person words are the person's.
CREATE OR REPLACE MACRO ledger.notice(n, amount_minor, rail) AS CASE
  WHEN rail IN ('card', 'zelle', 'p2p_app') THEN NULL
  WHEN regexp_matches(n, '\bSTOP ?(PAYMENT|PYMT|PMT)\b') THEN 'stop_payment'
  WHEN regexp_matches(n, '\b(OVERDRAFT|OD) ?PROT(ECTION|ECT|N)?\b|\bODP\b|\bOVERDRAFT (TRANSFER|XFER|TRNSF|FUNDING)\b')
    AND NOT regexp_matches(n, '\b(FEE|FEES|CHARGE|CHARGES|CHG|ANNUAL)\b') THEN 'protection_transfer'
  WHEN amount_minor < 0 AND regexp_matches(n, '\bGARNISH(MENT|EE|ED)?\b|\bLEGAL (ORDER|PROCESS(ING)?)\b'
    || '|\b(TAX|IRS|BANK|ACCOUNT|STATE) LEVY\b|\bLEVY (DEBIT|PAYMENT|WITHDRAWAL|FEE|PROCESSING|ON)\b|^LEVY$')
    THEN 'levy' END;

-- Whether a category is one of loans and advances, given or paid back; payments to cards that are not linked and
-- owners' own money do not count.
CREATE OR REPLACE MACRO ledger.is_lender(category) AS (starts_with(category, 'fin_in.')
  OR starts_with(category, 'fin_out.')) AND category NOT IN ('fin_out.card_external', 'fin_out.owner_draw',
  'fin_in.owner_contribution');
