-- Functions of the models that find recurring payments: what a stream is, from the category of its payments, its
-- cadence and its amounts.

-- Categories of what is paid because a home, a family, a car or a law asks for it.
CREATE OR REPLACE MACRO ledger.is_bill_category(category) AS category LIKE 'utilities.%' OR category LIKE 'health.%'
  OR category LIKE 'gov.%' OR category IN ('housing.hoa', 'housing.storage', 'services.insurance',
    'services.childcare', 'services.education', 'services.union_dues', 'home.security');

-- Categories whose merchants sell hardly anything else than subscriptions.
CREATE OR REPLACE MACRO ledger.is_subscription_category(category) AS category IN ('fun.streaming_tv', 'fun.music',
  'fun.games', 'fun.other', 'services.software', 'personal.gym', 'shopping.books');

-- Categories in which apps and memberships are sold beside bills of schools, doctors and guards.
CREATE OR REPLACE MACRO ledger.is_mixed_category(category) AS category LIKE 'health.%'
  OR category IN ('services.education', 'home.security');

-- Categories of what people buy when they like, however regularly they do.
CREATE OR REPLACE MACRO ledger.is_everyday_category(category) AS category LIKE 'food.%' OR category LIKE 'transport.%'
  OR category LIKE 'travel.%' OR category LIKE 'shopping.%' OR category LIKE 'home.%' OR category LIKE 'personal.%'
  OR category LIKE 'fun.%' OR category = 'xfer.cash_withdrawal';

-- Whether a merchant's key names a subscription of one that sells other things too; fields of the clearing house cut
-- words off.
CREATE OR REPLACE MACRO ledger.names_subscription(merchant_key) AS regexp_matches(merchant_key,
  '\b(PRIME|PLUS|PREMIUM|MEMBERSHIPS?|MEMBERS?|MBRSHIP|MBRSHP|SUBSCR(IPT(ION?S?)?)?|SUBS|(MEMBER|CLUB)?DUES|'
  || 'UNLIMITED|DASHPASS|ICLOUD|APPLE ONE|UBER ONE|MONTHLY|AUTORENEW|AUTOSHIP|RENEWAL|CLUB|CLUBFEES?)\b'
  || '|\bMEMBERSH|(INSTACART|WALMART)\+');

-- Whether a payer's or payee's key says a transfer, where no rule says what it is.
CREATE OR REPLACE MACRO ledger.key_names_transfer(merchant_key) AS regexp_matches(merchant_key,
  '\b(TRANSFER|XFER|TFR|TRNSFR|TRNSF|TRSF|WITHDRAWAL TO|DEPOSIT FROM)\b');

-- The smallest wage that is taken for one without a word that says so, and the smallest rent that a person or a check
-- is paid: 100.00 and 300.00 of their currency.
CREATE OR REPLACE MACRO ledger.least_wage(currency) AS meta.units(100, currency);
CREATE OR REPLACE MACRO ledger.least_rent(currency) AS meta.units(300, currency);

-- The most that a subscription costs in a year where nothing says that it is one.
CREATE OR REPLACE MACRO ledger.most_subscription(currency) AS meta.units(1200, currency);

-- What money that comes in regularly is. What nothing says more of than that a bank sent it is a wage where it comes
-- on paydays: every other week, twice a month, or every week and much the same.
CREATE OR REPLACE MACRO ledger.kind_in(category, merchant_key, rail, cadence, amount_cv, median_minor,
  currency) AS CASE
  WHEN category IN ('income.payroll', 'income.military') THEN 'payroll'
  WHEN category LIKE 'income.ben!_%' ESCAPE '!' THEN 'benefit'
  WHEN category = 'income.pension' THEN 'pension'
  WHEN category IN ('income.interest', 'income.dividend') THEN 'interest'
  WHEN category LIKE 'adj.%' THEN 'reversal'
  WHEN category LIKE 'fin!_in.%' ESCAPE '!' THEN 'advance'
  WHEN category IN ('xfer.p2p_in', 'income.support') THEN 'person'
  WHEN category LIKE 'xfer.own%' OR category IN ('xfer.savings_in', 'xfer.investment_in', 'xfer.crypto_in')
    THEN 'transfer'
  WHEN coalesce(rail IN ('zelle', 'p2p_app'), false) THEN 'person'
  WHEN category = 'other.unknown' AND ledger.key_names_transfer(merchant_key) THEN 'transfer'
  WHEN category = 'other.unknown' AND coalesce(rail, 'ach') = 'ach' AND median_minor >= ledger.least_wage(currency)
    AND (cadence IN ('biweekly', 'semimonthly') OR (cadence = 'weekly' AND amount_cv <= 0.2)) THEN 'payroll'
  ELSE 'income' END;

