package plan

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
)

// readings are the nights of a Stripe account on paper: what each night read, the newest last.
type readings []int64

// usage is what was read before the next night.
func (r readings) usage(allowed int64, lists int) Usage {
	since := func(age time.Duration) (reads int64) {
		for n := range r {
			if ago := time.Duration(len(r)-n)*24*time.Hour - 10*time.Minute; ago <= age {
				reads += r[n]
			}
		}
		return reads
	}
	u := Usage{Used: since(UsageWindow), Earlier: NewCalendar(allowed, since), ListPages: lists}
	if len(r) > 7 {
		u.RoundsPerMonth, u.UsualDay = 30, (since(7*24*time.Hour)+6)/7
	}
	return u
}

// accountsOf makes accounts that show a new refresh, none of them ever read.
func accountsOf(n int) []Account {
	accounts := make([]Account, n)
	for i := range accounts {
		accounts[i] = someAccount(func(a *Account) { a.AccountID = fmt.Sprintf("fca_%03d", i) })
	}
	return accounts
}

// night reads what a plan of the accounts allows, and returns how many accounts that were; first readings take
// firstReading reads.
func (r *readings) night(t *testing.T, policy Policy, accounts []Account, firstReading int64) (q Quota, read int) {
	t.Helper()
	now := noon.AddDate(0, 0, len(*r))
	u := r.usage(policy.ReadsPer30Days, (len(accounts)+99)/100)
	u.Made = int64(u.ListPages)
	q = policy.Quota(u, accounts, firstReading)
	p := Make(Facts{Policy: policy, Now: now, Accounts: accounts, Quotas: []Quota{q}, FirstReading: firstReading})
	reads := u.Made
	if q.ThisRound > u.Made { // polls, and a list of the accounts without a new row
		reads += q.Polls + min(int64(u.ListPages), q.ThisRound-u.Made)
	}
	for _, d := range p.Decisions {
		if d.Feature != FeatureTransactions || d.Action != ActionFetch {
			continue
		}
		for i, a := range accounts {
			if a.AccountID != d.AccountID {
				continue
			}
			if read++; a.Stored.CompleteThroughAt == nil {
				reads += firstReading
			} else {
				reads++
			}
			accounts[i].Stored = schema.AccountState{CompleteThroughAt: new(now)}
		}
	}
	if reads > max(q.ThisRound, u.Made) {
		t.Fatalf("night %d: %d reads of a quota of %d", len(*r), reads, q.ThisRound)
	}
	if used := u.Used + reads; used > policy.ReadsPer30Days {
		t.Fatalf("night %d: %d reads in 30 days, %d are allowed", len(*r), used, policy.ReadsPer30Days)
	}
	*r = append(*r, reads)
	return q, read
}

// TestAFirstSyncOf300AccountsIsReadInOneNight, by the default allowance; afterwards every night reads some, the
// stalest first, and no account waits for more than three nights.
func TestAFirstSyncOf300AccountsIsReadInOneNight(t *testing.T) {
	policy, accounts, r := someFacts().Policy, accountsOf(300), readings{}
	for night := range 70 {
		_, read := r.night(t, policy, accounts, 11)
		if night == 0 && read != 300 {
			t.Fatalf("%d accounts were read in the first night", read)
		}
		if read < 100 {
			t.Fatalf("night %d: %d accounts were read", night, read)
		}
		for _, a := range accounts {
			if waits := noon.AddDate(0, 0, night).Sub(*a.Stored.CompleteThroughAt); waits > 3*24*time.Hour {
				t.Fatalf("night %d: %s was last read %v ago", night, a.AccountID, waits)
			}
		}
	}
}

// TestASmallAllowanceIsSpread: nothing is read in no night, and every account has its turn.
func TestASmallAllowanceIsSpread(t *testing.T) {
	policy, accounts, r := someFacts().Policy, accountsOf(30), readings{}
	policy.ReadsPer30Days = 300
	turns := 0
	for night := range 60 {
		q, read := r.night(t, policy, accounts, 1)
		if turns += read; q.Needed <= q.Allowed || q.ThisRound <= 0 {
			t.Fatalf("night %d: %+v", night, q)
		}
	}
	for _, a := range accounts {
		if a.Stored.CompleteThroughAt == nil || turns < 200 {
			t.Errorf("%s never had its turn; %d turns in 60 nights", a.AccountID, turns)
		}
	}
}

