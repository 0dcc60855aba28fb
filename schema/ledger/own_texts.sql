-- Own transfers and card payments, by their text. A text is one only when, with account words, banks'
-- names, dates and references taken out, no word is left: every word that is left may be a merchant.
-- AUTOPAY, WIRE or THANK YOU in a bill's or a shop's text therefore say nothing.

DROP MACRO IF EXISTS ledger.own_text;

-- The text without the person's name, numbers, dates, references and labels.
CREATE OR REPLACE MACRO ledger.bare(n) AS regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(n,
  '\s(INDN|IND NAME|INDIVIDUAL NAME)\s?:.*$', ''),
  '\b(?:(?:ORIG|CO|PPD|WEB|CCD|ARC|TEL|IND|TRANSACTION|ACH TRACE|TRACE) ?)?(?:ID|NUMBER|REF|REFERENCE|TRACE|TRN|CONF'
    || '|CONFIRMATION|TRANSACTION|DESC DATE|EED|SEQ)\s?[#:][#:\s]*\S+', ' ', 'g'),
  '\b(DES|CO ENTRY DESCR|ENTRY DESCR|ORIG CO NAME|SEC|TYPE)\s?:', ' ', 'g'),
  '#\s*\S+|\bAUTH ?DATE\b:? *\S+'
    || '|(?:^|\s)(?:[X*.#/:,-]*\d[\dX*.#/:,-]*|[X*.#]{3,}|[A-Z]{0,3}\d{3,}|[A-Z]{0,3}\d[A-Z0-9]{3,}\d)(?:\s|$)', '  ',
  'g'),
  '[^\p{L}\p{M}\p{N}]+', ' ', 'g');

-- Words of accounts and of moving money between them.
CREATE OR REPLACE MACRO ledger.account_words() AS
  'BALANCE TRANSFER|TRANSFER(?:S|RED)?|XFERS?|XFR|TFR|TRF|TRNSFR|TRSF|TRNFR|MONEYLIN[KE]|UMBUCHUNG|TRASPASO|GIROCONTO'
  || '|VIREMENT INTERNE'
  || '|OVERDRAFT(?: PROT(?:ECTION|ECT)?)?|OD PROTECTION|ODP|SAFETY CHECK|KEEP THE CHANGE|ROUND ?UPS?|SWEEP|EXT|DB|CR|DR'
  || '|INTER ?INSTITUTION|ADDED TO POT|MONEY MARKET|HIGH YIELD|WAY ?2 ?SAVE'
  || '|WAY SAVE'
  || '|(?:EVERYDAY|PREMIER|TOTAL|ADVANTAGE|PLATINUM|PERFORMANCE|PRIMARY|JOINT|BASIC|SELECT|COLLEGE|SIMPLE|REGULAR|PRIME'
  || '|BUSINESS|PERSONAL|FREE|EMERGENCY|ONLINE) (?:CHECKING|CHK|SAVINGS?|SAV)'
  || '|CHECKING|CHKG|CHK|DDA|SAVINGS?|SVGS|SAV|SAVER|SHARES?|MMA|MMDA|IRA|BROKERAGE|HYSA|POT|VAULT'
  || '|ONLINE|INTERNET|MOBILE|WEB|BANKING|BANK|APP|TELEPHONE|PHONE|ELECTRONIC|EXTERNAL|INTERNAL|INSTANT|SAME DAY'
  || '|NEXT DAY'
  || '|REAL TIME|SCHEDULED|RECURRING|AUTOMATIC|AUTOMATED|AUTO|FUNDS?|BOOK|OUTGOING|INCOMING|DEBIT|CREDIT|WITHDRAWAL'
  || '|DEPOSIT'
  || '|ACH|TO|FROM|INTO|FOR|OF|VIA|ON|AT|IN|AND|ENDING|MY|OWN|YOUR|LINKED|BETWEEN|ACCOUNTS?|ACCTS?|ACC|A C|NUMBER|NUM'
  || '|NO'
  || '|REF|REFERENCE|CONF|CONFIRMATION|TRANSACTION|TRANS|ID|PPD|CCD|TEL|CTX|AM|PM|EST|PST|DATE|EFFECTIVE'
  || '|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC|MON|TUE|WED|THU|FRI|SAT|SUN';
