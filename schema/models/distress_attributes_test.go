package models_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
)

var protectedAccount = tellSteady(func(h *household) {
	h.says("fca_a", date(6, 1, 9), 20000, "OVERDRAFT PROTECTION TRANSFER FROM SAVINGS 1234")
	h.says("fca_a", date(6, 2, 9), -1250, "OVERDRAFT PROTECTION TRANSFER FEE")
})

var retriedBill = tellSteady(func(h *household) {
	h.says("fca_a", date(6, 8, 9), -8000, "ACH DEBIT CITY WATER DES:BILL ID:1 INDN:JANE DOE CO ID:2 PPD")
	h.says("fca_a", date(6, 9, 9), 8000, "RETURNED ITEM CITY WATER")
	h.says("fca_a", date(6, 9, 9), -3500, "NSF: RETURNED ITEM FEE FOR ACTIVITY OF 06-08")
	h.says("fca_a", date(6, 13, 9), -8000, "ACH DEBIT CITY WATER DES:RETRY PYMT ID:1 INDN:JANE DOE CO ID:2 PPD")
})

var refundedFee = tellSteady(func(h *household) {
	h.says("fca_a", date(6, 1, 9), -3500, "OVERDRAFT FEE")
	h.says("fca_a", date(6, 9, 9), 3500, "OVERDRAFT FEE REVERSAL")
	h.says("fca_a", date(5, 1, 9), -3400, "NSF FEE")
})

var undisturbed = tellSteady(func(*household) {})

var besideACard = tellSteady(func(h *household) {
	h.account("fca_card", "cus_1", date(6, 20, 12), func(a *schema.Account) {
		a.Category, a.Subcategory = "credit", "credit_card"
	})
	h.says("fca_card", date(6, 1, 9), -2900, "LATE FEE")
	h.observe("fca_card", date(6, 20, 11), 2900)
})

var overdrawnFree = tellSteady(func(h *household) {
	h.says("fca_a", date(6, 1, 9), -900000, "WIRE OUT")
	h.says("fca_a", date(6, 3, 9), 900000, "WIRE IN")
	h.says("fca_a", date(6, 5, 9), -1000, "STOP PAYMENT FEE")
	h.says("fca_a", date(6, 6, 9), -1000, "LEGAL ORDER DEBIT LTS D060626")
})

// tellSteady tells of a holder whose checking account moves every day and is held and proved from 1 March to 19 June.
func tellSteady(change func(h *household)) *story {
	return tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		before, total := len(h.landed.Transactions), int64(0)
		change(h)
		for _, row := range h.landed.Transactions[before:] {
			if row.AccountID == "fca_a" {
				total += row.AmountMinor
			}
		}
		h.landed.Balances[1].CurrentMinor = new(*h.landed.Balances[1].CurrentMinor + total)
	})
}

func (h *household) says(id string, at time.Time, amount int64, text string) {
	h.post(id, at, amount).Description = text
}

// wantAccountValues asks for attributes of an account, by name and span: state and value.
func wantAccountValues(s asked, account string, want map[[2]string]string) {
	for what, expected := range want {
		s.Want(fmt.Sprintf(`SELECT value_state || ' ' || coalesce(value_integer::VARCHAR, value_double::VARCHAR,
			value_date::VARCHAR, value_text, '-') FROM underwriting.attribute_values WHERE account_key = '%s'
			AND currency = 'usd' AND attribute = '%s' AND window_name = '%s'`, account, what[0], what[1]), expected)
	}
}

// TestOverdraftProtectionTransferIsNoDistressEvent: it is counted as what it is, and no event, fee or day.
func TestOverdraftProtectionTransferIsNoDistressEvent(t *testing.T) {
	s := protectedAccount.published(t)
	wantValues(t, s, map[string]string{
		"distress_protection_transfer_count 30d": "OK 1", "distress_event_count 30d": "OK 0",
		"distress_fee_count 30d": "OK 0", "distress_overdraft_days 30d": "OK 0",
		"distress_days_since_event now": "NO_DATA -",
	})
}