-- What is paid regularly of a category that says it; null for all others.
CREATE OR REPLACE MACRO ledger.kind_of_category(category) AS CASE
  WHEN category = 'housing.rent' THEN 'rent'
  WHEN category = 'fin_out.mortgage' THEN 'mortgage'
  WHEN category = 'fin_out.card_external' THEN 'card'
  WHEN category = 'fin_out.bnpl' THEN 'instalments'
  WHEN category IN ('fin_out.ewa', 'fin_out.cash_advance') THEN 'advance'
  WHEN category = 'fin_out.owner_draw' OR category LIKE 'xfer.own%' OR category = 'xfer.savings_out' THEN 'transfer'
  WHEN category LIKE 'fin!_out.%' ESCAPE '!' THEN 'loan'
  WHEN category IN ('xfer.investment_out', 'xfer.crypto_out') THEN 'saving'
  WHEN category LIKE 'fee.%' THEN 'fee'
  WHEN category LIKE 'adj.%' THEN 'reversal' END;

-- Whether what a person or a check gets every month is a rent: at the turn of the month, the same within a twentieth,
-- and nothing says of it that it is something else: support, or childcare.
CREATE OR REPLACE MACRO ledger.is_rent(category, rail, cadence, due_day, median_minor, minimum_minor, maximum_minor,
  currency) AS
  (category IN ('xfer.p2p_out', 'xfer.check_out')
    OR (category = 'other.unknown' AND coalesce(rail IN ('zelle', 'p2p_app', 'check'), false)))
  AND cadence = 'monthly' AND (due_day >= 28 OR due_day <= 7) AND median_minor >= ledger.least_rent(currency)
  AND 20 * (maximum_minor - minimum_minor) <= median_minor;

-- What money that leaves regularly is. is_steady: amounts differ by little or are mostly equal; is_flat: mostly equal.
CREATE OR REPLACE MACRO ledger.kind_out(category, merchant_key, rail, cadence, amount_cv, is_steady, is_flat, is_rent,
  annual_minor, currency) AS CASE
  WHEN ledger.kind_of_category(category) IS NOT NULL THEN ledger.kind_of_category(category)
  WHEN is_rent THEN 'rent'
  WHEN category IN ('xfer.p2p_out', 'xfer.remittance_out') OR coalesce(rail IN ('zelle', 'p2p_app'), false)
    THEN 'person'
  WHEN category = 'other.unknown' AND ledger.key_names_transfer(merchant_key) THEN 'transfer'
  WHEN cadence IN ('weekly', 'biweekly') AND amount_cv > 0.25 AND rail IS DISTINCT FROM 'ach' THEN 'habit'
  WHEN ledger.is_mixed_category(category) AND is_flat AND coalesce(rail, 'card') = 'card'
    AND annual_minor <= ledger.most_subscription(currency) THEN 'subscription'
  WHEN ledger.is_bill_category(category) THEN 'bill'
  WHEN category = 'fun.gambling' THEN 'habit'
  WHEN is_steady AND (ledger.is_subscription_category(category) OR ledger.names_subscription(merchant_key))
    THEN 'subscription'
  WHEN ledger.is_everyday_category(category) THEN
    CASE WHEN is_flat AND cadence NOT IN ('weekly', 'biweekly', 'semimonthly') THEN 'subscription' ELSE 'habit' END
  WHEN is_steady AND coalesce(rail, 'card') = 'card' AND annual_minor <= ledger.most_subscription(currency)
    THEN 'subscription'
  ELSE 'bill' END;
