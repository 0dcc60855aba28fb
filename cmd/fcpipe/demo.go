package main

import (
	"context"
	_ "embed" // the questions
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/linking"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/sync/collect"
	"fcpipe/sync/simulator"
)

//go:embed demo.sql
var demoQuestions string

//go:embed demo_link.sql
var demoLinkQuestion string

// The demo's last holder, who is no part of its world until she links, and where she does.
const (
	adaEmail, adaName = "ada@example.com", "Ada Byron"
	adaBank           = "Cobalt Bank"
	simulatorAddress  = "http://simulator" // in this process, without a socket
)

const demoConfig = `# Made by "fcpipe demo". The API is the simulator, in this process, with its saved state.
stripe:
  api_base: simulator:simulator.state
data:
  dir: .
analytics: {policy: policy.csv, loan_requests: loan_requests.csv}
`

const demoPolicy = `# Conditions of a lender, which decide nothing: underwriting.reasons says which hold.
attribute,window,comparison,threshold,currency,reason_code,text
coverage_days,90d,<,80,,CF01,
balance_negative_days,90d,>,2,,CF06,
distress_event_count,90d,>=,2,,CF07,
obligation_debt_service_ratio,90d,>,0.4,,CF11,
affordability_negative_days_added,90d,>,0,,REPLAY,The payment would have left {n} more of {w} days below zero
affordability_residual_after_payment_minor,90d,<,200.00,usd,CF17,
`

// demoFiles are what a demo directory holds, and all that a new demo removes.
var demoFiles = []string{
	"config.yaml", "simulator.state", "fcpipe.duckdb", "lake", "state", "policy.csv", "loan_requests.csv",
}

// demoWorld is the world of people's demos: households whose banks print as those of the US do.
var demoWorld = simulator.Config{Styles: "default"}

type demoOptions struct {
	dir   string
	days  int
	world simulator.Config

	before func(day int) // a test is told of each, and of the linking as of one more
}

