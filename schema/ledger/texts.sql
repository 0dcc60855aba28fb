-- What texts of banks say of refunds, pay and fees. Spelling, merchant and rail are read in Go (schema/models/text).
-- Macros of earlier versions are removed.

DROP MACRO IF EXISTS ledger.is_transfer_text;
DROP MACRO IF EXISTS ledger.transfer_words;
DROP MACRO IF EXISTS ledger.merchant_key;
DROP MACRO IF EXISTS ledger.key_of;
DROP MACRO IF EXISTS ledger.first_named;
DROP MACRO IF EXISTS ledger.words_of;
DROP MACRO IF EXISTS ledger.without_accents;
DROP MACRO IF EXISTS ledger.normal;
DROP MACRO IF EXISTS ledger.narrow;
DROP MACRO IF EXISTS ledger.is_plain;
DROP MACRO IF EXISTS ledger.rail;
DROP MACRO IF EXISTS ledger.processor;

-- What a bank puts before the merchant: the rail, then the processor, then the wallet.
CREATE OR REPLACE MACRO ledger.without_head(n) AS regexp_replace(regexp_replace(regexp_replace(n,
  '^(PURCHASE AUTHORIZED ON \S+|RECURRING PAYMENT AUTHORIZED ON \S+|CHECKCARD \S+|CKCD DEBIT \S+|MOBILE PURCHASE \S+'
  || '|DEBIT CARD PURCHASE( AT)?|DEBIT CARD PAYMENT,?|CARD PAYMENT TO|BILL PAYMENT TO|DIRECT DEBIT( PAYMENT)? TO'
  || '|STANDING ORDER TO|POS (PURCHASE|DEBIT|WITHDRAWAL|ADJUSTMENT)\s*-?|POS|DBT CRD|VISA DDA PUR \S+'
  || '|DDA (RECUR )?POS PUR|BILL PAY|ACH (WITHDRAWAL|DEBIT|PAYMENT|DEPOSIT|CREDIT),?\s*/?|CCD DEBIT,?'
  || '|BUSINESS TO BUSINESS ACH|PREAUTHORIZED (DEBIT|CREDIT)|EXTERNAL (WITHDRAWAL|DEPOSIT)|WITHDRAWAL|DEPOSIT -'
  || '|SUBSCRIPTION)\s+', ''),
  '^(SQ|TST|SP|PP|CKE|IN|PY|FSP|BT|DD|WPY|WL|EB|CLV|APL|RVT|ZIP\.CO|OTT|HLU|CNK)\s?\*\s?', ''),
  '^((PAYPAL|VENMO|GOOGLE|GOOGLE PAY|APPLE PAY|APLPAY|CASH APP)\s?\*\s?|PAYPAL INST XFER\s?\*?\s?)', '');

-- What a bank puts behind it: NACHA fields, SEC codes, card digits, phone and URL, store number with
-- city and state, dates and references.
CREATE OR REPLACE MACRO ledger.without_tail(n) AS trim(regexp_replace(regexp_replace(regexp_replace(
  regexp_replace(regexp_replace(regexp_replace(regexp_replace(n,
  '\s(DES|INDN|ID|CO ID|PPD ID|WEB ID|CCD ID|ARC ID|TEL ID|ORIG CO NAME|CO ENTRY DESCR|SEC|TRACE|TRN|REF|CONF'
  || '|CONFIRMATION|SEQ|ACH TRACE( NUMBER)?|CARD|TYPE)\s?[#:].*$', ''),
  '\s((PPD|WEB|CCD|ARC|TEL|POP|CTX|IAT)(\s.*)?|RETRY PYMT|RETURN FEE)$', ''),
  '\s(CARD|CD)\s?#?\s?[X\d]{2,}.*$', ''),
  '\s+([X\d]{3}-[X\d]{3,4}-?[X\d]{0,4}|\(?[X\d]{3}\)?\s?[X\d]{3}-[X\d]{4}|1-?8\d\d-\S+|HTTPS?\S*|WWW\.\S+'
  || '|\S+\.COM/BILL\S*|HELP\.\S+)(\s.*)?$', ''),
  '\s+(#\s?\d+|\d{2,}[\d-]*)\s+[A-Z][A-Z .]{1,18}\s(AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD'
  || '|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH|NJ|NM|NV|NY|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY)(US)?'
  || '(\s\S*\d\S*|\sXX/XX|\sUS)*$', ''),
  '(\s#?\d[\d\-/]*|\s#\S+|\s\*+\d*|\s[X#*]{3,}\S*|\sXX/XX(/XX)?|\s\d\d/\d\d)+$', ''),
  '(\*[A-Z0-9]{6,}|\s[A-Z]*\d[A-Z0-9]{7,})$', ''));