CREATE OR REPLACE MACRO ledger.bank_words() AS
  'AMERICAN EXPRESS|AMEX|ALLY|APPLE ?CARD|BANK OF AMERICA|BK OF AMER(?:ICA)?|BOFA|BA|BARCLAY ?CARDS?(?: US)?|BARCLAYS'
      || '|BETTERMENT'
  || '|CAPITAL ONE|CHASE|CHIME|CITI ?BANK|CITI ?CARDS?|CITI|COMENITY|CREDIT ONE|DISCOVER|E TRADE|ETRADE|ELAN'
  || '|FID BKG SVC(?: LLC)?'
  || '|FIDELITY|FIRST NATIONAL|FNB OMAHA|GOLDMAN SACHS|GSBANK|HSBC|MARCUS|MERRILL(?: LYNCH)?|NAVY FEDERAL|NFCU|PENFED'
  || '|PNC'
  || '|REGIONS|ROBINHOOD|SANTANDER|SCHWAB|SOFI|SYNCB|SYNCHRONY|TD|TRUIST|U ?S BANK|USAA|VANGUARD|WEALTHFRONT'
  || '|WELLS FARGO|WF|BMO|COMERICA|FIFTH THIRD|HUNTINGTON|KEY ?BANK|M T|CITIZENS BANK|FIRST CITIZENS|FLAGSTAR|VARO|BECU'
  || '|LLOYDS|MONZO|NATWEST|REVOLUT|STARLING|HALIFAX|N A|NA|FSB';
CREATE OR REPLACE MACRO ledger.payment_words() AS
  '(?:LOCKBOX|BRANCH|TELLER|LOBBY|MAIL|CUSTOMER SERVICE) (?:PAYMENT|PMT|PYMT)(?: CHECK| CASH)?'
      || '|(?:BY|VIA) (?:PHONE|MAIL|CHECK)|DIRECT PAY|BILT'
      || '|PAYMENTS?|PAYMNTS?|PMTS?|PYMTS?|PYMNTS?|PMNTS?|PAY|AUTO ?PAY(?:MENT)?|AUTO ?PMT|AUTO ?PYMT|E ?PAY'
      || '|E ?PAYMENT|E ?PMT|E ?PYMT'
  || '|CRCARDPMT|CCPYMT|CCPMT|DIRECTPAY|BILL ?PAY|THANK YOU|THANKS|RECEIVED|RCVD|RECVD|RECD|CREDITCARD|CREDIT CRD|CRD'
  || '|CARDS?'
  || '|CARDMEMBER|CARDHOLDER|SERV|SERVICES?|SVCS?|CC|VISA|MASTERCARD|MC|FULL|MINIMUM|STATEMENT|BALANCE|BAL|DUE|AMOUNT'
  || '|RETURN(?:ED)?|REVERSAL|REVERSED|REV|REFUND(?:ED)?|UNPAID|DISHONORED|DISHONOURED|CANCELL?ED';

CREATE OR REPLACE MACRO ledger.has_word_besides(b, words) AS
  regexp_matches(regexp_replace(b, '\b(?:' || words || ')\b', ' ', 'g'), '[\p{L}\p{N}]');
CREATE OR REPLACE MACRO ledger.names_transfer(b) AS regexp_matches(b,
  '\b(TRANSFER(S|RED)?|XFERS?|XFR|TFR|TRF|TRNSFR|TRSF|TRNFR|MONEYLIN[KE]|UMBUCHUNG|TRASPASO|GIROCONTO|VIREMENT INTERNE'
  || '|(TO|FROM|INTO) ((MY|YOUR|OWN) )?(CHECKING|CHKG|CHK|SAVINGS?|SVGS|SAV)'
  || '|(OVERDRAFT PROT(ECTION|ECT)?|OD PROTECTION|ODP) (TO|FROM)|(WITHDRAWAL TO|DEPOSIT FROM)'
  || '|ROUND ?UPS? (TO|INTO)|(AUTO|AUTOMATIC|DAILY) SWEEP|SWEEP (TO|FROM|DEBIT|CREDIT)|ADDED TO POT)\b');
