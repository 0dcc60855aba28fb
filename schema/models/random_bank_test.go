package models_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// randomBank is a shelf whose rounds are drawn: rows that come late, post, change, go void or come again under another
// id; accounts that are linked again, separated, change hands or are never complete; balances that agree or do not.
type randomBank struct {
	*shelf
	draw      *rand.Rand
	now       time.Time // observed_at of the round that is being drawn
	accounts  []*bankAccount
	rows      []*bankRow
	ids       int   // how many were given: a removed row's is not given again
	partRows  int64 // of its derivations, as are wholeRows
	wholeRows int64
	gone      *sql.Conn // knows what was removed since the last derivation; nil is nothing
	// most rows are of two accounts, whose bank sends dates: how instants are read changes with the rows
	dates   bool
	began   time.Time
	streams []*bankStream
	rules   []bankRule // of the user's own, in their order
	columns []string   // of all tables, once a test asks
}

type bankAccount struct {
	id, key          string
	holder           *string
	category, status string
	refresh          *string // outcome of its last refresh
	permissions      []any   // nil: not stated
	through          *time.Time
	created          time.Time
	bank             string
	last4            *string
}

type bankRow struct {
	id, account, currency, text, status string
	amount                              int64
	version                             int
	transacted                          time.Time
	posted, voided                      *time.Time
}

var bankTexts = []string{
	"KROGER #412", "KROGER #412 REFUND", "AMAZON.COM*2K4", "AMZN MKTP US REFUND", "SHELL OIL 57444812", "REFUND CENTER",
	"ONLINE TRANSFER TO SAV ...1234", "ONLINE TRANSFER FROM CHK ...4321", "PAYMENT THANK YOU",
	"AUTOPAY CREDIT CARD PAYMENT",
	"ZELLE FROM JANE DOE", "ACME CORP PAYROLL", "OVERDRAFT FEE", "TRANSFER TO JOHN SMITH", "SQ *CORNER CAFÉ", "",
	"CHECK 1021", "INTEREST PAID", "UBER TRIP", "REVERSAL UBER TRIP", "CHASE CREDIT CRD AUTOPAY",
	"ZELLE TO JANE DOE", "RETURN OF ACH TRANSFER", "CASH ADVANCE",
}

var bankAmounts = []int64{-1000, 1000, -2500, 2500, -100, -1, 5000, -5000, -12500, 0, 1 << 62, -1 << 62}

func newRandomBank(t *testing.T, seed uint64) *randomBank {
	t.Helper()
	return newEmptyBank(t, seed).filled(seed)
}

// filled draws what a bank begins with.
func (b *randomBank) filled(seed uint64) *randomBank {
	b.t.Helper()
	b.dates = seed%3 == 1
	b.wholeRows = int64(seed / 2 % 2) // of half of them even small tables are rebuilt where nearly all is touched
	b.exec("BEGIN")                   // one commit for all rows
	for len(b.rows) < 40 || b.dates && len(b.rows) < 80 {
		b.newRow()
	}
	for range 6 {
		b.payStreams()
	}
	b.round(0)
	b.exec("COMMIT")
	return b
}

// newEmptyBank has accounts, and no rows yet.
func newEmptyBank(t *testing.T, seed uint64) *randomBank {
	t.Helper()
	return newBankOn(newShelf(t), seed, "")
}

// newBankOn is an empty bank beside others of a shelf: its mark is in the ids of its accounts and holders.
func newBankOn(s *shelf, seed uint64, mark string) *randomBank {
	s.t.Helper()
	return newBankAt(s, seed, mark, shelfStart.AddDate(0, 4, 0))
}

// newBankAt is newBankOn at an instant of its first round.
func newBankAt(s *shelf, seed uint64, mark string, now time.Time) *randomBank {
	s.t.Helper()
	b := &randomBank{shelf: s, draw: rand.New(rand.NewPCG(seed, 17)), now: now}
	b.began, b.streams = b.now, newBankStreams()
	for i, category := range []string{"cash", "credit", "cash", "cash", "investment", "cash", "cash"} {
		id := fmt.Sprintf("fca_%s%d", mark, i)
		holder := fmt.Sprintf("cus_%s%d", mark, i/3)
		b.accounts = append(b.accounts, &bankAccount{
			id: id, key: id, holder: &holder, category: category, status: "active", bank: "Bank",
			created: shelfStart.AddDate(0, 3, i), permissions: []any{"transactions"},
		})
	}
	b.accounts[6].holder = nil
	for _, a := range b.accounts {
		b.observe(a)
	}
	return b
}

