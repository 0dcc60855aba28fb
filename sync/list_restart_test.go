package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// script is a server that gives one answer after the other: the rows of a page behind "more:" or
// "last:", one object behind "object:", or "gone" where Stripe does not know the row to begin after.
type script struct {
	t       *testing.T
	answers []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(s.answers) == 0 {
		s.t.Fatalf("%s %s: one request too many", r.Method, r.URL)
	}
	kind, text, _ := strings.Cut(s.answers[0], ":")
	if s.answers = s.answers[1:]; kind == "gone" {
		gone := `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`
		return answered(r, http.StatusBadRequest, nil, gone), nil
	}
	if kind != "object" {
		text = fmt.Sprintf(`{"object":"list","url":"/v1","data":[%s],"has_more":%t}`, text, kind == "more")
	}
	return answered(r, http.StatusOK, nil, text), nil
}

// landed keeps what landed.
type landed []schema.Landed

func (l *landed) Land(_ context.Context, rows schema.Landed) error {
	*l = append(*l, rows)
	return nil
}

func (l *landed) Seal(context.Context) error { return nil }

// quarantined are the fields at fault of all rows that landed in quarantine.
func (l *landed) quarantined() (fields []string) {
	for _, rows := range *l {
		for _, row := range rows.Quarantined {
			fields = append(fields, row.Field)
		}
	}
	return fields
}