// TestWhatFitsIsReadEveryNight: an allowance that is as large as what is needed carries every account every night.
func TestWhatFitsIsReadEveryNight(t *testing.T) {
	policy, accounts, r := someFacts().Policy, accountsOf(12), readings{}
	policy.ReadsPer30Days = policy.Quota(Usage{}, accounts, 1).Needed
	for night := range 60 {
		if q, read := r.night(t, policy, accounts, 1); read != 12 || q.Polls < minPolls {
			t.Fatalf("night %d: %d accounts were read, %d polls", night, read, q.Polls)
		}
	}
}

// TestAnExpensiveFirstReadingIsNotPutOffForEver: what ordinary nights leave is carried over until it is enough.
func TestAnExpensiveFirstReadingIsNotPutOffForEver(t *testing.T) {
	policy, accounts, r := someFacts().Policy, accountsOf(10), readings{}
	policy.ReadsPer30Days, policy.Transactions.Mode, policy.Balance.Mode = 150, ModeOff, ModeOff
	unread := func() (n int) {
		for _, a := range accounts {
			if neverComplete(a) {
				n++
			}
		}
		return n
	}
	for range 45 {
		for i, a := range accounts { // nothing new comes of those that were read
			if !neverComplete(a) {
				accounts[i].Stored.CursorRefreshID = a.TransactionRefresh.RefreshID
			}
		}
		r.night(t, policy, accounts, 6)
	}
	if n := unread(); n > 0 {
		t.Errorf("%d of 10 accounts were not read in 45 nights: %v", n, r)
	}
}

// TestAuditsTakeATenth of what is left, and nothing of what is carried over.
func TestAuditsTakeATenth(t *testing.T) {
	for _, test := range []struct {
		quota Quota
		made  int64
		want  int64
	}{
		{Quota{}, 50, -1},
		{Quota{Allowed: 1000, ThisRound: 500, EvenShare: 500}, 100, 40},
		{Quota{Allowed: 1000, ThisRound: 500, EvenShare: 33}, 10, 23},
		{Quota{Allowed: 1000, ThisRound: 500, EvenShare: 33}, 40, 0},
		{Quota{Allowed: 1000, ThisRound: 10, EvenShare: 33}, 10, 0},
	} {
		if got := test.quota.Audits(test.made); got != test.want {
			t.Errorf("%+v, %d reads made: %d, want %d", test.quota, test.made, got, test.want)
		}
	}
}

// TestNeededReads are those of rounds as configured, or as frequent as in the last week.
func TestNeededReads(t *testing.T) {
	policy, accounts := someFacts().Policy, accountsOf(250)
	for _, test := range []struct {
		rounds, want int64
	}{
		{0, 30*3*(1+1+minPolls) + 30*250},
		{720, 720*3 + 30*3*(1+minPolls) + 30*250},
	} {
		if got := policy.Quota(Usage{ListPages: 3, RoundsPerMonth: test.rounds}, accounts, 1).Needed; got != test.want {
			t.Errorf("%d rounds: %d reads, want %d", test.rounds, got, test.want)
		}
	}
	policy.Transactions.Mode, policy.Balance.Mode = ModeOff, ModeOff
	if got := policy.Quota(Usage{ListPages: 3}, accounts, 1).Needed; got != 30*3 {
		t.Errorf("nothing is bought: %d reads", got)
	}
}

// TestOneAccountTakesATenthOfTheAllowance without being read to the end, and a list no more.
func TestOneAccountTakesATenthOfTheAllowance(t *testing.T) {
	for allowed, want := range map[int64]int64{0: maxPages, 10: MinPages, 10_000: 1000, 1 << 40: maxPages} {
		policy := Policy{ReadsPer30Days: allowed}
		if got, list := policy.PageLimit(), policy.ListPageLimit(); got != want ||
			list != int(min(want, maxListPages)) {
			t.Errorf("%d allowed: %d pages of an account, %d of a list, want %d", allowed, got, list, want)
		}
	}
}
