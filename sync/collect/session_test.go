package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator"
)

// TestEveryParameterIsSaid: Stripe's defaults differ by version, so none is left to it.
func TestEveryParameterIsSaid(t *testing.T) {
	terms := Terms{
		Permissions: []string{"balances"}, Prefetch: []string{"balances"}, Subcategories: []string{"savings"},
		Countries: []string{"US"}, MaxAccounts: 3, ReturnURL: "https://app.example.com/back",
	}
	form := merged(terms.form(sessionVersion), Holder{CustomerAccount, "acct_1"}.form())
	want := "account_holder[customer_account]=acct_1 account_holder[type]=customer " +
		"filters[account_subcategories][]=savings filters[countries][]=US " +
		"filters[require_payment_method_support]=none " +
		"limits[accounts]=3 manual_entry[mode]=disabled permissions[]=balances prefetch[]=balances " +
		"return_url=https://app.example.com/back"
	var said []string
	for name, values := range form {
		said = append(said, name+"="+strings.Join(values, ","))
	}
	slices.Sort(said)
	if got := strings.Join(said, " "); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if newer := terms.form("2026-09-30.preview"); newer.Get("filters[country]") != "US" ||
		newer.Has("filters[countries][]") {
		t.Errorf("%v", newer)
	}
	if none := (Terms{}).form(sessionVersion); !none.Has("limits[accounts]") || none.Get("limits[accounts]") != "" {
		t.Errorf("no limit is not said: %v", none)
	}
}

func TestASessionIsMadeAndAskedFor(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	h := w.customer()
	made, err := w.collector.Create(t.Context(), h, w.terms())
	if err != nil || made.ClientSecret == "" || made.Holder != h || made.Livemode ||
		!slices.Equal(made.Permissions, []string{"balances", "transactions"}) {
		t.Fatalf("%+v: %v", made, err)
	}
	asked, err := w.collector.Retrieve(t.Context(), made.ID)
	if err != nil || asked.ID != made.ID || asked.Holder != h {
		t.Errorf("%+v: %v", asked, err)
	}
	if _, err := w.collector.Retrieve(t.Context(), "fcsess_none"); !errors.Is(err, ErrNoSession) {
		t.Errorf("%v", err)
	}
}

// TestASecretIsNotShown however it is printed.
func TestASecretIsNotShown(t *testing.T) {
	const text = "fcsess_client_secret_1234567890"
	s := Session{ID: "fcsess_1", ClientSecret: text}
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), s.ClientSecret.String(), string(encoded),
	} {
		if strings.Contains(shown, "client_secret_") {
			t.Errorf("shown: %s", shown)
		}
	}
	if string(s.ClientSecret) != text {
		t.Error("the client does not get it")
	}
}

