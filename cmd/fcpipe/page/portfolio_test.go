package page

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fcpipe/schema/storetest"
)

// operated is what a round would know of the world.
var operated = Operations{
	Verdict: "needs attention: 1 account", NeedsAttention: true, ReadsUsed: 120, ReadsAllowed: 10_000,
	SpentMonth: "4.20", Attention: []Attention{{
		HolderID: gaps, AccountID: "fca_unread", Institution: hugeName, Code: "inactive",
		Reason: "inactive: its holder has to link it again",
	}},
}

func portfolioOf(t *testing.T, connection Connection, policy *Policy) *Portfolio {
	t.Helper()
	p, err := PortfolioOf(t.Context(), connection, operated)
	if err == nil && policy != nil {
		err = p.Apply(t.Context(), connection, policy)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func portfolioText(t *testing.T, connection Connection, policy *Policy) string {
	t.Helper()
	var out bytes.Buffer
	if err := portfolioOf(t, connection, policy).HTML(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestThePortfolioCountsEveryHolderOnce: those that need a person come first, then those that are out of date; what it
// says of conditions is what the reports say.
func TestThePortfolioCountsEveryHolderOnce(t *testing.T) {
	t.Parallel()
	connection := readWorld(t)
	policy := lendersPolicy(t, connection)
	p := portfolioOf(t, connection, policy)
	var order []string
	numbers := int64(0)
	for _, h := range p.Holders {
		order = append(order, h.HolderID)
		numbers += h.OK + h.Partial + h.Unusable
	}
	wanted := "cus_gaps cus_nothing cus_shop acct_hostile cus_card cus_steady cus_two"
	if got := strings.Join(order, " "); got != wanted {
		t.Errorf("holders are %s", got)
	}
	if p.Freshness[0].Holders != 4 || p.Freshness[3].Holders != 3 {
		t.Errorf("freshness %+v", p.Freshness)
	}
	for _, bands := range [][]Band{p.Freshness, p.Coverage, p.Unknown} {
		sum := int64(0)
		for _, b := range bands {
			sum += b.Holders
		}
		if sum != int64(len(p.Holders)) {
			t.Errorf("%d holders are in %+v", sum, bands)
		}
	}
	if numbers == 0 || numbers > p.Total() {
		t.Errorf("%d numbers of holders, %d of all", numbers, p.Total())
	}
	counted, reports := Counted{}, reportsOf(t, connection)
	var err error
	if reports[shop], err = Of(t.Context(), connection, Holder{ID: shop}); err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if err := policy.Apply(t.Context(), connection, []*Report{r}); err != nil {
			t.Fatal(err)
		}
		for _, reason := range r.Reasons {
			if reason.Position == 5 {
				counted.Holds += map[string]int64{holds: 1}[reason.Outcome]
				counted.Not += map[string]int64{doesNotHold: 1}[reason.Outcome]
				counted.Unsaid += map[string]int64{cannotBeSaid: 1}[reason.Outcome]
			}
		}
	}
	if got := p.Conditions[4]; got.Holds != counted.Holds || got.Not != counted.Not || got.Unsaid != counted.Unsaid ||
		got.Holds != 1 {
		t.Errorf("the portfolio counts %+v, the reports %+v", got, counted)
	}
}

// TestAFolderOfPages: every link leads to a file that only its owner reads and whose name tells nothing; pages of
// holders that are gone are removed, and a directory with other files is refused.
func TestAFolderOfPages(t *testing.T) {
	t.Parallel()
	connection := readWorld(t)
	p, dir := portfolioOf(t, connection, nil), filepath.Join(t.TempDir(), "reports")
	write := func() error { return WriteFolder(t.Context(), connection, p, nil, dir) }
	if err := write(); err != nil {
		t.Fatal(err)
	}
	storetest.WriteFile(t, filepath.Join(dir, "h-0123456789abcdef.html"), "of a holder that is gone")
	storetest.WriteFile(t, filepath.Join(dir, ".part-1"), "of a process that was killed")
	storetest.WriteFile(t, filepath.Join(dir, "notes.txt"), "of the user")
	if err := write(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(p.Holders)+3 {
		t.Errorf("%d files, %v", len(entries), err)
	}
	index := string(storetest.ReadFile(t, filepath.Join(dir, "index.html")))
	for _, h := range p.Holders {
		info, err := os.Stat(filepath.Join(dir, h.File()))
		if err != nil || info.Mode() != 0o600 || !strings.Contains(index, `href="`+h.File()+`"`) ||
			strings.Contains(h.File(), "us_") {
			t.Errorf("%s: %v %v", h.File(), info, err)
		}
	}
	dir = t.TempDir()
	storetest.WriteFile(t, filepath.Join(dir, "thesis.doc"), "x")
	if err := write(); !errors.Is(err, ErrForeignFolder) {
		t.Errorf("a foreign directory: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("a foreign directory has %d files, %v", len(entries), err)
	}
}
