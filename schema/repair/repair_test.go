package repair_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/repair"
	"fcpipe/schema/storetest"
)

// A repair is killed as soon as what it repaired is in its place. The next one finishes it: purchases that were
// paid are still known, and rounds go on with the generation, or the empty file, that is there now.
func TestARepairThatIsKilledIsFinishedByTheNext(t *testing.T) {
	for point, damage := range map[string]func(s *storetest.Store){
		"repair.file_renamed": (*storetest.Store).Damage,
		"repair.file_archived": func(s *storetest.Store) {
			if err := os.Remove(s.Previous()[0]); err != nil {
				s.T.Fatal(err)
			}
			s.Damage()
		},
		"repair.journal_renamed": func(s *storetest.Store) {
			journal := storetest.ReadFile(s.T, s.Layout().Journal())
			journal[bytes.LastIndexByte(journal, '{')+1] ^= 0x01
			if err := os.WriteFile(s.Layout().Journal(), journal, 0o600); err != nil {
				s.T.Fatal(err)
			}
		},
	} {
		t.Run(point, func(t *testing.T) {
			if point == "repair.file_renamed" {
				storetest.ForProof(t) // the file is damaged with its generation in the next one
			}
			t.Parallel()
			s := storetest.Prepared(t, "paid and published", func() *storetest.Store { return paidAndPublished(t) })
			damage(s)
			s.RepairStopped(point)
			s.Repair()
			if !s.Journal().Charged("paid") {
				t.Error("a purchase was forgotten")
			}
			s.Published(3)
			s.Want("SELECT count(*)::VARCHAR FROM main.transactions WHERE transaction_id = 'fctxn_3'", "1")
		})
	}
}

func paidAndPublished(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.PublishedTimes(t, 1)
	charge := journal.Charge{
		ChargeKey: "paid", Kind: "balance", AmountMicroUSD: 100_000, AccountID: new("fca_1"),
		ChargedAt: s.Clock, RunID: "run-1",
	}
	if _, err := s.Journal().RecordCharges(charge); err != nil {
		t.Fatal(err)
	}
	s.Published(2)
	return s
}

// The file is a newer fcpipe's, or another program's, with a write-ahead log of its own: a repair says
// so before it touches anything, also what else looks damaged to it.
func TestARepairLeavesWhatIsNotForThisProgramAsItIs(t *testing.T) {
	for name, test := range map[string]struct {
		statements string
		want       error
	}{
		"newer": {
			"INSERT INTO meta.migrations VALUES (9999, '9999_from_the_future.sql', 'x', now())",
			schema.ErrNewerSchema,
		},
		"foreign": {"DROP SCHEMA meta CASCADE", schema.ErrForeignFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.PublishedTimes(t, 2)
			if err := os.WriteFile(s.Previous()[0], []byte("damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
			whole := storetest.ReadFile(t, s.Layout().Database())
			s.Alter(s.Layout().Database(), test.statements)
			wal := s.Layout().Database() + ".wal"
			if err := errors.Join(os.WriteFile(wal, nil, 0o600), os.Chmod(s.Layout().Database(), 0o644)); err != nil {
				t.Fatal(err)
			}
			r, err := repair.Open(s.Options, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(r.Run(t.Context(), ""), r.Close()); !errors.Is(err, test.want) || len(r.Steps) > 0 {
				t.Errorf("repair did %v: %v", r.Steps, err)
			}
			if exists, err := durable.FileExists(wal); err != nil || !exists {
				t.Errorf("the write-ahead log is gone: %v", err)
			}
			if err := errors.Join(
				os.Remove(wal), os.WriteFile(s.Layout().Database(), whole, 0o600),
				os.Chmod(s.Layout().Database(), 0o600),
			); err != nil {
				t.Error(err)
			}
		})
	}
}

// The generation before opens and breaks a rule that only a deep look finds: a repair archives it with the
// damaged file, because no run starts with an empty file while one is kept.
func TestARepairWithoutAGoodGenerationLetsTheNextRunBegin(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 2)
	kept := filepath.Base(s.Previous()[0])
	s.Alter(
		s.Previous()[0], "UPDATE main.transaction_versions SET first_observed_at = now(); CHECKPOINT",
	) // only a deep rule sees it
	s.Damage()
	r, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), ""), r.Close()); err != nil {
		t.Fatal(err)
	}
	if len(r.Steps) != 2 || !strings.HasSuffix(r.Steps[0].Where, kept) || r.Steps[1].Where != "fcpipe.duckdb" {
		t.Errorf("did %v", r.Steps)
	}
	if kept := s.Previous(); len(kept) > 0 {
		t.Errorf("kept %v", kept)
	}
	if _, err := s.State(t.Context()); err != nil {
		t.Error(err)
	}
	s.Published(3)
}

// Others have access to what holds bank data. The file gets the mode that is configured, a directory
// keeps what its group may do and the bit by which new files get that group.
func TestARepairTakesAwayOnlyWhatOthersMayDo(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 1)
	open, group := os.FileMode(0o777)|os.ModeSetgid, os.FileMode(0o750)|os.ModeSetgid
	if err := errors.Join(
		os.Mkdir(s.Layout().Lake(), 0o700), os.Chmod(s.Layout().Lake(), group|0o005),
		os.Chmod(s.Layout().State(), open), os.Chmod(s.Layout().Database(), 0o644),
	); err != nil {
		t.Fatal(err)
	}
	s.Repair()
	for path, want := range map[string]os.FileMode{
		s.Layout().Lake(): group, s.Layout().State(): 0o700 | os.ModeSetgid,
		s.Layout().Database(): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode() &^ os.ModeDir; got != want {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
	}
}