-- Words that say a purchase was given back. The sure ones say it alone; the others also stand in
-- names and in income, and count where the holder buys from what is left.
CREATE OR REPLACE MACRO ledger.sure_refund_words() AS
  '(?:(?:CARD |POS |PURCHASE |MERCHANDISE |MERCHANT |ONLINE |STORE |PARTIAL |FULL )?'
  || '(?:REFUND(?:S|ED)?|RFND|RFD|REFD|REFND|RETURN(?:S|ED)?|RTN|RETRN|REVERSAL|REVERSED|REVERSE'
  || '|RVSL|RVRSL|REVRSL|VOID(?:ED)?|CHARGE ?BACK|CHGBK)'
  || '|CREDIT VOUCHER|(?:CREDIT|CR|REFUND|RETURN) ADJ(?:USTMENT)?'
  || '|(?:PROVISIONAL|DISPUTE|MERCHANDISE|PURCHASE|MERCHANT|STORE|CARD|POS|REFUND|RETURN) CREDIT'
  || '|GUTSCHRIFT|ERSTATTUNG|RUCKERSTATTUNG|STORNO|REMBOURSEMENT|REEMBOLSO|DEVOLUCION|RIMBORSO|TERUGBETALING'
  || '|ВОЗВРАТ|ZWROT|返金|退款)';
CREATE OR REPLACE MACRO
    ledger.other_refund_words() AS '(?:REV|CREDIT|CR|ADJ|ADJUSTMENT|CORRECTION|REBATE|CANCELL?ED|AVOIR)';

-- Whether such a word is anywhere in a text, also within another one: where it is not, nothing says or cuts one.
CREATE OR REPLACE MACRO ledger.may_say_refund(n) AS regexp_matches(n, ledger.sure_refund_words() || '|REV');
-- The others as a word of their own, or behind a head without a space: CR and ADJ are in CRACKER and ADJUNCT.
CREATE OR REPLACE MACRO ledger.may_say_other_refund(n) AS regexp_matches(n,
  '(?:^|[\s*/(:,.-]|XFER)' || ledger.other_refund_words() || '(?:[\s*/):,.-]|$)');

-- Where a text begins or ends so. A shop may too (RETURN TO TIFFANY, POINT OF NO RETURN): only money
-- that comes in is read in this way, and first the holder's purchases are asked for the whole text.
CREATE OR REPLACE MACRO ledger.refund_head() AS
  '^(?:(?:POS|CARD|DEBIT CARD|DEBIT|CHECK ?CARD|VISA|MASTERCARD|PURCHASE|RECURRING|ONLINE|ELECTRONIC|ACH) )*(?:'
  || ledger.sure_refund_words() || '(?: PURCHASE)?(?: AUTHORIZED)?(?: ON)?(?: \d[\d/.-]*)?'
  || '(?: (?:FROM|OF|BY|FOR|AT))?[ \-:*/,.]+'
  || '|REV ?[:*/.-][ \-:*/,.]*)';
CREATE OR REPLACE MACRO ledger.refund_tail() AS '[ \-*/(:,.]+(?:' || ledger.sure_refund_words() || '|REV)\)?[ .]*$';
CREATE OR REPLACE MACRO ledger.says_refund(n) AS
  regexp_matches(n, ledger.refund_head()) OR regexp_matches(n, ledger.refund_tail())
  OR regexp_matches(ledger.without_tail(n), ledger.refund_tail())
  OR regexp_full_match(n, ledger.sure_refund_words() || '[ .]*')
  OR regexp_matches(n, '\d ' || ledger.sure_refund_words() || ' ');
