package replay

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)

var (
	// ErrErased means that something of the holder was known at the instant, and was erased since.
	ErrErased = errors.New("something of this holder was erased")
	// ErrUnknown means that nothing of the holder is held.
	ErrUnknown = errors.New("no account of this holder is held")
	// ErrOlderFile means that the published file was made by a version of fcpipe with other tables.
	ErrOlderFile = errors.New("the published file was made by an earlier version of fcpipe")
)

// Question says whose past, and of which instant.
type Question struct {
	Layout     schema.Layout
	Settings   duck.Settings
	Holder     string     // id of one holder; "" is every holder
	HolderHash string     // its keyed hash, by which what was erased is found; "" where nothing was
	At         *time.Time // nil is the file's watermark
	Day        string     // YYYY-MM-DD in place of At: the end of that day in the report zone
	Tables     []string   // derived tables that are wanted; Known.Definition is theirs
	Beside     []string   // derived tables that are wanted too, and change neither Definition nor IsRescored
	Directory  string     // where the database in memory may write files; "" is nowhere
}

// Known is what a past was computed from: with the same values the rows are the same.
type Known struct {
	At             time.Time // the instant that was asked for
	Watermark      time.Time // the newest merge by then; At itself where it is backfilled
	AsOfDate       string    // YYYY-MM-DD, today for the models
	ReportZone     string
	FirstObserved  time.Time // of the holder, or of any holder
	IsBackfilled   bool      // nothing had been observed at that instant
	Definition     string    // of the models that computed it, see models.Definition
	Taxonomy       string    // version of the rules by which texts are read
	Rules          string    // fingerprint of the user's own rules that were in force; none without any
	Overrides      string    // fingerprint of the user's own overrides and decisions on pairs
	LoanRequests   string    // fingerprint of the loan requests that were in force; none without any
	IsRescored     *bool     // what was recorded that day was made otherwise, see Open; nil: nothing was
	observedBefore time.Time
}

// Past is a database in memory with what was known. Close it.
type Past struct {
	Known
	database *sql.DB
}

// Open computes what was known. It refuses, in this order: a file that reader.Open refuses, one of an earlier version
// (ErrOlderFile), an instant after the watermark and one past a retention (reader.ErrNotHeld), a holder of whom
// something was erased since (ErrErased), and one who is not held (ErrUnknown).
func Open(ctx context.Context, q Question) (*Past, error) {
	return open(ctx, q, (*Past).compute)
}

// Check refuses what Open refuses, and computes nothing.
func Check(ctx context.Context, q Question) error {
	p, err := open(ctx, q, (*Past).check)
	if err != nil {
		return err
	}
	return p.Close()
}

// open makes the database in memory and has it filled from the published file at a path.
func open(
	ctx context.Context, q Question, fill func(p *Past, ctx context.Context, q Question, path string) error,
) (p *Past, err error) {
	opened, err := reader.Open(ctx, q.Layout, q.Settings) // refuses what is no file of fcpipe
	if err != nil {
		return nil, err
	}
	settings := opened.Settings()
	err = errors.Join(checkMigrations(ctx, opened.Database()), opened.Close())
	if err != nil {
		return nil, err
	}
	path := q.Layout.Database()
	directories := []string{filepath.Dir(path)}
	if q.Directory != "" {
		directories = append(directories, q.Directory)
	}
	database, err := duck.Open(ctx, "", duck.ReadWrite, settings, directories...)
	if err != nil {
		return nil, err
	}
	p = &Past{database: database}
	if err := fill(p, ctx, q, path); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return p, nil
}

// Database has the derived tables that were asked for and what they read.
func (p *Past) Database() *sql.DB { return p.database }

// Close releases its memory.
func (p *Past) Close() error { return p.database.Close() }

func checkMigrations(ctx context.Context, database *sql.DB) error {
	steps, err := duck.LoadMigrations(duck.MigrationFiles)
	if err != nil {
		return err
	}
	applied, err := duck.AppliedMigrations(ctx, database, steps)
	if err == nil && applied < len(steps) {
		err = ErrOlderFile
	}
	return err
}

