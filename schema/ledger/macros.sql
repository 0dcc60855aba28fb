-- Functions the models share. Texts of banks are read here and nowhere else.

-- Money is added in 128 bits and stored in 64: a total that does not fit is null, and a …_state says out_of_range.
CREATE OR REPLACE MACRO meta.minor(total) AS TRY_CAST(total AS BIGINT);

CREATE OR REPLACE MACRO meta.mean_minor(n, s) AS meta.minor(sign(s) * ((2 * abs(s::HUGEINT) + n) // (2 * n)));

-- Null too when the squares leave 128 bits.
CREATE OR REPLACE MACRO meta.sd(n, s, ss) AS CASE WHEN n >= 2 THEN sqrt(TRY(n * ss - s * s)::DOUBLE / (n * (n - 1))) END;

CREATE OR REPLACE MACRO meta.parameter(wanted) AS (SELECT value FROM meta.parameters WHERE name = wanted);

-- main.transactions_as_of under its first name.
CREATE OR REPLACE MACRO ledger.transactions_as_of(instant) AS TABLE FROM main.transactions_as_of(instant);

-- How an account's instants of one kind are to be read, from at least 30 of them: midnights are those at midnight UTC, hours
-- those at a whole hour from 4 to 12 UTC, the midnights of American zones and a noon that stands for a date. The hour of a
-- zone's midnight moves by one with daylight saving.
CREATE OR REPLACE MACRO ledger.date_basis(n, midnights, hours, first_hour, last_hour) AS CASE
  WHEN n < 30 THEN 'row_by_row'
  WHEN 100 * midnights >= 95 * n THEN 'utc_date'
  WHEN 100 * hours >= 95 * n AND last_hour - first_hour <= 1 THEN 'zone_date'
  WHEN 100 * midnights <= 5 * n THEN 'local_time' ELSE 'row_by_row' END;
CREATE OR REPLACE MACRO ledger.is_midnight(instant) AS epoch_us(instant) % 86400000000 = 0;
CREATE OR REPLACE MACRO ledger.whole_hour(instant) AS
  CASE WHEN epoch_us(instant) % 3600000000 = 0 AND epoch_us(instant) // 3600000000 % 24 BETWEEN 4 AND 12 THEN epoch_us(instant) // 3600000000 % 24 END;
CREATE OR REPLACE MACRO ledger.is_date(instant, basis) AS
  coalesce(basis IN ('utc_date', 'zone_date') OR (basis = 'row_by_row' AND ledger.is_midnight(instant)), false);

-- The civil date of an instant. Banks that know only dates send a midnight: those are dates already. Dates lie in the
-- years 1 to 9999: what is beyond becomes the first or last of them, main has the instant.
CREATE OR REPLACE MACRO ledger.within_years(instant) AS CASE WHEN instant IS NOT NULL
  THEN least(greatest(instant, TIMESTAMPTZ '0001-01-02 00:00:00+00'), TIMESTAMPTZ '9999-12-31 00:00:00+00') END;
CREATE OR REPLACE MACRO ledger.civil_date(instant, basis, zone) AS CASE
  WHEN ledger.is_date(instant, basis) THEN timezone('UTC', ledger.within_years(instant))::DATE
  ELSE timezone(zone, ledger.within_years(instant))::DATE END;

CREATE OR REPLACE MACRO ledger.normal(s) AS trim(regexp_replace(upper(replace(coalesce(s, ''), chr(160), ' ')), '\s+', ' ', 'g'));

CREATE OR REPLACE MACRO ledger.without_head(s) AS regexp_replace(regexp_replace(regexp_replace(s,
  '^(PURCHASE AUTHORIZED ON \S+|RECURRING PAYMENT AUTHORIZED ON \S+|CHECKCARD \S+|CKCD DEBIT \S+|MOBILE PURCHASE \S+|DEBIT CARD PURCHASE( AT)?|DEBIT CARD PAYMENT,?|POS (PURCHASE|DEBIT|WITHDRAWAL|ADJUSTMENT)\s*-?|POS|DBT CRD|VISA DDA PUR \S+|DDA (RECUR )?POS PUR|BILL PAY|ACH (WITHDRAWAL|DEBIT|PAYMENT|DEPOSIT|CREDIT),?\s*/?|CCD DEBIT,?|BUSINESS TO BUSINESS ACH|PREAUTHORIZED (DEBIT|CREDIT)|EXTERNAL (WITHDRAWAL|DEPOSIT)|WITHDRAWAL|DEPOSIT -|SUBSCRIPTION)\s+', ''),
  '^(SQ|TST|SP|PP|CKE|IN|PY|FSP|BT|DD|WPY|WL|EB|CLV|APL|RVT|ZIP\.CO|OTT|HLU|CNK)\s?\*\s?', ''),
  '^((PAYPAL|VENMO|GOOGLE|GOOGLE PAY|APPLE PAY|APLPAY|CASH APP)\s?\*\s?|PAYPAL INST XFER\s?\*?\s?)', '');

CREATE OR REPLACE MACRO ledger.without_tail(s) AS trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(s,
  '\s(DES|INDN|ID|CO ID|PPD ID|WEB ID|CCD ID|ARC ID|TEL ID|ORIG CO NAME|CO ENTRY DESCR|SEC|TRACE|TRN|REF|CONF|CONFIRMATION|SEQ|ACH TRACE( NUMBER)?|CARD|TYPE)\s?[#:].*$', ''),
  '\s((PPD|WEB|CCD|ARC|TEL|POP|CTX|IAT)(\s.*)?|RETRY PYMT|RETURN FEE)$', ''),
  '\s(CARD|CD)\s?#?\s?[X\d]{2,}.*$', ''),
  '\s+([X\d]{3}-[X\d]{3,4}-?[X\d]{0,4}|\(?[X\d]{3}\)?\s?[X\d]{3}-[X\d]{4}|1-?8\d\d-\S+|HTTPS?\S*|WWW\.\S+|\S+\.COM/BILL\S*|HELP\.\S+)(\s.*)?$', ''),
  '\s+(#\s?\d+|\d{2,}[\d-]*)\s+[A-Z][A-Z .]{1,18}\s(AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH|NJ|NM|NV|NY|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY)(US)?(\s\S*\d\S*|\sXX/XX|\sUS)*$', ''),
  '(\s#?\d[\d\-/]*|\s#\S+|\s\*+\d*|\s[X#*]{3,}\S*|\sXX/XX(/XX)?|\s\d\d/\d\d)+$', ''),
  '(\*[A-Z0-9]{6,}|\s[A-Z]*\d[A-Z0-9]{7,})$', ''));