// TestFeeReturnAndRetryAreOneDistressEvent: in the attributes, of the account and of the holder.
func TestFeeReturnAndRetryAreOneDistressEvent(t *testing.T) {
	s := retriedBill.published(t)
	want := map[string]string{
		"distress_event_count 30d": "OK 1", "distress_event_count 7d": "OK 1", "distress_event_count 31_60d": "OK 0",
		"distress_returned_item_count 30d": "OK 1", "distress_nsf_days 30d": "OK 1",
		"distress_overdraft_days 30d": "OK 0", "distress_days_since_event now": "OK 7",
		"distress_days_since_nsf_fee now": "OK 11", "distress_fee_minor 30d": "OK 3500",
	}
	wantValues(t, s, want)
	wantAccountValues(s, "fca_a", map[[2]string]string{
		{"distress_event_count", "30d"}: "OK 1", {"distress_fee_minor", "30d"}: "OK 3500",
		{"distress_bank_fee_policy", "now"}: "OK CHARGES",
	})
	s.Want(`SELECT concat_ws(' ', holder_id, account_key, first_day, last_day, fee_minor, returned_count,
		representment_count, is_reversed) FROM underwriting.distress_events`,
		"cus_1 fca_a 2026-06-09 2026-06-13 3500 1 1 false")
}

// TestARefundedFeeOnlyEventIsNotInTheNetCount: it stays in the gross one, and what came back is told.
func TestARefundedFeeOnlyEventIsNotInTheNetCount(t *testing.T) {
	s := refundedFee.published(t)
	wantValues(t, s, map[string]string{
		"distress_event_count 90d": "OK 2", "distress_event_net_count 90d": "OK 1",
		"distress_event_count 30d": "OK 1", "distress_event_net_count 30d": "OK 0",
		"distress_fee_minor 90d": "OK 6900", "distress_fee_reversed_minor 90d": "OK 3500",
		"distress_overdraft_days 30d": "OK 1",
	})
}

// TestDaysSinceAnEventThatNeverHappenedAreALowerBound: as many as are held, and no number of its own.
func TestDaysSinceAnEventThatNeverHappenedAreALowerBound(t *testing.T) {
	s := undisturbed.published(t)
	s.Want(`SELECT string_agg(attribute || ' ' || value_state || ' ' || coalesce(value_integer::VARCHAR, '-') || ' '
		|| lower_bound_days || ' ' || state_reason, '; ' ORDER BY attribute) FROM underwriting.attribute_values
		WHERE account_key = '' AND attribute LIKE 'distress_days_since%'`,
		"distress_days_since_event NO_DATA - 111 not in 111 days; "+
			"distress_days_since_nsf_fee NO_DATA - 111 not in 111 days")
}

var hiddenWeeks = tellDecided(map[string]string{"fca_b": "fca_a"}, func(h *household) {
	h.account("fca_a", "cus_1", date(3, 20, 12), nil)
	h.account("fca_b", "cus_1", date(6, 20, 12), func(a *schema.Account) { a.CreatedAt = date(4, 20, 8) })
	h.says("fca_a", date(3, 1, 9), 10000, "ACME CORP PAYROLL PPD ID: 1234567890")
	h.says("fca_a", date(3, 10, 9), -3500, "OVERDRAFT FEE")
	h.says("fca_b", date(4, 20, 9), 10000, "ACME CORP PAYROLL PPD ID: 1234567890")
	h.observe("fca_b", date(6, 20, 11), 16500)
})

// TestDaysSinceAreNotOKWhereDaysAreHidden: between two accounts of a chain weeks are held by neither, in which there
// may have been an event.
func TestDaysSinceAreNotOKWhereDaysAreHidden(t *testing.T) {
	hiddenWeeks.continued(t).Want(`SELECT concat_ws(' ', value_state, value_integer, state_reason)
		FROM underwriting.attribute_values WHERE account_key = 'fca_a' AND attribute = 'distress_days_since_event'`,
		"PARTIAL 102 31 days since the first are not held")
}

// TestACardHasNoDistress: fees for insufficient funds are of cash accounts.
func TestACardHasNoDistress(t *testing.T) {
	s := besideACard.published(t)
	s.Want("SELECT count(*) FROM underwriting.attribute_values WHERE account_key = 'fca_card' "+
		"AND attribute NOT LIKE 'balance_credit_%'", "0")
	wantValues(t, s, map[string]string{"distress_event_count 30d": "OK 0", "distress_late_fee_count 30d": "OK 1"})
}

// TestOverdraftsWithoutAFee: a bank that charges none is told from one whose customer was never below zero.
func TestOverdraftsWithoutAFee(t *testing.T) {
	s := overdrawnFree.published(t)
	wantAccountValues(s, "fca_a", map[[2]string]string{
		{"distress_silent_overdraft_count", "30d"}:   "OK 1",
		{"distress_event_count", "30d"}:              "OK 0",
		{"distress_bank_fee_policy", "now"}:          "OK NONE_SEEN_WITH_NEGATIVE_DAYS",
		{"distress_stop_payment_count", "90d"}:       "OK 1",
		{"distress_account_closed_or_frozen", "now"}: "OK LEVY",
	})
}

