package stored

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/rules"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

// Names of the files in meta.rule_files.
const (
	rulesFile     = "rules"
	overridesFile = "overrides"
	// PolicyFile and RequestsFile decide no transaction: what they say is read by tables of underwriting.
	PolicyFile   = "policy"
	RequestsFile = "loan_requests"
)

// Round is the round that reads the files.
type Round struct {
	ObservedAt time.Time
	RunID      string
	IsErased   func(account, holder string) bool
	NewRows    bool // it has new transactions, which lines may have waited for
}

// Report is what Put did.
type Report struct {
	Changed int64 // lines that came or ended, and files whose content differs
	NotHeld int64 // lines of a changed overrides.csv that name a transaction that is not held
}

// Differ reports whether files say something else than a published file was last told; in one of an earlier version
// they always do.
func Differ(ctx context.Context, database duck.Queryer, set rules.Set) (bool, error) {
	differ, err := Differing(ctx, database, set)
	return len(differ) > 0, err
}

// Differing are the files that say something else than a published file was last told, by their names in
// meta.rule_files.
func Differing(ctx context.Context, database duck.Queryer, set rules.Set) ([]string, error) {
	known, err := fingerprints(ctx, database)
	if err != nil {
		return nil, err
	}
	var differ []string
	for name, fingerprint := range fingerprintsOf(set) {
		if known[name] != fingerprint {
			differ = append(differ, name)
		}
	}
	slices.Sort(differ)
	return differ, nil
}

// fingerprintsOf are those of the contents of files.
func fingerprintsOf(set rules.Set) map[string]string {
	return map[string]string{
		rulesFile: set.RulesFingerprint(), overridesFile: set.OverridesFingerprint(),
		PolicyFile: set.PolicyFingerprint(), RequestsFile: set.RequestsFingerprint(),
	}
}

// fingerprints are those of the contents that are stored; a file without lines has the one of no line.
func fingerprints(ctx context.Context, database duck.Queryer) (map[string]string, error) {
	known := fingerprintsOf(rules.Set{})
	var exist bool
	if err := database.QueryRowContext(ctx, statements.Get("tables_exist")).Scan(&exist); err != nil || !exist {
		return known, err
	}
	err := statements.EachRow(ctx, database, "fingerprints", func(scan duck.Scan) error {
		var name, fingerprint string
		err := scan(&name, &fingerprint)
		known[name] = fingerprint
		return err
	})
	return known, err
}

// putter is one Put.
type putter struct {
	*sql.Tx
	round  Round
	report Report
}

// Put brings the tables to what the files say.
func Put(ctx context.Context, transaction *sql.Tx, set rules.Set, round Round) (Report, error) {
	known, err := fingerprints(ctx, transaction)
	if err != nil {
		return Report{}, err
	}
	p := putter{Tx: transaction, round: round}
	for _, file := range []struct {
		name, fingerprint string
		lines             int
		put               func() error
	}{
		{rulesFile, set.RulesFingerprint(), len(set.Rules), func() error { return p.putRules(ctx, set.Rules) }},
		{PolicyFile, set.PolicyFingerprint(), len(set.Policy), func() error {
			return p.put(ctx, "policies", set.Policy)
		}},
		{RequestsFile, set.RequestsFingerprint(), len(set.Requests), func() error {
			return p.putRequests(ctx, set.Requests)
		}},
	} {
		if known[file.name] == file.fingerprint {
			continue
		}
		if err := file.put(); err != nil {
			return p.report, err
		}
		if err := p.remember(ctx, file.name, file.fingerprint, file.lines); err != nil {
			return p.report, err
		}
	}
	fingerprint, lines := set.OverridesFingerprint(), len(set.Overrides)+len(set.Decisions)
	differs := known[overridesFile] != fingerprint
	if differs || round.NewRows && lines > 0 {
		if err := p.putOverrides(ctx, set, differs); err != nil {
			return p.report, err
		}
	}
	if differs {
		if err := p.remember(ctx, overridesFile, fingerprint, lines); err != nil {
			return p.report, err
		}
	}
	return p.report, p.exec(ctx, "drop_staged")
}

// putRules leaves out rules for what is erased: their conditions name it.
func (p *putter) putRules(ctx context.Context, all []rules.Rule) error {
	kept := slices.DeleteFunc(slices.Clone(all), func(r rules.Rule) bool {
		account, holder := "", ""
		if r.AccountID != nil {
			account = *r.AccountID
		}
		if r.HolderID != nil {
			holder = *r.HolderID
		}
		return account+holder != "" && p.round.IsErased(account, holder)
	})
	return p.put(ctx, "rules", kept)
}

// putRequests leaves out requests of holders who are erased.
func (p *putter) putRequests(ctx context.Context, all []rules.LoanRequest) error {
	return p.put(ctx, "requests", slices.DeleteFunc(slices.Clone(all), func(r rules.LoanRequest) bool {
		return p.round.IsErased("", r.HolderID)
	}))
}

func (p *putter) putOverrides(ctx context.Context, set rules.Set, report bool) error {
	if err := p.put(ctx, "overrides", set.Overrides); err != nil {
		return err
	}
	if err := p.put(ctx, "decisions", set.Decisions); err != nil {
		return err
	}
	if !report {
		return nil
	}
	var held int64
	err := p.QueryRowContext(ctx, statements.Get("held_overrides")).Scan(&held)
	p.report.NotHeld = int64(len(set.Overrides)+len(set.Decisions)) - held
	return err
}

// put ends what a table has and the lines have not, and begins what only the lines have.
func (p *putter) put(ctx context.Context, what string, lines any) error {
	rows, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	if string(rows) == "null" {
		rows = []byte("[]")
	}
	if err := p.exec(ctx, "stage_"+what, sql.Named("rows", string(rows))); err != nil {
		return err
	}
	at := sql.Named("observed_at", p.round.ObservedAt)
	if err := p.exec(ctx, "end_"+what, at); err != nil {
		return err
	}
	return p.exec(ctx, "begin_"+what, at, sql.Named("run_id", p.round.RunID))
}

// remember keeps which content a file had; nothing of one without lines.
func (p *putter) remember(ctx context.Context, name, fingerprint string, lines int) error {
	p.report.Changed++
	if err := p.exec(ctx, "forget_file", sql.Named("name", name)); err != nil || lines == 0 {
		return err
	}
	return p.exec(ctx, "remember_file", sql.Named("name", name), sql.Named("fingerprint", fingerprint),
		sql.Named("lines", lines), sql.Named("observed_at", p.round.ObservedAt), sql.Named("run_id", p.round.RunID))
}

// exec runs a statement, and counts the lines it ended or began.
func (p *putter) exec(ctx context.Context, name string, arguments ...any) error {
	result, err := p.ExecContext(ctx, statements.Get(name), arguments...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if strings.HasPrefix(name, "end_") || strings.HasPrefix(name, "begin_") {
		rows, err := result.RowsAffected()
		p.report.Changed += rows
		return err
	}
	return nil
}