// chance is true in one of n cases.
func (b *randomBank) chance(n int) bool { return b.draw.IntN(n) == 0 }

func pick[T any](b *randomBank, from []T) T { return from[b.draw.IntN(len(from))] }

// hours is an instant some hours before or after the round.
func (b *randomBank) hours(n int) time.Time { return b.now.Add(time.Duration(n) * time.Hour) }

// round draws the changes of a round that is some hours after the one before.
func (b *randomBank) round(hours int) {
	b.t.Helper()
	b.now = b.hours(hours)
	for range b.draw.IntN(12) {
		pick(b, []func(){
			b.newRow, b.newRow, b.post, b.post, b.replace, b.void, b.correct, b.lateState, b.relink, b.change,
			b.oddRow, b.oddRow, b.state, b.state, b.payStreams, b.payStreams, b.bounce, b.giveBack, b.remit,
			b.label, b.label,
		})()
	}
	for _, a := range b.accounts {
		if b.chance(3) {
			continue
		}
		through := b.hours(-b.draw.IntN(30))
		if b.chance(9) {
			through = through.AddDate(0, 0, -b.draw.IntN(60))
		}
		a.through = &through
		b.observe(a)
		for range b.draw.IntN(3) {
			b.balance(a)
		}
	}
	b.exec("UPDATE meta.store SET watermark = ?", b.now)
}

// observe stores an account as it is now, and the version.
func (b *randomBank) observe(a *bankAccount) {
	b.t.Helper()
	b.exec("DELETE FROM main.accounts WHERE account_id = ?", a.id)
	b.exec("DELETE FROM main.account_versions WHERE account_id = ? AND observed_at = ?", a.id, b.now)
	var holderType *string
	if a.holder != nil {
		holderType = new("customer")
		if strings.HasPrefix(*a.holder, "acct_") {
			holderType = new("account")
		}
	}
	b.exec(`INSERT INTO main.accounts (account_id, account_key, holder_type, holder_id, institution_name, last4,
			category, subcategory, status, permissions, livemode, created_at, complete_through_at,
			first_seen_at, last_seen_at, transaction_refresh_status)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'checking', ?, ?, false, ?, ?, ?, ?, ?)`,
		a.id, a.key, holderType, a.holder, a.bank, a.last4, a.category, a.status, a.permissions, a.created, a.through,
		shelfStart.AddDate(0, 4, 0), b.now, a.refresh)
	b.exec(`INSERT INTO main.account_versions BY NAME SELECT * EXCLUDE (first_seen_at, last_seen_at),
		?::TIMESTAMPTZ AS observed_at, 'run' AS run_id FROM main.accounts WHERE account_id = ?`, b.now, a.id)
}

// store adds a version of a row; one that arrives superseded never becomes current.
func (b *randomBank) store(r *bankRow, superseded bool) {
	b.t.Helper()
	r.version++
	if !superseded && r.version > 1 {
		b.exec("UPDATE main.transaction_versions SET is_current = false WHERE transaction_id = ?", r.id)
	}
	b.exec(`INSERT INTO main.transaction_versions (transaction_id, account_id, amount_minor, currency, description,
			status, transacted_at, posted_at, void_at, updated_at, transaction_refresh_id, version, first_observed_at,
			observed_at, run_id, livemode, superseded_on_arrival, is_current)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'fctxnref_1', ?, ?, ?, 'run', false, ?, ?)`,
		r.id, r.account, r.amount, r.currency, r.text, r.status, r.transacted, r.posted, r.voided, b.now, r.version,
		b.now, b.now, superseded, !superseded)
}

func (b *randomBank) newID() string {
	b.ids++
	return fmt.Sprintf("fctxn_%04d", b.ids)
}

func (b *randomBank) newRow() {
	at := b.hours(-b.draw.IntN(24 * 12))
	switch {
	case b.chance(8):
		at = at.AddDate(0, 0, -40)
	case b.chance(12):
		at = b.hours(24 * 4)
	case b.chance(3), b.dates && !b.chance(20):
		at = at.Truncate(24 * time.Hour)
	}
	r := &bankRow{
		id: b.newID(), account: pick(b, b.accounts).id, currency: "usd",
		text: pick(b, bankTexts), amount: pick(b, bankAmounts), status: "pending", transacted: at,
	}
	if b.dates && !b.chance(8) {
		r.account = b.accounts[b.draw.IntN(2)].id
	}
	if b.chance(9) {
		r.currency = "eur"
	}
	if !b.chance(3) {
		r.status, r.posted = "posted", &at
	}
	b.rows = append(b.rows, r)
	b.store(r, false)
}