CREATE OR REPLACE MACRO ledger.merchant_key(s) AS trim(regexp_replace(regexp_replace(ledger.without_tail(ledger.without_head(ledger.without_head(ledger.normal(s)))), '[^A-Z0-9&+'' ]', ' ', 'g'), '\s+', ' ', 'g'));

CREATE OR REPLACE MACRO ledger.transfer_words(n) AS regexp_matches(n, '\b(TRANSFER|XFER|TFR|TRNSFR|MONEYLINK|SWEEP|OVERDRAFT PROTECTION|AUTOPAY|E-?PAYMENT|EPAY|PAYMENT ?- ?THANK|THANK YOU|ACH PMT|CRCARDPMT|CARD (PMT|PAYMENT)|ROUND ?UP|KEEP THE CHANGE|WIRE|FEDWIRE|BOOK TRANSFER)\b')::INT;

CREATE OR REPLACE MACRO ledger.is_payroll(n, amount) AS amount > 0 AND regexp_matches(n, '\b(PAYROLL|DIRECT DEP|DIR DEP|DIRDEP|DES:DIRECT DEP|SALARY|PAYCHECK|REG SALARY|DFAS|QUICKBOOKS|GUSTO|PAYCHEX|ADP|TRINET|PAYCOM|PAYLOCITY|RIPPLING|CERIDIAN|DAYFORCE|WORKDAY)\b') AND NOT regexp_matches(n, '\b(TAX|REVERSAL|RETURN|REFUND)\b');

