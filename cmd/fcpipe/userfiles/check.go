package userfiles

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
	"fcpipe/schema/rules"
	"fcpipe/schema/rules/stored"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

// ErrOtherModels means that the published file was made by another version of fcpipe.
var ErrOtherModels = errors.New("the published file was derived by another version of fcpipe")

// Line is what a line of rules.csv does.
type Line struct {
	Line  int    `json:"line"`
	ID    string `json:"id"`
	Texts int64  `json:"texts"` // distinct ones that fit its words, pattern and merchant
	Fits  int64  `json:"fits"`  // transactions
	First int64  `json:"first"` // of these, those that no earlier line decides
}

// Change is what a line would change, in transactions that become the same.
type Change struct {
	Where       string `json:"where"` // file:line; "" of lines that are gone and of hints
	From        string `json:"from"`
	To          string `json:"to"`
	Counted     bool   `json:"counted"`       // as spending, now
	WillCount   bool   `json:"will_count"`    // then
	CountsIn    string `json:"counts_in"`     // where it counts now, if it does
	WillCountIn string `json:"will_count_in"` // then
	NameChanges bool   `json:"name_changes"`  // for people
	Currency    string `json:"currency"`      //
	Rows        int64  `json:"rows"`          //
	Minor       *int64 `json:"amount_minor"`  // their sum; null beyond 64 bits
	Amount      string `json:"amount"`        // as people write it
	Transaction string `json:"transaction_id,omitempty"`
}

// Problem is a line that does not do what its author may expect.
type Problem struct {
	Where string `json:"where"`
	Kind  string `json:"kind"` // never_matches, shadowed, conflict, not_held, odd_pair, wrong_direction
	What  string `json:"what"`
}

// Report is what the files do.
type Report struct {
	Rules     string    `json:"rules_file"`
	Overrides string    `json:"overrides_file"`
	Requests  string    `json:"loan_requests_file"`
	Asked     int       `json:"loan_requests"` // lines of it
	Policy    string    `json:"policy_file"`
	Stated    int       `json:"conditions"` // of the policy
	Differ    []string  `json:"differ"`     // files that say something else than the last round read
	Lines     []Line    `json:"rules"`
	Decided   int       `json:"overrides"` // lines of overrides.csv
	Problems  []Problem `json:"problems"`
	Pairs     []Pair    `json:"pairs"`
	Changes   []Change  `json:"changes"`
}

// checker tries files on one connection, whose temporary tables hold their lines.
type checker struct {
	*sql.Conn
	set    rules.Set
	report Report
	lines  map[string]int // of overrides.csv, by transaction and by pair
}

// Check tries what the files say against the published file, which stays as it is.
func Check(ctx context.Context, cfg config.Config, opened *reader.Reader, set rules.Set) (report Report, err error) {
	connection, err := opened.Database().Conn(ctx)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	if err := CheckModels(ctx, connection); err != nil {
		return report, err
	}
	c := checker{Conn: connection, set: set, lines: map[string]int{}, report: Report{
		Rules: base(cfg.RulesFile()), Overrides: base(cfg.OverridesFile()), Lines: []Line{}, Problems: []Problem{},
		Pairs: []Pair{}, Changes: []Change{}, Differ: []string{}, Decided: len(set.Overrides) + len(set.Decisions),
		Requests: base(cfg.LoanRequestsFile()), Asked: len(set.Requests),
		Policy: base(cfg.PolicyFile()), Stated: len(set.Policy),
	}}
	for _, step := range []func(context.Context) error{
		c.stage, c.countLines, c.findConflicts, c.checkOverrides, c.checkPairs, c.findPairs, c.findChanges,
		c.checkRequests, c.findDiffering,
	} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

// CheckModels refuses a file that other models made.
func CheckModels(ctx context.Context, connection *sql.Conn) error {
	current, err := models.CurrentFingerprint()
	if err != nil {
		return err
	}
	var has bool
	if err := connection.QueryRowContext(ctx, statements.Get("current")).Scan(&has); err != nil {
		return err
	}
	with, err := models.DerivedWith(ctx, connection)
	if err == nil && (!has || with.Fingerprint != current) {
		err = ErrOtherModels
	}
	return err
}

// findDiffering says which files differ from what is stored, so that the next round stores them.
func (c *checker) findDiffering(ctx context.Context) error {
	differ, err := stored.Differing(ctx, c.Conn, c.set)
	c.report.Differ = append(c.report.Differ, differ...)
	return err
}

func base(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

// stage makes the tables of the lines, and what the models make of them.
func (c *checker) stage(ctx context.Context) error {
	for name, lines := range map[string]any{
		"wanted_rules": c.set.Rules, "wanted_overrides": c.set.Overrides, "wanted_pairs": c.set.Decisions,
	} {
		rows, err := json.Marshal(lines)
		if err != nil {
			return err
		}
		if string(rows) == "null" {
			rows = []byte("[]")
		}
		if _, err := c.ExecContext(ctx, statements.Get(name), sql.Named("rows", string(rows))); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, o := range c.set.Overrides {
		c.lines[o.TransactionID] = o.Line
	}
	for _, d := range c.set.Decisions {
		c.lines[pairKey(d.OutID, d.InID)] = d.Line
	}
	if err := models.RegisterMatcher(c.Conn, models.MatchRules, c.set.Rules); err != nil {
		return err
	}
	return c.derive(ctx)
}

// rule names a line of rules.csv, by its position.
func (c *checker) rule(position int) string {
	return fmt.Sprintf("%s:%d", c.report.Rules, c.set.Rules[position-1].Line)
}

func (c *checker) override(key string) string {
	return fmt.Sprintf("%s:%d", c.report.Overrides, c.lines[key])
}

func (c *checker) problem(where, kind, format string, args ...any) {
	c.report.Problems = append(c.report.Problems, Problem{where, kind, fmt.Sprintf(format, args...)})
}