// post posts a row, in one of four cases with another amount.
func (b *randomBank) post() {
	r, at := pick(b, b.rows), b.hours(-b.draw.IntN(50))
	if r.status != "pending" {
		return
	}
	r.status, r.posted = "posted", &at
	if b.chance(4) {
		r.amount = r.amount / 10 * 12
	}
	b.store(r, false)
}

// replace posts a pending row under another id.
func (b *randomBank) replace() {
	old := pick(b, b.rows)
	if old.status != "pending" {
		return
	}
	posted := *old
	posted.id, posted.version, posted.status = b.newID(), 0, "posted"
	at := old.transacted.Add(30 * time.Hour)
	posted.posted = &at
	b.rows = append(b.rows, &posted)
	b.store(&posted, false)
	if b.chance(3) {
		b.void()
	}
}

func (b *randomBank) void() {
	r, at := pick(b, b.rows), b.hours(-b.draw.IntN(60))
	r.status, r.voided = "void", &at
	if b.chance(2) {
		r.posted = nil
	}
	b.store(r, false)
}

// correct changes the amount, text, currency or day of a row.
func (b *randomBank) correct() {
	r := pick(b, b.rows)
	switch b.draw.IntN(4) {
	case 0:
		r.amount = pick(b, bankAmounts)
	case 1:
		r.text = pick(b, bankTexts)
	case 2:
		r.currency = "eur"
	case 3:
		r.transacted = r.transacted.AddDate(0, 0, b.draw.IntN(70)-35)
	}
	b.store(r, false)
}

// lateState adds an earlier state of a row that arrives after the present one.
func (b *randomBank) lateState() {
	r := pick(b, b.rows)
	earlier := *r
	earlier.status, earlier.amount = pick(b, []string{"pending", "posted"}), pick(b, bankAmounts)
	b.store(&earlier, true)
	r.version = earlier.version
}

// relink joins an account to another one's chain, or separates it.
func (b *randomBank) relink() {
	a, other := pick(b, b.accounts), pick(b, b.accounts)
	action := "link"
	if a.key = other.key; a.id == other.id {
		a.key, action = a.id, "unlink"
	}
	b.observe(a)
	b.exec("DELETE FROM main.account_links WHERE account_id = ? AND observed_at = ?", a.id, b.now)
	b.exec("INSERT INTO main.account_links VALUES (?, ?, ?, NULL, ?, 'run')", a.id, a.key, action, b.now)
}

// change gives an account another holder, category, bank or number, or takes its coverage.
func (b *randomBank) change() {
	a := pick(b, b.accounts)
	switch b.draw.IntN(6) {
	case 0:
		a.holder = nil
	case 1:
		a.holder = new(fmt.Sprintf("cus_%d", b.draw.IntN(3)))
	case 2:
		a.category = pick(b, []string{"cash", "credit", "investment"})
	case 3:
		a.created = a.created.AddDate(0, 0, b.draw.IntN(40)-20)
	case 4: // as texts of transfers name it
		a.bank = pick(b, []string{"Bank", "Chase", "Citibank"})
	case 5:
		a.last4 = pick(b, []*string{nil, new("1234"), new("4321")})
	}
	b.observe(a)
}

// balance observes one that agrees with the posted rows, or another one.
func (b *randomBank) balance(a *bankAccount) {
	current := int64(10000)
	for _, r := range b.rows {
		if r.account == a.id && r.status == "posted" && r.amount < 1<<40 && r.amount > -1<<40 {
			current += r.amount
		}
	}
	if b.chance(6) {
		current = pick(b, bankAmounts)
	}
	currency, at := pick(b, []string{"usd", "usd", "eur"}), b.hours(-b.draw.IntN(40))
	if b.chance(30) {
		at = pick(b, farInstants)
	}
	b.observeBalance(a, currency, current, at)
}

// observeBalance stores one, in place of an earlier one of this round.
func (b *randomBank) observeBalance(a *bankAccount, currency string, current int64, at time.Time) {
	b.t.Helper()
	b.exec("DELETE FROM main.balances WHERE account_id = ? AND currency = ? AND as_of = ? AND observed_at = ?",
		a.id, currency, at, b.now)
	b.exec(`INSERT INTO main.balances (account_id, currency, balance_type, current_minor, as_of, observed_at, run_id)
		VALUES (?, ?, 'cash', ?, ?, ?, 'run')`, a.id, currency, current, at, b.now)
}