-- The text without them, null when there are none: at one end only, REFUND CENTER REFUND is of REFUND CENTER.
CREATE OR REPLACE MACRO ledger.cut_refund(text) AS list_transform([text], lambda n: nullif(regexp_replace(CASE
  WHEN regexp_matches(n, ledger.refund_tail()) THEN regexp_replace(n, ledger.refund_tail(), '')
  WHEN regexp_matches(n, '^' || ledger.sure_refund_words() || ' TO ') THEN n
  ELSE regexp_replace(n, ledger.refund_head(), '') END, '(\d) ' || ledger.sure_refund_words() || ' ', '\1 '), n))[1];
CREATE OR REPLACE MACRO ledger.cut_other_refund(n) AS regexp_replace(regexp_replace(n,
  '^' || ledger.other_refund_words() || '[ \-:*/,.]+', ''),
  '[ \-*/(:,.]+' || ledger.other_refund_words() || '\)?[ .]*$', '');
CREATE OR REPLACE MACRO ledger.cut_inner_refund(n) AS
  regexp_replace(n, ' (?:' || ledger.sure_refund_words() || '|' || ledger.other_refund_words() || ') ', ' ', 'g');

-- What stands before such a word in the middle of a text: banks add the town, a date or a reference behind it.
CREATE OR REPLACE MACRO ledger.before_refund(n) AS
  regexp_extract(n, '^(.*?[^ \-*/(:,.])[ \-*/(:,.]+' || ledger.sure_refund_words() || '[ \-*/):,.#].*$', 1);

-- What is left when they are cut off; the whole text where that is a rail and numbers only.
CREATE OR REPLACE MACRO ledger.is_rail_only(n) AS regexp_full_match(n,
  '(?:(?:POS|CARD|DEBIT|CHECK ?CARD|VISA|MASTERCARD|PURCHASE|PAYMENT|MERCHANDISE|MERCHANT|ONLINE|ACH|ITEM'
      || '|[\d/#X.-]+) ?)*');
CREATE OR REPLACE MACRO ledger.unless_rail(rest, n) AS
  list_transform([rest], lambda r: CASE WHEN ledger.is_rail_only(r) THEN n ELSE r END)[1];
CREATE OR REPLACE MACRO ledger.without_refund(n) AS ledger.unless_rail(coalesce(ledger.cut_refund(n),
  ledger.cut_refund(ledger.without_head(n)), ledger.cut_refund(ledger.without_tail(n)), n), n);
CREATE OR REPLACE MACRO ledger.cut_other_refunds(n) AS ledger.cut_inner_refund(
  ledger.cut_other_refund(ledger.without_tail(ledger.cut_other_refund(ledger.without_head(n)))));
-- The text as it is when no such word is cut off, whatever stands before and behind it.
CREATE OR REPLACE MACRO ledger.without_other_refund(n) AS CASE
  WHEN ledger.cut_other_refunds(n) = ledger.without_tail(ledger.without_head(n)) THEN n
  ELSE ledger.unless_rail(ledger.cut_other_refunds(n), n) END;

CREATE OR REPLACE MACRO ledger.payroll_words() AS 'PAYROLL|DIRECT DEP|DIR DEP|DIRDEP|DES:DIRECT DEP|SALARY|PAYCHECK'
  || '|REG SALARY|DFAS|QUICKBOOKS|GUSTO|PAYCHEX|ADP|TRINET|PAYCOM|PAYLOCITY|RIPPLING|CERIDIAN|DAYFORCE|WORKDAY';
CREATE OR REPLACE MACRO ledger.is_payroll(n, amount) AS amount > 0
  AND regexp_matches(n, '\b(' || ledger.payroll_words() || ')\b')
  AND NOT regexp_matches(n, '\b(TAX|REVERSAL|RETURN|REFUND)\b');

