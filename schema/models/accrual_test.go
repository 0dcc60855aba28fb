package models_test

import (
	"slices"
	"testing"
)

// TestARefundCountsInItsMonthAndInThatOfThePurchase: in the cash view when it came, in the accrual view when the thing
// was bought; one whose purchase is not known counts when it came in both. Both views have the same sum.
func TestARefundCountsInItsMonthAndInThatOfThePurchase(t *testing.T) { refundsOfMonths.test(t) }

var refundsOfMonths = tellDiary("2027-01-20", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(
		on("2026-09-02", -1000, safeway), on("2026-10-20", -5000, safeway), on("2026-11-05", 5000, safewayReturn),
		on("2026-11-10", -9000, safeway), on("2026-11-28", 2000, safewayReturn), on("2026-12-03", 3000, safewayReturn),
		on("2026-12-09", 700, "PURCHASE RETURN AUTHORIZED ON 12/08 IKEA 257 AUSTIN TX S123 CARD 9921"),
	))
	d.asks("expenses.category_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', month, gross_minor, refund_minor, net_minor, net_accrual_minor)
		FROM expenses.category_month WHERE category = 'food.groceries' AND month < '2027-01' ORDER BY month`: {
				"2026-09 1000 0 1000 1000", "2026-10 5000 0 5000 0", "2026-11 9000 7000 2000 4000",
				"2026-12 0 3000 -3000 0",
			},
			`SELECT concat_ws(' ', month, net_minor, net_accrual_minor) FROM expenses.category_month
		WHERE category <> 'food.groceries' AND transaction_count > 0`: {"2026-12 -700 -700"},
			`SELECT concat_ws(' ', transacted_date, accrual_date) FROM expenses.transactions WHERE amount_minor > 0
		ORDER BY transacted_date`: {
				"2026-11-05 2026-10-20", "2026-11-28 2026-11-10", "2026-12-03 2026-11-10", "2026-12-09 2026-12-09",
			},
		})
	}
})

// TestARefundCountsWhereItsPurchaseDoes: a person says what one purchase was for, and the refund of it follows; that of
// another purchase of the merchant does not.
func TestARefundCountsWhereItsPurchaseDoes(t *testing.T) { refundOfAnInventory.test(t) }

var refundOfAnInventory = tellDiary("2027-01-20", func(d *diary) (ask func(t *testing.T)) {
	d.tell(slices.Concat(
		on("2026-10-20", -5000, safeway), on("2026-11-05", 5000, safewayReturn),
		on("2026-11-10", -9000, safeway), on("2026-11-28", 9000, safewayReturn),
	))
	d.exec(`INSERT INTO meta.overrides BY NAME SELECT transaction_id, 'v' AS version, 'biz.inventory' AS category,
		(SELECT watermark FROM meta.store) AS observed_at, 'run' AS run_id
		FROM main.transactions WHERE amount_minor = -9000 AND contains(account_id, ?)`, d.suffix)
	d.asks("expenses.category_month")
	return func(t *testing.T) {
		wantRows(t, d.shelf, map[string][]string{
			`SELECT concat_ws(' ', amount_minor, category, spend_category) FROM expenses.transactions
		ORDER BY transacted_date`: {
				"-5000 food.groceries food.groceries", "5000 adj.refund food.groceries",
				"-9000 biz.inventory biz.inventory", "9000 adj.refund biz.inventory",
			},
		})
	}
})