// newScripted is a round that is answered by a script.
func newScripted(t *testing.T, answers ...string) (*round, *landed) {
	t.Helper()
	opened, err := journal.Open(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, answers: answers}
	syncer, err := New(Options{
		Stripe: stripe.Options{
			Key: "sk_test_script", APIBase: "http://simulator", Transport: s, Clock: stillClock{},
			Random: func() float64 { return 0 },
		},
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &landed{}
	shared := schema.State{Consents: map[string]schema.ConsentState{"fca_1": {}}}
	r := syncer.newRound("run-1", shared, opened, l)
	r.newSources(nil)
	t.Cleanup(func() {
		if len(s.answers) > 0 {
			t.Errorf("%d answers were not asked for", len(s.answers))
		}
	})
	return r, l
}

// transactionJSON, ownerJSON, accountJSON and eventJSON are rows of lists; a fault makes one that is refused.
func transactionJSON(id, amount string) string {
	return fmt.Sprintf(`{"id":%q,"object":"financial_connections.transaction","account":"fca_1","amount":%s,
"currency":"usd","description":"x","livemode":false,"status":"posted",
"status_transitions":{"posted_at":1700000000,"void_at":null},
"transacted_at":1699990000,"transaction_refresh":"fctxnref_1","updated":1700000001}`, id, amount)
}

func ownerJSON(id, name string) string {
	return fmt.Sprintf(`{"id":%q,"object":"financial_connections.account_owner","name":%s,"ownership":"fcaowns_1",`+
		`"email":null,"phone":null,"raw_address":null,"refreshed_at":5}`, id, name)
}

func accountJSON(id, status string) string {
	return fmt.Sprintf(`{"id":%q,"object":"financial_connections.account","category":"cash","created":1,
"institution_name":"B","livemode":false,"status":%s,"subcategory":"checking","permissions":["ownership"],
"subscriptions":[],"ownership":"fcaowns_1"}`, id, status)
}

// TestRefusedRowThatIsGoneHoldsNothing: of a list that began again, only what it shows then counts; a row that is
// refused each time counts once and goes to quarantine once.
func TestRefusedRowThatIsGoneHoldsNothing(t *testing.T) {
	good, bad := transactionJSON("fctxn_1", "1"), transactionJSON("fctxn_2", "1.5")
	unnamed := transactionJSON("", "1")
	for name, test := range map[string]struct {
		again   string
		refused int
	}{
		"gone":       {good, 0},
		"still bad":  {good + "," + bad, 1},
		"both still": {unnamed + "," + good + "," + bad, 2},
	} {
		r, l := newScripted(t, "more:"+unnamed+","+bad+","+good, "gone", "last:"+test.again)
		f := newFetch(r, reading{Reading: wire.Reading{Account: schema.Account{AccountID: "fca_1"}}}, 10)
		last, pages, err := f.list(t.Context())
		if err != nil || pages != 2 || f.refusals.count() != test.refused || len(last.Transactions) != 1 {
			t.Errorf("%s: %v, %d pages, %d refused", name, err, pages, f.refusals.count())
		}
		if f.listed != int64(1+test.refused) || f.rows != 3+f.listed {
			t.Errorf("%s: %d rows listed, %d read", name, f.listed, f.rows)
		}
		if fields := append(l.quarantined(), (&landed{last}).quarantined()...); len(fields) != 2 {
			t.Errorf("%s: quarantined %q", name, fields)
		}
	}
}

// TestSnapshotThatBeganAgainIsWhole: an owner that was refused before, and is right or gone now, leaves no gap.
func TestSnapshotThatBeganAgainIsWhole(t *testing.T) {
	good, bad := ownerJSON("fcaown_1", `"Ada"`), ownerJSON("fcaown_2", "null")
	r, l := newScripted(t, "more:"+bad+","+good, "gone", "last:"+good, "object:"+accountJSON("fca_1", `"active"`))
	r.syncer.options.Policy.KeepOwners = true
	a := reading{Reading: wire.Reading{Account: schema.Account{AccountID: "fca_1"}, OwnershipID: "fcaowns_1"}}
	f := &ownersFetch{round: r, account: a, refusals: newRefusals()}
	if err := f.snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := (*l)[len(*l)-1].Ownerships
	if len(whole) != 1 || whole[0].OwnerCount != 1 || f.owners != 1 || f.refusals.count() != 0 {
		t.Errorf("%+v, %d owners, %d refused", whole, f.owners, f.refusals.count())
	}
}

// TestEntryThatIsRightWhenTheListBeganAgainIsNotRefused: accounts are those of the list that came to its end.
func TestEntryThatIsRightWhenTheListBeganAgainIsNotRefused(t *testing.T) {
	one, two, bad := accountJSON("fca_1", `"active"`), accountJSON("fca_2", `"active"`), accountJSON("fca_2", "1")
	r, _ := newScripted(t, "more:"+bad+","+one, "gone", "more:"+two, "last:"+one)
	listed, err := r.syncer.listAccounts(t.Context(), r.sources[0])
	if err != nil || len(listed.refused)+len(listed.partly) != 0 || listed.pages != 3 {
		t.Errorf("%v, refused %+v, %d pages", err, listed.refused, listed.pages)
	}
	var ids []string
	for _, a := range listed.accounts {
		ids = append(ids, a.AccountID)
	}
	if !slices.Equal(ids, []string{"fca_2", "fca_1"}) {
		t.Errorf("listed %q", ids)
	}
}

// TestAccountOfTwoHoldersIsListedOnce: the lists of the configured holders may show the same account, or entry.
func TestAccountOfTwoHoldersIsListedOnce(t *testing.T) {
	one, strange := accountJSON("fca_1", `"active"`), accountJSON("", `"active"`)
	bad := accountJSON("fca_2", "1")
	r, _ := newScripted(t, "last:"+one+","+strange+","+bad, "last:"+one+","+bad+","+strange)
	r.syncer.options.Holders = []string{"cus_1", "acct_1"}
	listed, err := r.syncer.listAccounts(t.Context(), r.sources[0])
	accounts, refused, partly := len(listed.accounts), len(listed.refused), len(listed.partly)
	if err != nil || accounts != 1 || refused != 2 || partly != 1 {
		t.Errorf("%v, %d accounts, %d refused, %d of them in part", err, accounts, refused, partly)
	}
}

// TestEndsRound: what concerns more than what was asked for.
func TestEndsRound(t *testing.T) {
	stopped, stop := context.WithCancelCause(t.Context())
	stop(ErrDeadline)
	api := &stripe.APIError{Status: http.StatusForbidden}
	for _, test := range []struct {
		ctx  context.Context
		err  error
		want error
	}{
		{t.Context(), nil, nil},
		{stopped, nil, nil}, // what came is used, even when the round ends meanwhile
		{t.Context(), api, nil},
		{stopped, api, ErrDeadline},
		{t.Context(), fmt.Errorf("list: %w", stripe.ErrKeyRefused), stripe.ErrKeyRefused},
		{t.Context(), fmt.Errorf("list: %w", stripe.ErrOutage), stripe.ErrOutage},
		{stopped, landError{io.ErrShortWrite}, io.ErrShortWrite},
		{t.Context(), stripe.ErrUnreachable, nil},
	} {
		if got := endsRound(test.ctx, test.err); !errors.Is(got, test.want) || test.want == nil && got != nil {
			t.Errorf("%v: %v, want %v", test.err, got, test.want)
		}
	}
}

func TestVanishedRowStartsAgainFromTheFirstPage(t *testing.T) {
	for skip := range 5 {
		w := newWorld(t, simulator.Config{
			Seed: 4, Accounts: 1, Holders: 1, RowsPerAccount: 450, Linked: true,
			Calm: true,
		})
		w.server.AddFault(
			fault(
				fmt.Sprintf(
					`{"when":{"method":"GET","path":"/transactions","skip":%d,"times":1},"do":{"status":400,`+
						`"body":"{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",`+
						`\"param\":\"starting_after\",\"message\":\"x\"}}"}}`,
					skip,
				),
			),
		)
		report, _, err := w.round()
		w.must(err)
		for _, a := range report.Accounts {
			if skip > 0 && a.Outcome != outcomeComplete {
				t.Errorf("page %d gone: %s %s", skip, a.Outcome, orEmpty(a.Reason))
			}
		}
	}
}
