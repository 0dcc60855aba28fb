package landing

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
)

// segmentTables are the tables of a landing segment, without that of transactions, which are written in vectors.
var segmentTables = []string{
	"accounts", "balances", "refreshes", "completions", "quarantine", "owners", "ownerships", "labels",
	"label_states",
}

// segment is a landing segment being written under a temporary name.
type segment struct {
	path         string
	database     *sql.DB
	connection   *sql.Conn
	appenders    map[string]*duck.Appender
	transactions *duck.VectorAppender
	transacted   int // rows of transactions
	sequence     int64
	rows         map[string]int // by table, but for transactions
	most         int            // of any table
}

// newSegment starts an empty segment at path, which must not exist. One thread writes it: it is one row group, and a
// second thread of DuckDB does nothing but ask for work, on a processor that decodes the next pages.
func newSegment(ctx context.Context, path string, settings duck.Settings, firstSequence int64) (s *segment, err error) {
	settings.Threads = 1
	database, err := duck.Open(ctx, path, duck.ReadWrite, settings, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	made := &segment{path: path, database: database, sequence: firstSequence, rows: map[string]int{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, made.discard())
		}
	}()
	if _, err := database.ExecContext(ctx, statements.Get("landing_tables")); err != nil {
		return nil, err
	}
	if made.connection, err = database.Conn(ctx); err != nil {
		return nil, err
	}
	if made.appenders, err = duck.NewAppenders(ctx, made.connection, "", segmentTables...); err != nil {
		return nil, err
	}
	made.transactions, err = duck.NewVectorAppender(path, duck.ReadWrite, settings, "transactions")
	return made, err
}

// appendRow adds one row, numbered in order of arrival.
func (s *segment) appendRow(table string, values ...driver.Value) error {
	s.sequence++
	s.rows[table]++
	s.most = max(s.most, s.rows[table])
	return s.appenders[table].Append(append([]driver.Value{s.sequence}, values...)...)
}

// close flushes everything into the file and closes it.
func (s *segment) close(ctx context.Context) error {
	problems := []error{s.transactions.Close()}
	for _, table := range segmentTables {
		if appender := s.appenders[table]; appender != nil {
			problems = append(problems, appender.Close())
		}
	}
	s.appenders = nil
	if errors.Join(problems...) == nil && s.connection != nil {
		_, err := s.connection.ExecContext(ctx, "CHECKPOINT")
		problems = append(problems, err)
	}
	if s.connection != nil {
		problems = append(problems, s.connection.Close())
	}
	problems = append(problems, s.database.Close())
	return errors.Join(problems...)
}

// discard closes the segment and removes its file.
func (s *segment) discard() error {
	problems := []error{}
	s.transactions.Discard()
	for _, appender := range s.appenders {
		_ = appender.Close() // what it holds is thrown away
	}
	if s.connection != nil {
		problems = append(problems, s.connection.Close())
	}
	problems = append(problems, s.database.Close(), duck.Remove(s.path))
	return errors.Join(problems...)
}

// seal makes the segment durable under its final name.
func (s *segment) seal(ctx context.Context, final string) error {
	if err := s.close(ctx); err != nil {
		return errors.Join(fmt.Errorf("seal landing segment: %w", err), duck.Remove(s.path))
	}
	if err := durable.SyncFile(s.path); err != nil {
		return err
	}
	if err := os.Rename(s.path, final); err != nil {
		return fmt.Errorf("seal landing segment: %w", err)
	}
	return durable.SyncDirectory(filepath.Dir(final))
}