func (a *app) demoCommand() *cobra.Command {
	o := demoOptions{dir: "demo", world: demoWorld}
	c := &cobra.Command{
		Use: "demo", Short: "everything against the built-in simulator: no key, no network", Args: noArguments,
		Long: `Creates a simulated world of about 40 people with 90 accounts, syncs it, runs a round a day for some
days, and shows what to query. At the end one more person links accounts, from the first click to the
balance, as "fcpipe collect" has it in a browser. The directory it leaves is a working installation:
every other command works on it with --config DIRECTORY/config.yaml.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), o) },
	}
	a.pathVar(c, &o.dir, "dir", "directory to create; an earlier demo there is replaced")
	c.Flags().IntVar(&o.days, "days", 5, "simulated days after the first sync, 0 to 60")
	c.Flags().Uint64Var(&o.world.Seed, "seed", 0, "another seed makes another world")
	return c
}

const demoNextQuestion = "select merchant_key, meta.money(sum(net_minor), currency) as spent " +
	"from expenses.merchant_month group by merchant_key, currency order by sum(net_minor) desc limit 5"

func (a *app) demo(ctx context.Context, o demoOptions) error {
	if o.days < 0 || o.days > 60 {
		return usageError{fmt.Errorf("--days %d is not between 0 and 60", o.days)}
	}
	if err := clearDemo(o.dir); err != nil {
		return err
	}
	world := simulator.New(o.world)
	if err := errors.Join(world.Save(filepath.Join(o.dir, "simulator.state")),
		os.WriteFile(filepath.Join(o.dir, "config.yaml"), []byte(demoConfig), 0o600),
		os.WriteFile(filepath.Join(o.dir, "policy.csv"), []byte(demoPolicy), 0o600),
		os.WriteFile(filepath.Join(o.dir, "loan_requests.csv"), demoRequests(world), 0o600)); err != nil {
		return err
	}
	a.configPath = filepath.Join(o.dir, "config.yaml")
	for day := range o.days + 1 {
		if o.before != nil {
			o.before(day)
		}
		if err := a.demoDay(ctx, day); err != nil {
			return err
		}
	}
	if err := a.demoAnswers(ctx, demoQuestions); err != nil {
		return err
	}
	if o.before != nil {
		o.before(o.days + 1)
	}
	if err := a.demoLink(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, `
The file analysts open is %[1]s/fcpipe.duckdb, the Parquet lake %[1]s/lake/current. Ask the next question:

  fcpipe --config %[1]s/config.yaml query "%[2]s"
`, o.dir, demoNextQuestion)
	return nil
}

// demoRequests are loans that the first twelve customers of a saved world ask for: it asks the world for them, which
// moves its clock.
func demoRequests(world *simulator.Server) []byte {
	text, asked := "holder,currency,payment,cadence,first_due,payments,amount,purpose\n", map[string]bool{}
	for _, book := range world.Books() {
		if strings.HasPrefix(book.Holder, "cus_") && !asked[book.Holder] && len(asked) < 12 {
			asked[book.Holder] = true
			text += fmt.Sprintf("%s,usd,%d.00,monthly,2026-07-15,24,%d.00,a car\n", book.Holder, 100*(1+len(asked)%6),
				2000*(1+len(asked)%6))
		}
	}
	return []byte(text)
}

// clearDemo removes an earlier demo, and refuses a directory that holds anything else.
func clearDemo(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(dir, "simulator.state"))
	if len(entries) > 0 && errors.Is(err, fs.ErrNotExist) {
		return hint(usageError{fmt.Errorf("%s is neither empty nor a demo", dir)},
			"it was not touched; choose another with --dir")
	}
	for _, name := range demoFiles {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// demoDay lives through one day and runs its round.
func (a *app) demoDay(ctx context.Context, day int) error {
	p, err := a.openPipeline(ctx)
	if err != nil {
		return err
	}
	if day > 0 {
		p.simulator.Advance(24 * time.Hour)
	}
	if day == 2 {
		if err := p.simulator.AddFault(failingRefresh(p.simulator.Accounts()[3])); err != nil {
			return err
		}
	}
	report, err := p.run(ctx)
	if err != nil && !errors.Is(err, round.ErrPartial) {
		return err
	}
	date := p.simulator.Now().UTC().Format("Mon 2 Jan")
	what := strings.Join(changes(report), ", ")
	if day == 0 {
		what = "first sync: " + what
	}
	fmt.Fprintf(a.stdout, "day %d, %s: %s\n", day, date, what)
	return nil
}

// failingRefresh makes the next refresh of an account fail.
func failingRefresh(account string) simulator.Fault {
	var f simulator.Fault
	f.When.Account, f.Do.FailRefresh = account, true
	return f
}

// demoAnswers asks questions of the demo and prints each with its answer.
func (a *app) demoAnswers(ctx context.Context, questions string) error {
	for _, part := range strings.Split("\n"+questions, "\n-- question: ")[1:] {
		question, text, _ := strings.Cut(part, "\n")
		fmt.Fprintf(a.stdout, "\n%s\n\n", question)
		if err := a.query(ctx, text, "table"); err != nil {
			return err
		}
	}
	return nil
}

// demoLink links accounts of one more holder, from the first click of the stand-in for Stripe.js to the first balance.
func (a *app) demoLink(ctx context.Context) (err error) {
	l, err := a.openDesk(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close(ctx)) }()
	if err := l.know(simulatorAddress); err != nil {
		return err
	}
	l.desk.Say = func(string, ...any) {} // the story below says it
	visit, err := l.desk.Begin(ctx, linking.Choice{Email: adaEmail, Name: adaName}, linking.Wanted{})
	if err != nil {
		return err
	}
	session, err := l.desk.Collector.Create(ctx, visit.Holder, visit.Terms)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\nHow does a person link accounts?\n\n"+
		"Ada is customer %s now; session %s\nasks for %s.\n",
		visit.Holder.ID, session.ID, strings.Join(session.Permissions, " and "))
	if err := a.demoClicks(ctx, l, session); err != nil {
		return err
	}
	outcome, err := l.desk.Finish(ctx, session.ID, visit.Notice.Evidence())
	a.progress.clear()
	if err != nil && !errors.Is(err, round.ErrPartial) {
		return err
	}
	fmt.Fprintf(a.stdout, "\nHer consent is recorded. The first round of her accounts:\n%s\n", outcome.Round.Summary)
	return a.demoAnswers(ctx, demoLinkQuestion)
}

// demoClicks is Ada at the dialogue: she agrees, chooses a bank, unticks the last of its accounts, and connects the
// others.
func (a *app) demoClicks(ctx context.Context, l *link, session collect.Session) error {
	d := linking.Dialogue{
		Client: http.Client{Transport: l.pipeline.simulator.Transport()}, Address: l.desk.Browser.APIBase,
		Key: l.desk.Browser.PublishableKey, Secret: session.ClientSecret,
	}
	offered, err := d.Offered(ctx, adaBank)
	if err != nil {
		return err
	}
	ticked := offered[:max(len(offered)-1, 1)]
	linked, err := d.Connect(ctx, adaBank, ticked)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "She agrees, chooses %s, unticks one account, and connects:\n\n", adaBank)
	t := newTable("at the bank", "choice", "account_id")
	for _, o := range offered {
		choice, id := "declined", ""
		if at := slices.IndexFunc(linked, o.IsSame); at >= 0 {
			choice, id = "linked", linked[at].ID
		}
		t.add(o.DisplayName+", ending in "+o.Last4, choice, id)
	}
	t.print(a.stdout)
	return nil
}