var closedAtBank = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", date(6, 20, 12), func(a *schema.Account) {
		a.Status = "inactive"
		a.Extra = new(`{"status_details":{"inactive":{"action":"none","cause":"account_closed"}}}`)
	})
	h.post("fca_b", date(3, 1, 9), 500)
	h.account("fca_c", "cus_1", date(6, 20, 12), func(a *schema.Account) {
		a.Status = "inactive"
		a.Extra = new(`{"status_details":{"inactive":{"action":"relink_required","cause":"access_expired"}}}`)
	})
	h.post("fca_c", date(3, 1, 9), 500)
})

// TestAnAccountThatItsBankClosedIsSaid, though its last refresh succeeded; one that may be linked again is not closed.
func TestAnAccountThatItsBankClosedIsSaid(t *testing.T) {
	closedAtBank.published(t).Want(`SELECT string_agg(account_key || ' ' || value_text, ', ' ORDER BY account_key)
		FROM underwriting.attribute_values WHERE attribute = 'distress_account_closed_or_frozen'`,
		" CLOSED_OR_FROZEN, fca_a NO, fca_b CLOSED_OR_FROZEN, fca_c NO")
}

var protectedTwice = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_s", "cus_1", date(6, 20, 12), func(a *schema.Account) { a.Subcategory = "savings" })
	h.post("fca_s", date(3, 1, 9), 500)
	for month := 4; month <= 6; month++ {
		h.says("fca_a", date(month, 10, 12), 20000, "OVERDRAFT PROTECTION FROM SAVINGS 1234")
		h.says("fca_s", date(month, 10, 12), -20000, "OVERDRAFT PROTECTION TO CHECKING 9981")
	}
	h.says("fca_s", date(6, 11, 12), -7000, "OVERDRAFT PROTECTION TO CHECKING 9981") // of an account that is not linked
	h.says("fca_a", date(5, 14, 12), 9000, "OVERDRAFT PROTECTION FROM CREDIT LINE")
	*h.landed.Balances[1].CurrentMinor += 3*20000 + 9000
	h.observe("fca_s", date(3, 2, 11), 100000)
	h.observe("fca_s", date(6, 20, 11), 100000-3*20000-7000)
})

// TestATransferThatCoversAnOverdraftIsOneInBothAccounts: each account tells of it, and of the holder it is one; its
// lineage counts as much.
func TestATransferThatCoversAnOverdraftIsOneInBothAccounts(t *testing.T) {
	s := protectedTwice.published(t)
	wantValues(t, s, map[string]string{"distress_protection_transfer_count 90d": "OK 5"})
	const count = "distress_protection_transfer_count"
	wantAccountValues(s, "fca_a", map[[2]string]string{{count, "90d"}: "OK 4"})
	s.Want(`SELECT string_agg(value_integer::VARCHAR, ' ' ORDER BY account_key) FROM underwriting.attribute_values
		WHERE attribute = 'distress_protection_transfer_count' AND window_name = '90d'`, "5 4 4")
	s.store().Want(`SELECT string_agg(n::VARCHAR, ' ' ORDER BY account_key) FROM (SELECT account_key, sum(counted) AS n
		FROM underwriting.lineage('cus_1`+s.suffix+`') WHERE attribute = 'distress_protection_transfer_count'
		AND window_name = '90d' GROUP BY ALL)`, "5 4 4")
}

// memos are words that people write beside what they send: the bank says nothing with them.
var memos = paidHolder(
	on("2026-05-02", 30000, `Zelle payment from JANE DOE for "stop payment nsf returned"; Conf# abcd1234e`),
	on("2026-05-03", -20000, `Zelle payment to JANE DOE for "overdraft protection"; Conf# abcd1234e`),
	on("2026-05-04", -10000, `Zelle payment to JANE DOE for "garnishment, overdraft fee"; Conf# abcd1234e`))

// TestMemosOfPeopleAreNoNoticesOfTheBank: nothing was stopped, returned, protected or taken.
func TestMemosOfPeopleAreNoNoticesOfTheBank(t *testing.T) {
	s := memos.published(t)
	s.Want("SELECT count(*) FROM ledger.bank_notices", "0")
	s.Want("SELECT count(*) FROM ledger.distress_events", "0")
	s.Want(`SELECT string_agg(DISTINCT category, ' ' ORDER BY category) FROM ledger.labels
		WHERE rule_id LIKE 'person%'`, "xfer.p2p_in xfer.p2p_out")
	s.Want(`SELECT count(*) FROM underwriting.attribute_values WHERE starts_with(attribute, 'distress_')
		AND value_integer > 0 AND holder_id = 'cus_1' AND contains(attribute, '_count')`, "0")
}
