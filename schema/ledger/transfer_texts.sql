-- What texts say of the two ends of a transfer: the kind of movement, the bank they name, the account they cite.
-- Transfers that a text tells by itself are in own_texts.sql.

-- transfer; card, a payment to a credit card; payment, to or of one; person; other, which is something else;
-- creditor, a payment of a debt, or of a shop's account, which may be its card; maybe_other, which may be; nothing.
CREATE OR REPLACE MACRO ledger.movement_told(n, own_kind, category, strength, rail) AS CASE
  WHEN own_kind = 'card' OR category = 'fin_out.card_external' THEN 'card'
  WHEN category = 'xfer.own_card_payment' THEN 'payment'
  WHEN rail IN ('zelle', 'p2p_app') OR category IN ('xfer.p2p_in', 'xfer.p2p_out') THEN 'person'
  WHEN own_kind IN ('transfer', 'named_transfer') OR category LIKE 'xfer.own%' OR category LIKE 'xfer.savings%'
      OR category IN ('xfer.other_in', 'xfer.other_out', 'xfer.wire_in', 'xfer.wire_out') THEN 'transfer'
  WHEN own_kind = 'payment' THEN 'payment'
  -- what banks write where they say nothing: at a counter, too, money is moved from one bank to another
  WHEN regexp_matches(n, '^(ELECTRONIC|ACH|CUSTOMER|ONLINE|MISC|MISCELLANEOUS|REGULAR|BY)? ?'
    || '(DEPOSIT|WITHDRAWAL|WITHDRWL|DEBIT|CREDIT)( MEMO)?$') THEN 'nothing'
  WHEN rail IS DISTINCT FROM 'card' AND category = 'adj.refund' AND strength = 'weak'
      AND regexp_matches(n, '\b(PAYMENT|PMT|PYMT|AUTO ?PAY|AUTO ?PMT|THANK YOU)\b') THEN 'payment'
  WHEN category IN ('fin_out.personal_loan', 'fin_out.line_of_credit', 'fin_out.other') AND rail IS DISTINCT FROM 'card'
    THEN 'creditor'
  WHEN split_part(category, '.', 1) IN ('shopping', 'home', 'travel') AND coalesce(rail, 'ach') = 'ach'
      AND regexp_matches(n, '\b(PAYMENT|PMT|PYMT|AUTO ?PAY|E-?PAY(MENT)?|CRCARDPMT|CARD SRVC|CHG PYMT|EFT)\b')
    THEN 'creditor'
  WHEN rail IN ('card', 'atm', 'fee') OR coalesce(category, 'other.unknown') <> 'other.unknown'
      AND category NOT LIKE 'xfer.investment%' AND (strength <> 'weak' OR category LIKE 'adj.%') THEN 'other'
  WHEN regexp_matches(n, '\b(TRANSFER|TRANSF|E?XFE?R|TFR|TRF|TRN?SFE?R|TRNSF|EXTTRNSFR|MONEYLINK|SWEEP|BOOK|A2A)\b')
    THEN 'transfer'
  WHEN regexp_matches(n, '\b(AUTO ?PAY|AUTO ?PMT|E-?PAY(MENT)?|PAYMENTS?|PMTS?|PYMTS?|THANK YOU|CRCARDPMT)\b')
    THEN 'payment'
  WHEN coalesce(category, 'other.unknown') <> 'other.unknown' AND category NOT LIKE 'xfer.investment%'
    THEN 'maybe_other'
  ELSE 'nothing' END;

-- What that adds to the score of a pair, in thousandths. A text that tells of something else speaks against it, one of
-- a card where no card is too.
CREATE OR REPLACE MACRO ledger.weight_told(told, has_card) AS CASE told
  WHEN 'transfer' THEN CASE WHEN has_card THEN 400 ELSE 800 END
  WHEN 'card' THEN CASE WHEN has_card THEN 800 ELSE -2000 END
  WHEN 'payment' THEN CASE WHEN has_card THEN 800 ELSE 0 END
  WHEN 'nothing' THEN 0 WHEN 'maybe_other' THEN -500 WHEN 'creditor' THEN CASE WHEN has_card THEN 0 ELSE -3000 END
  WHEN 'other' THEN -3000 ELSE -2000 END;

-- Banks by the names that texts have for them, in one spelling each. Names that stand for many banks (ELAN, VISA) and
-- names that are words besides (KEY, CURRENT, CITIZENS) say nothing.
CREATE OR REPLACE MACRO ledger.bank_names() AS
  'AMERICAN ?EXPRESS|AMEX|ALLY|APPLE ?CARD|BANK ?OF ?AMERICA|BANKAMERICA|BK ?OF ?AMER(?:ICA)?|BOFA|BARCLAY ?CARDS?'
  || '|BARCLAYS|BECU|BMO|CAPITAL ?ONE|CAPONE|CHASE|CHIME|CITI(?:BANK|CARDS?)?|COMENITY|COMERICA|CREDIT ONE|DISCOVER'
  || '|E[* ]?TRADE|FIDELITY|FID BKG|FIFTH THIRD|5/3|FIRST CITIZENS|CITIZENS BANK|FLAGSTAR|GOLDMAN|GSBANK|MARCUS|HSBC'
  || '|HUNTINGTON|JPMORGAN|KEYBANK|M&T|NAVY ?FED(?:ERAL)?|NFCU|PENFED|PENTAGON F(?:EDERAL|CU)|PNC|REGIONS|ROBINHOOD'
  || '|SANTANDER|SCHWAB|SOFI|SUNTRUST|SYNCB|SYNCHRONY|TD BANK|TDBANK|TD EXT|TRUIST|BB&T|U\.? ?S\.? ?BANK|USAA|VANGUARD'
  || '|VARO|WEALTHFRONT|BETTERMENT|WELLS ?FARGO|WF EXT|WF CRD';
