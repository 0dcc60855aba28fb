package models_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// holderAccount stores an account of a bank.
func (s *shelf) holderAccount(id, holder, category, bank, last4 string) {
	s.t.Helper()
	s.account(id, id, holder, category, new(last4), -90)
	s.exec("UPDATE main.accounts SET institution_name = ? WHERE account_id = ?", bank, id+s.suffix)
}

// TestTransfersFromTheTextsOfBanks: what banks write on both ends of a transfer or a payment of a card, and of
// movements that only have the same amount. Each line is a holder.
func TestTransfersFromTheTextsOfBanks(t *testing.T) { textsOfTransfers.test(t) }

var textsOfTransfers = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	lines := readTransfers(s.t)
	const day = 30
	for i, line := range lines {
		from, to, holder := fmt.Sprintf("fca_out%02d", i), fmt.Sprintf("fca_in%02d", i), fmt.Sprintf("cus_%02d", i)
		s.holderAccount(from, holder, "cash", line[1], line[2])
		s.holderAccount(to, holder, line[3], line[4], line[5])
		amount, err := strconv.ParseInt(line[6], 10, 64)
		if err != nil {
			s.t.Fatal(err)
		}
		lag, err := strconv.Atoi(line[7])
		if err != nil {
			s.t.Fatal(err)
		}
		s.rows(from, []shelfRow{{day: day, amount: -amount, text: line[8]}})
		s.rows(to, []shelfRow{{day: day + lag, amount: amount, text: line[9]}})
	}
	s.asks(tablesOfTransfers...)
	return func(t *testing.T) {
		found := map[string][]string{} // by holder
		for _, transfer := range s.strings("SELECT holder_id || ' ' || status || ' ' || score || ' ' || " +
			"evidence::VARCHAR FROM ledger.transfers") {
			holder, told, _ := strings.Cut(transfer, " ")
			found[holder] = append(found[holder], told)
		}
		for i, line := range lines {
			got := found[fmt.Sprintf("cus_%02d", i)]
			if line[0] == "" && len(got) > 0 ||
				line[0] != "" && (len(got) != 1 || !strings.HasPrefix(got[0], line[0])) {
				t.Errorf("%q and %q, %s days later: %q, want %q", line[8], line[9], line[7], got, line[0])
			}
		}
		s.wantRulesOfSpending()
	}
})