CREATE OR REPLACE MACRO ledger.names_payment(b) AS regexp_matches(b,
  '\b(PAYMENTS?|PAYMNTS?|PMTS?|PYMTS?|PYMNTS?|PMNTS?|AUTO ?PAY(MENT)?|AUTO ?PMT|AUTO ?PYMT'
  || '|E ?PAY|E ?PAYMENT|E ?PMT|E ?PYMT|CRCARDPMT|CCPYMT|CCPMT|CC PAY|DIRECTPAY|BILL ?PAY)\b');
CREATE OR REPLACE MACRO ledger.names_card(b) AS NOT regexp_matches(b, '\bDEBIT\b') AND regexp_matches(b,
  '\b(CREDIT ?CARDS?|(CREDIT|TO|ELAN) CRD|CRD (PMT|PYMT|PAYMENT|AUTO ?PAY|E ?PAY)|BILT (MASTERCARD|CARD)'
  || '|CRCARDPMT|CCPYMT|CCPMT|CC|CARDMEMBER|BARCLAY ?CARD|APPLE ?CARD|CITI ?CARDS?|CITI|AMEX'
  || '|AMERICAN EXPRESS|DISCOVER|CAPITAL ONE CARD|CHASE CARD|CARD SERV(ICES?)?)\b');
-- Others than the holder's own accounts.
CREATE OR REPLACE MACRO ledger.names_third_party(n) AS
  regexp_matches(n,
    '\b(ZELLE|VENMO|PAYPAL|CASH APP|WIRE|FEDWIRE|LOAN|MORTGAGE|FEES?|CHARGES?|EARNIN|CREDIT BUILDER)\b');
-- An own account cited by kind and number: what else stands there is a memo.
CREATE OR REPLACE MACRO ledger.cites_account(n) AS regexp_matches(n,
  '\b(TRANSFER|XFER) (TO|FROM) (\S+ ){0,5}(CHECKING|CHKG|CHK|SAVINGS?|SVGS|SAV|MMA|MONEY MARKET|SHARE) '
  || '((REF )?#? ?OP\S+ |ACCOUNT |ACCT |ENDING |IN |# ?)*[X*.#-]*\d{3,}\b');

-- transfer: own accounts and nothing else; card: payment of a credit card; payment: a payment whose
-- text names no payee, a card payment only where a card shows it; named_transfer: a transfer with
-- words that may be a payee's, own only where another own account shows it.
CREATE OR REPLACE MACRO ledger.own_text_of(n, b) AS CASE
  WHEN ledger.names_transfer(b) AND NOT ledger.names_third_party(n)
    AND (ledger.cites_account(n)
    OR NOT ledger.has_word_besides(b, ledger.account_words() || '|' || ledger.bank_words()))
    THEN 'transfer'
  WHEN (ledger.names_payment(b) OR ledger.names_transfer(b)) AND NOT ledger.names_third_party(n)
  AND NOT ledger.has_word_besides(
    b, ledger.payment_words() || '|' || ledger.account_words() || '|' || ledger.bank_words())
    THEN CASE WHEN ledger.names_card(b) THEN 'card' ELSE 'payment' END
  WHEN NOT ledger.names_third_party(n)
  AND regexp_matches(b, '\b(TRANSFER(RED)?|XFER|TFR) (TO|FROM)\b') THEN 'named_transfer' END;
-- Whether a text may be one at all: most have no such word, and need not be bared.
CREATE OR REPLACE MACRO ledger.may_be_own(n) AS regexp_matches(n,
      'PAY|P[AY]?MTS?\b|PY?MNT|XFE?R|TFR|TRF|TRA?NS?FE?R|TRSF|MONEYLIN|UMBUCHUNG|TRASPASO|GIROCONTO|VIREMENT'
    || '|SWEEP|POT\b')
  OR (regexp_matches(n, 'TO\b|FROM\b')
    AND regexp_matches(n, 'CHECKING|CHK|SAV|SVGS|OVERDRAFT|\bOD|WITHDRAWAL|DEPOSIT|ROUND'));

-- A payment that came back.
CREATE OR REPLACE MACRO ledger.says_taken_back(n) AS
  regexp_matches(n, '\b(RETURN(ED)?|REVERSAL|REVERSED|REV|REFUND(ED)?|UNPAID|DISHONOU?RED|CANCELL?ED)\b');