// check attaches the file and resolves the question, which is where it is refused.
func (p *Past) check(ctx context.Context, q Question, path string) (err error) {
	connection, err := p.database.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	return p.attach(ctx, connection, q, path)
}

func (p *Past) attach(ctx context.Context, connection *sql.Conn, q Question, path string) error {
	if _, err := connection.ExecContext(ctx, "ATTACH "+duck.Quote(path)+" AS held (READ_ONLY)"); err != nil {
		return err
	}
	return p.resolve(ctx, connection, q)
}

func (p *Past) compute(ctx context.Context, q Question, path string) error {
	connection, err := p.database.Conn(ctx)
	if err != nil {
		return err
	}
	err = errors.Join(p.fill(ctx, connection, q, path), connection.Close())
	if err != nil {
		return err
	}
	if err := models.DeriveTables(ctx, p.database, models.Parameters{
		AsOf: p.Watermark, ReportZone: p.ReportZone, PartRows: models.PartRows(q.Settings.MemoryLimit),
		Undescribed: true,
	}, slices.Concat(q.Tables, q.Beside)...); err != nil {
		return err
	}
	return statements.EachRow(ctx, p.database, "stored_parameters", func(scan duck.Scan) error {
		var name, value string
		err := scan(&name, &value)
		if name == "as_of_date" {
			p.AsOfDate = value
		} else {
			p.Taxonomy = value
		}
		return err
	})
}

// fill puts what was known into the empty tables of this program.
func (p *Past) fill(ctx context.Context, connection *sql.Conn, q Question, path string) (err error) {
	if err := p.attach(ctx, connection, q, path); err != nil {
		return err
	}
	if p.Definition, err = models.Definition(q.Tables...); err != nil {
		return err
	}
	if err := duck.MakeTables(ctx, p.database); err != nil {
		return err
	}
	happened := "infinity"
	if p.IsBackfilled {
		happened = p.At.Format(time.RFC3339Nano)
	}
	for _, name := range []string{
		"wanted", "fill_store", "fill_account_versions", "fill_accounts", "fill_links", "fill_transactions",
		"fill_labels", "fill_balances", "fill_owners", "fill_ownerships", "fill_rules", "fill_overrides",
		"fill_transfer_decisions", "fill_policies", "fill_loan_requests",
	} {
		if err := execute(ctx, connection, name, sql.Named("holder", q.Holder), sql.Named("watermark", p.Watermark),
			sql.Named("observed", p.observedBefore), sql.Named("happened", happened)); err != nil {
			return err
		}
	}
	if err := connection.QueryRowContext(ctx, statements.Get("fingerprints")).Scan(
		&p.Rules, &p.Overrides, &p.LoanRequests,
	); err != nil {
		return err
	}
	if err := p.findRecorded(ctx, connection); err != nil {
		return err
	}
	for _, statement := range []string{"DROP TABLE temp.wanted", "DETACH held"} {
		if _, err := connection.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// findRecorded tells whether the history has the day as these definitions, rules and loan requests compute it.
func (p *Past) findRecorded(ctx context.Context, connection *sql.Conn) error {
	zone, err := time.LoadLocation(p.ReportZone)
	if err != nil {
		return err
	}
	var isRescored bool
	err = connection.QueryRowContext(ctx, statements.Get("recorded"), sql.Named("definition", p.Definition),
		sql.Named("report_zone", p.ReportZone), sql.Named("rules", p.Rules), sql.Named("requests", p.LoanRequests),
		sql.Named("watermark", p.Watermark), sql.Named("as_of_date", p.Watermark.In(zone).Format(time.DateOnly)),
	).Scan(&isRescored)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	p.IsRescored = &isRescored
	return err
}

// execute runs the statement of a name with those of some arguments that it names.
func execute(ctx context.Context, connection *sql.Conn, name string, arguments ...sql.NamedArg) error {
	statement := statements.Get(name)
	var used []any
	for _, argument := range arguments {
		if strings.Contains(statement, "$"+argument.Name) {
			used = append(used, argument)
		}
	}
	if _, err := connection.ExecContext(ctx, statement, used...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