// readTransfers reads testdata/transfers.csv, without its first line.
func readTransfers(t *testing.T) [][]string {
	t.Helper()
	file, err := os.Open("testdata/transfers.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines[1:]
}

// tablesOfTransfers are those that tests of transfers ask.
var tablesOfTransfers = []string{
	"ledger.labels", "ledger.transfers", "quality.missing_accounts", "expenses.category_month",
	"expenses.merchant_month", "expenses.transactions", "expenses.transfers",
}

// tellTransfers tells of a holder with checking, savings and, where it is linked, a card.
func (s *shelf) tellTransfers(isCardLinked bool, checking, savings, card []shelfRow) {
	s.t.Helper()
	s.holderAccount("fca_checking", "cus_1", "cash", "Wells Fargo", "1234")
	s.holderAccount("fca_savings", "cus_1", "cash", "Ally Bank", "9876")
	if isCardLinked {
		s.holderAccount("fca_card", "cus_1", "credit", "Citibank", "5555")
	}
	for account, rows := range map[string][]shelfRow{
		"fca_checking": checking, "fca_savings": savings, "fca_card": card,
	} {
		if len(rows) > 0 {
			s.rows(account, rows)
		}
	}
}

// tellTransfer adds a story of a holder, and of another one who differs in something. Rules of verify hold of both.
func tellTransfer(tell func(s, other *shelf), ask func(s, other *shelf)) *shelfStory {
	return tellShelf(func(s *shelf) func(t *testing.T) {
		other := s.beside()
		tell(s, other)
		s.asks(tablesOfTransfers...)
		return func(*testing.T) {
			ask(s, other)
			s.wantRulesOfSpending()
		}
	})
}

func (s *shelf) want(question string, want ...string) {
	s.t.Helper()
	if got := s.strings(question); !slices.Equal(got, want) {
		s.t.Errorf("%s\ngot  %q\nwant %q", question, got, want)
	}
}

// TestTwoLinkedAccountsMovingMoneyInCirclesLeaveNetIncomeUnchanged: A to B, back on the next day, and again.
func TestTwoLinkedAccountsMovingMoneyInCirclesLeaveNetIncomeUnchanged(t *testing.T) { circles.test(t) }

var circles = tellTransfer(func(s, alone *shelf) {
	checking := []shelfRow{{day: 1, amount: 300000, text: "ACME CORP PAYROLL PPD ID: 1234567890"}}
	alone.tellTransfers(false, checking, nil, nil)
	var savings []shelfRow
	for day := range 6 {
		out, in := &checking, &savings
		if day%2 == 1 {
			out, in = in, out
		}
		*out = append(*out, shelfRow{day: day + 2, amount: -50000, text: "EXTERNAL TRANSFER"})
		*in = append(*in, shelfRow{day: day + 2, amount: 50000, text: "EXTERNAL TRANSFER"})
	}
	s.tellTransfers(false, checking, savings, nil)
}, func(s, alone *shelf) {
	const income = `SELECT category || ' ' || sum(amount_minor) FROM expenses.transactions
		WHERE spend_state NOT IN ('own_transfer', 'card_payment') GROUP BY category`
	alone.want(income, "income.payroll 300000")
	s.want(income, "income.payroll 300000")
	s.want("SELECT count(*) || ' ' || count(counter_id) FROM ledger.transactions WHERE amount_minor <> 300000", "12 12")
	s.want("SELECT DISTINCT status FROM expenses.transfers", "AUTO")
})

// TestCardPurchaseAndCardPaymentAreSpentOnce: with the card linked its purchases count, and without it the payment, on
// a line of its own.
func TestCardPurchaseAndCardPaymentAreSpentOnce(t *testing.T) { paidCard.test(t) }

var paidCard = tellTransfer(func(s, alone *shelf) {
	checking := []shelfRow{{day: 20, amount: -4200, text: "CITI AUTOPAY PAYMENT 261102 123456789 JANE DOE"}}
	s.tellTransfers(true, checking, nil, []shelfRow{
		{day: 3, amount: -4200, text: "SAFEWAY #1234 AUSTIN TX"}, {day: 21, amount: 4200, text: "PAYMENT RECEIVED"},
	})
	alone.tellTransfers(false, checking, nil, nil)
}, func(s, alone *shelf) {
	const spent = "SELECT category || ' ' || net_minor FROM expenses.category_month ORDER BY ALL"
	s.want(spent, "food.groceries 4200")
	s.want("SELECT kind || ' ' || out_account_key || ' ' || in_account_key || ' ' || lag_days FROM expenses.transfers",
		"card_payment fca_checking fca_card 1")
	alone.want(spent, "fin_out.card_external 4200")
})

// TestOverdraftProtectionTransferIsATransfer: with the other account linked, and without.
func TestOverdraftProtectionTransferIsATransfer(t *testing.T) { overdraftProtection.test(t) }

var overdraftProtection = tellTransfer(func(s, alone *shelf) {
	checking := []shelfRow{
		{day: 5, amount: 10000, text: "OVERDRAFT PROTECTION FROM 00009876"},
	}
	savings := []shelfRow{{day: 5, amount: -10000, text: "OVERDRAFT PROTECTION TO 00001234"}}
	s.tellTransfers(false, checking, savings, nil)
	alone.tellTransfers(false, checking, nil, nil)
}, func(s, alone *shelf) {
	const told = "SELECT category FROM expenses.transactions ORDER BY amount_minor"
	s.want(told, "xfer.own_out", "xfer.own_in")
	alone.want(told, "xfer.own_unlinked_in")
})

// TestWhatCameBackIsNoLegOfATransfer: a transfer that the other bank returned is paired with its return, so the second
// attempt of the same amount finds the leg that arrived.
func TestWhatCameBackIsNoLegOfATransfer(t *testing.T) { returnedTransfer.test(t) }

var returnedTransfer = tellTransfer(func(s, _ *shelf) {
	s.tellTransfers(false, []shelfRow{
		{day: 2, amount: -70000, text: "ALLY BANK TRANSFER"},
		{day: 4, amount: 70000, text: "RETURN ALLY BANK TRANSFER"},
		{day: 5, amount: -70000, text: "ALLY BANK TRANSFER"},
	}, []shelfRow{{day: 6, amount: 70000, text: "Requested transfer from WELLS FARGO"}}, nil)
}, func(s, _ *shelf) {
	s.want("SELECT lag_days || ' ' || status FROM ledger.transfers", "1 AUTO")
})

// TestACashAdvanceOfACardIsFinancing: no income, and no spending on the card.
func TestACashAdvanceOfACardIsFinancing(t *testing.T) { cardAdvance.test(t) }

var cardAdvance = tellTransfer(func(s, alone *shelf) {
	checking := []shelfRow{{day: 5, amount: 20000, text: "TRANSFER FROM CREDIT CARD 5555"}}
	s.tellTransfers(true, checking, nil, []shelfRow{{day: 5, amount: -20000, text: "CASH ADVANCE TO CHECKING"}})
	alone.tellTransfers(false, checking, nil, nil)
}, func(s, alone *shelf) {
	s.want("SELECT category || ' ' || treatment || ' ' || spend_state FROM ledger.labels ORDER BY 1",
		"fin_in.cash_advance financing own_transfer", "xfer.own_out exclude own_transfer")
	alone.want("SELECT category FROM ledger.labels", "fin_in.cash_advance")
})

// TestAccountsThatAreNotLinkedAreNamed: by bank or number, with the rows that cite them; not those that are linked.
func TestAccountsThatAreNotLinkedAreNamed(t *testing.T) { citedAccounts.test(t) }

var citedAccounts = tellTransfer(func(s, _ *shelf) {
	s.tellTransfers(true, []shelfRow{
		{day: 1, amount: -10000, text: "ONLINE TRANSFER TO SAVINGS XXXXXX4444 REF #IB0ABC1234 ON 11/02/26"},
		{day: 9, amount: -10000, text: "ONLINE TRANSFER TO SAVINGS XXXXXX4444 REF #IB0ABC1235 ON 11/10/26"},
		{day: 3, amount: -20000, text: "CAPITAL ONE N.A. TRANSFER 261102"},
		{day: 4, amount: -30000, text: "CHASE CREDIT CRD AUTOPAY 261102"},
		{day: 5, amount: -40000, text: "ONLINE TRANSFER TO SAVINGS XXXXXX9876 REF #IB0ABC1236 ON 11/06/26"},
		{day: 6, amount: -50000, text: "CITI CARD ONLINE PAYMENT 261102"},
	}, nil, nil)
}, func(s, _ *shelf) {
	s.want(`SELECT concat_ws(' ', kind, coalesce(institution, '-'), coalesce(last4, '-'), transaction_count, in_minor,
		out_minor, len(transaction_ids)) FROM quality.missing_accounts ORDER BY ALL`,
		"account - 4444 2 0 20000 2", "account CAPITAL ONE - 1 0 20000 1", "card CHASE - 1 0 30000 1")
})

// TestAPersonDecidesWhichPairsAreTransfers: one that was only suggested, or lies too far apart, is one when it is
// confirmed, and one that was found is dropped when it is rejected; until then each leg is what its own text says.
func TestAPersonDecidesWhichPairsAreTransfers(t *testing.T) { decidedTransfers.test(t) }

var decidedTransfers = tellTransfer(func(decided, undecided *shelf) {
	checking := []shelfRow{
		{day: 1, amount: -50000, text: "EXTERNAL TRANSFER"},
		{day: 10, amount: -30000, text: "CHECK 1021"},
		{day: 40, amount: -12345, text: "WITHDRAWAL"},
	}
	savings := []shelfRow{
		{day: 1, amount: 50000, text: "EXTERNAL TRANSFER"},
		{day: 12, amount: 30000, text: "DEPOSIT"},
		{day: 60, amount: 12345, text: "DEPOSIT"},
	}
	for _, s := range []*shelf{decided, undecided} {
		s.tellTransfers(false, checking, savings, nil)
	}
	for minor, decision := range map[int]string{50000: "rejected", 30000: "confirmed", 12345: "confirmed"} {
		decided.exec(`INSERT INTO meta.transfer_decisions BY NAME SELECT o.transaction_id AS out_id,
			i.transaction_id AS in_id, ? AS decision, 'v' AS version,
			(SELECT watermark FROM meta.store) AS observed_at, 'run' AS run_id
			FROM main.transactions o JOIN main.transactions i ON i.amount_minor = -o.amount_minor
			WHERE o.amount_minor = ? AND contains(o.account_id, ?) AND contains(i.account_id, ?)`,
			decision, -minor, decided.suffix, decided.suffix)
	}
}, func(decided, undecided *shelf) {
	const found = `SELECT size_minor || ' ' || status || ' ' || (SELECT count(*) FROM ledger.labels l
		WHERE l.transfer_id = t.transfer_id) FROM ledger.transfers t ORDER BY size_minor`
	undecided.want(found, "50000 AUTO 2")
	decided.want(found, "12345 CONFIRMED 2", "30000 CONFIRMED 2", "50000 REJECTED 0")
	decided.want("SELECT DISTINCT category FROM ledger.labels WHERE transfer_id IS NOT NULL ORDER BY ALL",
		"xfer.own_in", "xfer.own_out")
})
