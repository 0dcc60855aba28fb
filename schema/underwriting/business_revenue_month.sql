-- model: underwriting.business_revenue_month
-- about: A month of a holder whose cash accounts show a business: at least three rows of what only businesses have
--   (settlements of cards and marketplaces, customers' payments, payroll, inventory, advances on receipts) in all that
--   is held. Others have no row. Revenue is on a cash basis, and settlements are net of what processors keep
-- order: holder_id, holder_type, currency, month
-- part: holder_id
-- scope: holder_type, holder_id
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose business it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month of posting in the report zone, YYYY-MM
-- column revenue_minor: BIGINT. What came in, without own transfers, the owner's own money, loans, refunds received and
--   tax refunds, wages, benefits, pensions, support, interest, dividends and winnings, less refunds to customers and
--   deposits that came back, minor units; null when out of range
-- column processor_minor: BIGINT. Of it settlements of card processors, minor units; null when out of range
-- column marketplace_minor: BIGINT. Payouts of marketplaces, minor units; null when out of range
-- column invoice_minor: BIGINT. Payments of customers by the clearing house, wire or check whose text says so, minor
--   units; null when out of range
-- column cash_minor: BIGINT. Cash paid in, minor units; null when out of range
-- column check_minor: BIGINT. Checks paid in, minor units; null when out of range
-- column wire_minor: BIGINT. Other wires, minor units; null when out of range
-- column person_minor: BIGINT. From people, minor units; null when out of range
-- column refunded_minor: BIGINT. Refunds to customers and deposits that came back, minor units; null when out of range
-- column deposit_days: BIGINT NOT NULL. Days on which revenue came in
-- column payroll_minor: BIGINT. Payroll runs, minor units; null when out of range
-- column payroll_count: BIGINT NOT NULL. Number of them
-- column payroll_tax_minor: BIGINT. Payroll tax, minor units; null when out of range
-- column rent_minor: BIGINT. Rent, minor units; null when out of range
-- column insurance_minor: BIGINT. Insurance, minor units; null when out of range
-- column tax_minor: BIGINT. Other taxes, sales tax too, minor units; null when out of range
-- column inventory_minor: BIGINT. Inventory and goods, minor units; null when out of range
-- column advertising_minor: BIGINT. Advertising, minor units; null when out of range
-- column operating_out_minor: BIGINT. All expenses, those above and those of consumers too, minor units; null when out
--   of range
-- column debt_service_minor: BIGINT. Payments of loans and advances, minor units; null when out of range
-- column owner_in_minor: BIGINT. The owner's contributions, minor units; null when out of range
-- column owner_out_minor: BIGINT. The owner's draws, minor units; null when out of range
-- column value_state: VARCHAR NOT NULL. OK; PARTIAL: rows of an account or of some days may be missing, or the
--   month is not over; UNRECONCILED: balances say that rows are wrong or missing, see underwriting.cash_flow_month;
--   NOT_COVERED: no account's rows are held for it, so sums are of what is there
WITH rows_of AS (
    SELECT *, ledger.earned_minor(treatment, category, in_minor) AS earned,
        ledger.is_given_back(treatment, category) AS is_given_back,
        regexp_matches(category, '^(income\.biz_|biz\.|fin_in\.biz_|fin_out\.biz_)') AS is_business
    FROM underwriting.flow_days WHERE is_cash),
businesses AS (
    SELECT holder_type, holder_id, currency FROM rows_of WHERE is_business
    GROUP BY ALL HAVING sum(in_count + out_count) >= 3),
months AS (
    SELECT r.holder_type, r.holder_id, r.currency, strftime(r.day, '%Y-%m') AS month,
        sum(earned) - coalesce(sum(out_minor) FILTER (is_given_back), 0) AS revenue,
        count(DISTINCT r.day) FILTER (earned > 0) AS deposit_days,
        sum(in_minor) FILTER (category = 'income.biz_processor') AS processor,
        sum(in_minor) FILTER (category = 'income.biz_marketplace') AS marketplace,
        sum(in_minor) FILTER (category = 'income.biz_invoice') AS invoice,
        sum(in_minor) FILTER (category = 'xfer.cash_deposit') AS cash,
        sum(in_minor) FILTER (category = 'xfer.check_deposit') AS checks,
        sum(in_minor) FILTER (category = 'xfer.wire_in') AS wires,
        sum(in_minor) FILTER (category = 'xfer.p2p_in') AS people,
        sum(out_minor) FILTER (is_given_back) AS given_back,
        sum(out_minor) FILTER (category = 'biz.payroll_run') AS payroll,
        coalesce(sum(out_count) FILTER (category = 'biz.payroll_run'), 0)::BIGINT AS payrolls,
        sum(out_minor) FILTER (category = 'biz.payroll_tax') AS payroll_tax,
        sum(out_minor) FILTER (category = 'housing.rent') AS rent,
        sum(out_minor) FILTER (category = 'services.insurance') AS insurance,
        sum(out_minor) FILTER (category IN ('gov.tax', 'biz.sales_tax')) AS taxes,
        sum(out_minor) FILTER (category = 'biz.inventory') AS inventory,
        sum(out_minor) FILTER (category = 'biz.advertising') AS advertising,
        sum(out_minor) FILTER (treatment = 'expense') AS operating,
        sum(out_minor) FILTER (treatment = 'debt_service') AS debts,
        sum(in_minor) FILTER (category = 'fin_in.owner_contribution') AS owner_in,
        sum(out_minor) FILTER (category = 'fin_out.owner_draw') AS owner_out
    FROM rows_of r SEMI JOIN businesses USING (holder_type, holder_id, currency)
    GROUP BY r.holder_type, r.holder_id, r.currency, strftime(r.day, '%Y-%m'))
SELECT m.holder_type, m.holder_id, m.currency, m.month, meta.minor(revenue) AS revenue_minor,
    meta.minor(coalesce(processor, 0)) AS processor_minor, meta.minor(coalesce(marketplace, 0)) AS marketplace_minor,
    meta.minor(coalesce(invoice, 0)) AS invoice_minor, meta.minor(coalesce(cash, 0)) AS cash_minor,
    meta.minor(coalesce(checks, 0)) AS check_minor, meta.minor(coalesce(wires, 0)) AS wire_minor,
    meta.minor(coalesce(people, 0)) AS person_minor, meta.minor(coalesce(given_back, 0)) AS refunded_minor,
    deposit_days, meta.minor(coalesce(payroll, 0)) AS payroll_minor, payrolls AS payroll_count,
    meta.minor(coalesce(payroll_tax, 0)) AS payroll_tax_minor, meta.minor(coalesce(rent, 0)) AS rent_minor,
    meta.minor(coalesce(insurance, 0)) AS insurance_minor, meta.minor(coalesce(taxes, 0)) AS tax_minor,
    meta.minor(coalesce(inventory, 0)) AS inventory_minor, meta.minor(coalesce(advertising, 0)) AS advertising_minor,
    meta.minor(coalesce(operating, 0)) AS operating_out_minor, meta.minor(coalesce(debts, 0)) AS debt_service_minor,
    meta.minor(coalesce(owner_in, 0)) AS owner_in_minor, meta.minor(coalesce(owner_out, 0)) AS owner_out_minor,
    CASE WHEN f.flow_state = 'complete' AND len(f.uncovered_accounts) = 0 THEN 'OK'
        WHEN f.flow_state = 'unreconciled' THEN 'UNRECONCILED'
        WHEN f.flow_state IN ('complete', 'unheld', 'partial', 'out_of_range') THEN 'PARTIAL' ELSE 'NOT_COVERED' END
        AS value_state
FROM months m LEFT JOIN underwriting.cash_flow_month f USING (holder_type, holder_id, currency, month)