CREATE OR REPLACE MACRO ledger.one_bank(name) AS CASE
  WHEN name IN ('BANKAMERICA', 'BOFA') OR regexp_matches(name, '^(BANK ?OF|BK ?OF)') THEN 'BANK OF AMERICA'
  WHEN name[1:4] IN ('APPL', 'GSBA', 'MARC') THEN 'GOLDMAN' WHEN name[1:6] = 'AMERIC' THEN 'AMEX'
  WHEN name[1:4] = 'BARC' THEN 'BARCLAYS' WHEN name[1:3] = 'CAP' THEN 'CAPITAL ONE'
  WHEN regexp_matches(name, '^CITI(BANK|CARDS?)?$') THEN 'CITI' WHEN name = 'JPMORGAN' THEN 'CHASE'
  WHEN name[1:1] = 'E' THEN 'ETRADE' WHEN name[1:3] = 'FID' THEN 'FIDELITY' WHEN name = '5/3' THEN 'FIFTH THIRD'
  WHEN name[1:4] IN ('NAVY', 'NFCU') THEN 'NAVY FEDERAL' WHEN name[1:3] = 'PEN' THEN 'PENFED'
  WHEN name[1:3] = 'SYN' THEN 'SYNCHRONY' WHEN name[1:2] = 'TD' THEN 'TD BANK'
  WHEN name IN ('SUNTRUST', 'BB&T') THEN 'TRUIST' WHEN name[1:2] IN ('WF', 'WE') AND name <> 'WEALTHFRONT'
    THEN 'WELLS FARGO'
  WHEN name[1:1] = 'U' AND name <> 'USAA' THEN 'US BANK' ELSE name END;
CREATE OR REPLACE MACRO ledger.named_banks(n) AS list_transform(
  regexp_extract_all(n, '\b(' || ledger.bank_names() || ')\b', 1),
  lambda b: ledger.one_bank(b));
-- What texts may call the bank of an account: one that the list does not know has its name without BANK, of which ACH
-- texts have room for a part.
CREATE OR REPLACE MACRO ledger.plain_bank(institution) AS trim(regexp_replace(
  regexp_replace(upper(institution), '[^A-Z0-9&]+', ' ', 'g'),
  '( N A| BANK| FSB| CREDIT UNION| FEDERAL CREDIT UNION| FCU| CU)+$', ''))[1:12];
CREATE OR REPLACE MACRO ledger.banks_of(institution) AS
  CASE WHEN len(ledger.named_banks(upper(institution))) > 0 THEN ledger.named_banks(upper(institution))
    ELSE [ledger.plain_bank(institution)] END;
-- Whether a text names a bank of these: one that is in no list by its name.
CREATE OR REPLACE MACRO ledger.names_bank(n, named, banks) AS list_has_any(named, banks)
  OR len(banks[1]) > 3 AND contains(regexp_replace(n, '[^A-Z0-9&]+', ' ', 'g'), banks[1]);

-- The last four digits of the account that a text cites behind TO or FROM: masked, or behind a word for an account.
-- Other digits are references, and so are those that Navy Federal has at the end of what is paid to others: PAID TO -
-- DISCOVER E-PAYMENT CHK 9100.
CREATE OR REPLACE MACRO ledger.cited_last4(n) AS nullif(regexp_extract(
  CASE WHEN regexp_matches(n, '^PAID TO\b.* CHK \w+$') THEN '' ELSE n END, '\b(?:TO|FROM|INTO) (?:[^ ]+ ){0,6}?(?:'
  || '(?:SAV|SAVINGS?|SVGS|SV|CHK|CHKG|CHECKING|CK|DDA|MMA|MARKET|SHARE|ACCT|ACCOUNT|CARD|CRD|CC|VISA|MASTERCARD'
  || '|PLUS|ENDING|IN) |[X*]+|[.#]{2,}|-)\d*?(\d{4})(?:$|[^0-9])', 1), '');

-- Words of a text that may be a person's name, where it tells of money from or to one.
CREATE OR REPLACE MACRO ledger.name_words(n) AS list_filter(
  regexp_split_to_array(n, '[^\pL\pM0-9]+'),
  lambda w: NOT regexp_matches(w, '^(.|.*[0-9].*||ZELLE?|VENMO|CASH|APP|PAYPAL|PAYMENTS?|PMTS?|PYMTS?|TRANSFER|XFER|TO'
    || '|FROM|SENT|RECEIVED|MONEY|INSTANT|DEBIT|CREDIT|DEPOSIT|WITHDRAWAL|PAY|ANYONE|ID|CONF|CONFIRMATION|WEB|ONLINE'
    || '|MOBILE|BANK|REF|REFERENCE|ON|FOR|THE|AND|OF|FEDERAL|FIRST|UNION|QUICKPAY|WITH)$'));