-- Money in that is no refund, whatever other words say: pay, interest, benefits, tax refunds,
-- deposits.
CREATE OR REPLACE MACRO ledger.is_income_text(n) AS ledger.is_payroll(n, 1)
  OR regexp_matches(n, '\b(INTEREST (PAID|PAYMENT|EARNED|CREDIT|DEPOSIT|PYMT)|INT(EREST)? (PAID|PYMT|CREDIT)|DIVIDENDS?'
  || '|SSA TREAS|SSI TREAS|XXSOC SEC|SOC SEC|TREAS 310|VA BENEF|VACP TREAS|UI BENEFIT|UNEMPLOYMENT|PENSION|ANNUITY'
  || '|TAX ?(REF|REFUND|RFD|RFND|RETURN)|TAXRFD|CASTTAXRFD|TAXREFUND|IRS TREAS|(MOBILE|ATM|CASH|CHECK|COUNTER|BRANCH'
  || '|REMOTE) DEPOSIT'
  || '|CASH ?OUT|PAYOUT|PAYOUTS|WAGES|EDI PYMNTS)\b')
  OR regexp_matches(n, '^(INTEREST|DEPOSIT)$');
-- Who both sells to people and pays them.
CREATE OR REPLACE MACRO ledger.also_pays(key) AS
  regexp_matches(key, '^(AMAZON|AMZN|UBER|LYFT|DOORDASH|AIRBNB|WALMART|WAL MART|INSTACART|GRUBHUB|ETSY|EBAY|SHOPIFY'
  || '|STRIPE|SQUARE|PAYPAL|TURO|ROVER|UPWORK|FIVERR)\b');

CREATE OR REPLACE MACRO ledger.nsf_overdraft_words() AS 'NSF|INSUFFICIENT FUNDS?|NON-?SUFFICIENT|OVERDRAFT|OD|O/D'
  || '|COURTESY PAY|UNAVAILABLE FUNDS|UNCOLLECTED FUNDS|RETURNED? ITEM|EXTENDED OVERDRAWN|CONTINUOUS OD|SUSTAINED OD';
CREATE OR REPLACE MACRO ledger.is_nsf_overdraft_fee(n, amount) AS amount < 0
  AND regexp_matches(n, '\b(' || ledger.nsf_overdraft_words() || ')\b')
  AND regexp_matches(n, '\b(FEES?|CHARGES?|CHG|SVC|NSF|PENALTY)\b')
  AND NOT regexp_matches(n, '\b(TRANSFER|XFER|TFR)\b');

CREATE OR REPLACE MACRO ledger.is_nsf_overdraft_fee_reversal(n, amount) AS amount > 0
  AND regexp_matches(n, '\b(NSF|OVERDRAFT|OD|COURTESY|INSUFFICIENT)\b')
  AND regexp_matches(n, '\b(RFND|REFUND|REVERSAL|REVERSE|REV|REBATE|WAIVE|CREDIT|ADJ)\b')
  AND NOT regexp_matches(n, 'TRANSFER');

-- Which way money goes by the text: pay comes in, purchases and fees go out; null where the text may mean both.
CREATE OR REPLACE MACRO ledger.either_way_words() AS 'REFUND|RFND|RETURN|RETURNED|REVERSAL|REVERSE|REV|REBATE|WAIVE'
  || '|WAIVED|CREDIT|ADJ|ADJUSTMENT|CASH ?BACK|CHARGEBACK|TAX';
CREATE OR REPLACE MACRO ledger.direction(n, rail) AS CASE
  WHEN regexp_matches(n, '\b(' || ledger.either_way_words() || ')\b') THEN NULL
  WHEN ledger.is_payroll(n, 1) THEN 'pay'
  WHEN rail IN ('card', 'fee') THEN 'spend' END;

-- Whether a text has a word by which its direction, or that it is a fee for want of money, may be told: most have none.
CREATE OR REPLACE MACRO ledger.has_telling_word(n) AS regexp_matches(n, '\b(' || ledger.payroll_words() || '|'
  || ledger.nsf_overdraft_words() || '|' || ledger.either_way_words() || ')\b');