// A power cut on a disk that lies may leave the file empty: that is damage, and not the file of another program.
func TestARepairMendsAnEmptyFile(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 2)
	if err := os.Truncate(s.Layout().Database(), 0); err != nil {
		t.Fatal(err)
	}
	s.Repair()
	s.Want("SELECT string_agg(transaction_id, ',') FROM main.transactions", "fctxn_1")
}

// An earlier generation that a newer fcpipe made is not damaged, and a file of another name is not ours.
func TestARepairTellsWhatIsNewerFromWhatIsDamaged(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 2)
	mine := filepath.Join(s.Layout().Previous(), "mine.duckdb")
	if err := os.WriteFile(mine, []byte("notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Repair()
	if exists, err := durable.FileExists(mine); err != nil || !exists {
		t.Errorf("the user's own file is gone: %v", err)
	}
	s.Alter(s.Previous()[0], "INSERT INTO meta.migrations VALUES (9999, '9999_from_the_future.sql', 'x', now())")
	r, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), ""), r.Close()); !errors.Is(err, schema.ErrNewerSchema) ||
		len(r.Steps) > 0 {
		t.Errorf("repair did %v: %v", r.Steps, err)
	}
}

// A generation that was asked for and breaks a rule stays where it is, and so does all else.
func TestARepairProvesWhatWasAskedForFirst(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 2)
	s.Alter(s.Previous()[0], "INSERT INTO main.transaction_versions FROM main.transaction_versions LIMIT 1; CHECKPOINT")
	if err := os.Chmod(s.Layout().State(), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		filepath.Base(s.Previous()[0]): schema.ErrInvariant,
		"mistyped":                     repair.ErrNoGeneration,
	} {
		r, err := repair.Open(s.Options, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Run(t.Context(), name), r.Close()); !errors.Is(err, want) || len(r.Steps) > 0 ||
			len(s.Previous()) != 1 {
			t.Errorf("%s: did %v, kept %v: %v", name, r.Steps, s.Previous(), err)
		}
	}
	if info, err := os.Stat(s.Layout().State()); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the mode was changed: %v, %v", info, err)
	}
	s.Repair()
}

// A copy that was cut short is damaged, wherever it ends: no disk failed, and to try again does not help.
func TestAFileCutShortIsDamaged(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 3) // its catalog lies before other blocks
	whole, damaged := storetest.ReadFile(t, s.Layout().Database()), 0
	cuts := []int{10, 50, 90, 99}
	if *storetest.Proof {
		cuts = []int{10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97, 98, 99}
	}
	for _, hundredths := range cuts {
		if err := os.WriteFile(s.Layout().Database(), whole[:len(whole)*hundredths/100], 0o600); err != nil {
			t.Fatal(err)
		}
		reader, err := reader.Open(t.Context(), s.Layout(), s.Options.Settings)
		if err == nil {
			_, err = reader.Info(t.Context())
			err = errors.Join(err, readEverything(t.Context(), reader.Database()), reader.Close())
		}
		if duck.IsIO(err) || err != nil && !duck.IsDamaged(err) && !errors.Is(err, schema.ErrForeignFile) {
			t.Errorf("%d of 100: %v", hundredths, err)
		}
		if duck.IsDamaged(err) && !errors.Is(err, schema.ErrForeignFile) {
			damaged++
		}
	}
	if damaged == 0 {
		t.Error("DuckDB opened none of them")
	}
	s.Repair()
}

// readEverything reads every value of every table.
func readEverything(ctx context.Context, database *sql.DB) error {
	var tables []string
	err := duck.Load(os.DirFS("../check")).EachRow(ctx, database, "all_tables", func(scan duck.Scan) error {
		var schema, table string
		err := scan(&schema, &table)
		tables = append(tables, schema+"."+table)
		return err
	})
	for _, table := range tables {
		var sum sql.NullString
		err = errors.Join(
			err, database.QueryRowContext(ctx, "SELECT bit_xor(hash(t))::VARCHAR FROM "+table+" t").Scan(&sum),
		)
	}
	return err
}

// What the operating system answered says nothing of a file, whether Go or DuckDB asked.
func TestAFailingMachineIsNoDamage(t *testing.T) {
	for _, number := range []syscall.Errno{
		syscall.EIO, syscall.ESTALE, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
		syscall.EACCES,
	} {
		for _, err := range []error{
			&fs.PathError{Op: "open", Path: "x.duckdb", Err: number},
			&duckdb.Error{Type: duckdb.ErrorTypeIO, Msg: "IO Error: Cannot open file \"x.duckdb\": " + number.Error()},
		} {
			if wrapped := fmt.Errorf("check: %w", err); !duck.IsInconclusive(wrapped) {
				t.Errorf("%v is called damage", wrapped)
			}
		}
	}
	if err := fmt.Errorf("check: %w", io.ErrUnexpectedEOF); duck.IsInconclusive(err) {
		t.Errorf("%v is no damage", err)
	}
}