// TestHostedSessionsNeedAPreview, and lead to a page of Stripe's.
func TestHostedSessionsNeedAPreview(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	h := w.customer()
	s, err := w.collector.CreateHosted(t.Context(), h, w.terms(), "https://app.example.com/back")
	if err != nil || s.URL == "" || s.ClientSecret != "" {
		t.Fatalf("%+v: %v", s, err)
	}
	if asked, err := w.collector.Retrieve(t.Context(), s.ID); err != nil || asked.Status != "pending" {
		t.Errorf("%+v: %v", asked, err)
	}
	w.collector.options.PreviewVersion = ""
	for _, err := range []error{
		second(w.collector.CreateHosted(t.Context(), h, w.terms(), "https://a.example")),
		second(w.collector.Relink(t.Context(), "fca_1", w.terms(), "")),
		second(w.collector.CreateConsent(t.Context(), h)),
	} {
		if !errors.Is(err, ErrNeedsPreview) {
			t.Errorf("%v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// holderClock lets a holder finish a hosted session while it is waited for.
type holderClock struct {
	sleepless
	finish func()
}

func (c holderClock) Sleep(ctx context.Context, d time.Duration) error {
	c.finish()
	return c.sleepless.Sleep(ctx, d)
}

// TestAHostedSessionIsAwaited until its holder has finished.
func TestAHostedSessionIsAwaited(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	s, err := w.collector.CreateHosted(t.Context(), w.customer(), w.terms(), "https://app.example.com/back")
	if err != nil {
		t.Fatal(err)
	}
	clock := holderClock{finish: func() {
		token := s.URL[strings.LastIndex(s.URL, "/")+1:]
		body := `{"hosted_token":"` + token + `","institution":"Cobalt Bank","accounts":["0"]}`
		answer, err := http.Post(w.api.URL+"/_link/connect", "application/json", strings.NewReader(body))
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer, err)
		}
		_ = answer.Body.Close()
	}}
	ended, err := w.collector.AwaitHosted(t.Context(), clock, s.ID)
	if err != nil || ended.Status != "succeeded" {
		t.Errorf("%+v: %v", ended, err)
	}
	if accounts, err := w.collector.Linked(t.Context(), s.ID); err != nil || len(accounts) != 1 {
		t.Errorf("%d accounts: %v", len(accounts), err)
	}
}

// TestAHolderRepairsAConnection on a page of Stripe's.
func TestAHolderRepairsAConnection(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	s, err := w.collector.Relink(t.Context(), w.server.Accounts()[0], w.terms(), "")
	if err != nil || s.URL == "" {
		t.Errorf("%+v: %v", s, err)
	}
	if _, err := w.collector.Relink(t.Context(), "fca_none", w.terms(), ""); !errors.Is(err, ErrNoHolder) {
		t.Errorf("%v", err)
	}
}

// TestStripesOwnConsentIsShownAndKept.
func TestStripesOwnConsentIsShownAndKept(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	c, err := w.collector.CreateConsent(t.Context(), w.customer())
	if err != nil || c.Text == "" || c.ExpiresAt.IsZero() {
		t.Fatalf("%+v: %v", c, err)
	}
	e := c.Evidence(w.notice())
	if e.StripeConsentID != c.ID || !strings.Contains(e.Text, c.Text) || !strings.Contains(e.Text, "your loan") {
		t.Errorf("%+v", e)
	}
}

func TestPermissionsAreThoseThatAreReadOrNamed(t *testing.T) {
	used := []string{"transactions", "balances"}
	for _, test := range []struct {
		choice Choice
		want   string
		err    error
	}{
		{Choice{Used: used}, "balances transactions", nil},
		{Choice{Used: used, Added: []string{"ownership"}}, "", ErrUnusedPermission},
		{
			Choice{Used: append(used, "ownership"), Named: used, Added: []string{"ownership"}},
			"balances transactions ownership", nil,
		},
		{Choice{Used: used, Named: []string{"ownership"}}, "ownership", nil},
		{Choice{Used: used, Asked: []string{"balances"}}, "balances", nil},
		{Choice{Used: used, Asked: []string{"payment_method"}}, "", ErrUnusedPermission},
		{Choice{}, "", ErrUnusedPermission},
	} {
		got, err := test.choice.Choose()
		if strings.Join(got, " ") != test.want || !errors.Is(err, test.err) {
			t.Errorf("%+v: %v, %v", test.choice, got, err)
		}
	}
	_, err := (Choice{Named: []string{"balance"}}).Choose()
	if err == nil || !strings.Contains(err.Error(), "balances") {
		t.Errorf("a feature is no permission: %v", err)
	}
	got := Prefetch([]string{"balances", "payment_method"}, PermissionNames())
	if !slices.Equal(got, []string{"balances"}) {
		t.Errorf("%v", got)
	}
}

// TestANoticeSaysWhatIsNew beside what is shared already.
func TestANoticeSaysWhatIsNew(t *testing.T) {
	n := Notice{
		Business: "B", Purpose: "P.", Storage: "S.", Contact: "c", Permissions: []string{"balances", "ownership"},
		Shared: []string{"balances"},
	}
	isNew, shared, _ := strings.Cut(n.Text(), "What you share already")
	owner, _ := FindPermission("ownership")
	balance, _ := FindPermission("balances")
	if !strings.Contains(isNew, owner.Sees) || strings.Contains(isNew, balance.Sees) ||
		!strings.Contains(shared, balance.Sees) {
		t.Error(n.Text())
	}
	n.Permissions, n.Shared = PermissionNames(), nil
	if strings.Contains(n.Text(), "cannot move money") {
		t.Error("with payment_method it is not said that money cannot be moved")
	}
}

// TestANoticeSaysHowLongIsKept, as rounds will keep it.
func TestANoticeSaysHowLongIsKept(t *testing.T) {
	const (
		kept = "Ending it stops new data. What was seen before is kept until you ask to delete it."
		aged = "Ending it stops new data. What was seen before is still deleted at that age; " +
			"the rest is kept until you ask to delete it."
		soon = "Ending it stops new data. What was seen before is deleted soon after."
		each = "Transactions are deleted once they are 1 month old.\nBalances are deleted once they are 2 months old.\n"
	)
	for want, d := range map[string]Duration{
		kept: {},
		"Transactions and balances are deleted once they are 24 months old.\n" + aged: {
			TransactionMonths: 24, BalanceMonths: 24,
		},
		each + soon: {
			TransactionMonths: 1, BalanceMonths: 2, IsErased: true,
		},
		"Ending it stops new data. What was seen before is deleted 30 days later; you can ask to delete it at once.": {
			IsErased: true, ErasedAfterDays: 30,
		},
	} {
		text := Notice{Business: "B", Purpose: "P.", Storage: "S.", Contact: "write to us", Duration: d}.Text()
		if !strings.Contains(text, "at any time: write to us.\n"+want+"\n") {
			t.Errorf("%+v: %s", d, text)
		}
	}
}

func TestAmountsAreExact(t *testing.T) {
	for want, minor := range map[string]struct {
		minor    int64
		currency string
	}{
		"1,234,567.89 USD": {123456789, "usd"}, "-0.05 USD": {-5, "usd"}, "0.00 EUR": {0, "eur"},
		"1,000 JPY": {1000, "jpy"}, "-1.005 KWD": {-1005, "kwd"}, "999.99 USD": {99999, "usd"},
		"-92,233,720,368,547,758.08 USD": {-1 << 63, "usd"},
	} {
		if got := Amount(minor.minor, minor.currency); got != want {
			t.Errorf("%d %s: %s, want %s", minor.minor, minor.currency, got, want)
		}
	}
}