CREATE OR REPLACE MACRO ledger.is_transfer_text(n) AS regexp_matches(n, '\b(TRANSFER (FROM|TO|DEPOSIT)|XFER|TFR|TO CHECKING|FROM CHECKING|TO SAVINGS|ROUND ?UP|KEEP THE CHANGE|ADDED TO POT|MOBILE BANKING TRANSFER)\b|ROUNDUP') AND NOT regexp_matches(n, '\b(ZELLE|WIRE|LOAN ACCOUNT|CREDIT BUILDER|PAYPAL|EARNIN)\b');

CREATE OR REPLACE MACRO ledger.is_nsf_overdraft_fee(n, amount) AS amount < 0 AND regexp_matches(n, '\b(NSF|INSUFFICIENT FUNDS?|NON-?SUFFICIENT|OVERDRAFT|OD|O/D|COURTESY PAY|UNAVAILABLE FUNDS|UNCOLLECTED FUNDS|RETURNED? ITEM|EXTENDED OVERDRAWN|CONTINUOUS OD|SUSTAINED OD)\b') AND regexp_matches(n, '\b(FEES?|CHARGES?|CHG|SVC|NSF|PENALTY)\b') AND NOT regexp_matches(n, '\b(TRANSFER|XFER|TFR)\b');

CREATE OR REPLACE MACRO ledger.is_nsf_overdraft_fee_reversal(n, amount) AS amount > 0 AND regexp_matches(n, '\b(NSF|OVERDRAFT|OD|COURTESY|INSUFFICIENT)\b') AND regexp_matches(n, '\b(RFND|REFUND|REVERSAL|REVERSE|REV|REBATE|WAIVE|CREDIT|ADJ)\b') AND NOT regexp_matches(n, 'TRANSFER');

-- How the money moved, as far as the text says.
CREATE OR REPLACE MACRO ledger.rail(n) AS CASE
  WHEN regexp_matches(n, '\b(NSF|OVERDRAFT|SERVICE CHARGE|MONTHLY FEE|MAINTENANCE FEE|LATE FEE|ATM FEE|INTEREST CHARGE)\b') THEN 'fee'
  WHEN regexp_matches(n, '\bZELLE\b') THEN 'zelle'
  WHEN regexp_matches(n, '\b(VENMO|CASH APP|CASHAPP|APPLE CASH|POPMONEY)\b') THEN 'p2p_app'
  WHEN regexp_matches(n, '\b(ATM|CASH WITHDRAWAL)\b') THEN 'atm'
  WHEN regexp_matches(n, '\b(FEDWIRE|WIRE)\b') THEN 'wire'
  WHEN regexp_matches(n, '^CHECK\b|\bCHECK #?\d|\bMOBILE DEPOSIT\b') THEN 'check'
  WHEN regexp_matches(n, '\b(PPD|CCD|WEB ID|ACH|DES:|DIRECT DEP|PAYROLL|AUTOPAY|BILL PAY)') THEN 'ach'
  WHEN ledger.is_transfer_text(n) THEN 'internal'
  WHEN regexp_matches(n, '^(POS|PURCHASE|CHECKCARD|CKCD|DEBIT CARD|RECURRING PAYMENT|MOBILE PURCHASE|DBT CRD|VISA)|^(SQ|TST|SP|PP|PY|PAYPAL) ?\*') THEN 'card' END;

-- Who processed a card payment for the merchant.
CREATE OR REPLACE MACRO ledger.processor(n) AS CASE
  WHEN regexp_matches(n, '\bSQ ?\*') THEN 'square'
  WHEN regexp_matches(n, '\bTST ?\*') THEN 'toast'
  WHEN regexp_matches(n, '\b(PAYPAL|PP) ?\*|\bPAYPAL INST XFER\b') THEN 'paypal'
  WHEN regexp_matches(n, '\bSP ?\*') THEN 'shopify'
  WHEN regexp_matches(n, '\bSTRIPE\b') THEN 'stripe'
  WHEN regexp_matches(n, '\bCLV ?\*') THEN 'clover' END;
