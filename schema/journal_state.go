package schema

import (
	"context"
	"errors"
	"fmt"
)

// ErrJournalGone is returned when the published file took runs or charges from a journal that the one
// beside it does not know: it was deleted, emptied, begun again, or put back from an older backup.
// Going on would count reads and money from zero, and could buy a second time what was bought.
var ErrJournalGone = errors.New("the journal is not that of the published file")

// CheckJournal fails with ErrJournalGone unless a journal, opened after the file, knows all that the
// file took from it.
func (r *Reader) CheckJournal(ctx context.Context, journal *Journal) error {
	known := map[string]bool{}
	for _, run := range journal.Runs() {
		known[run.RunID] = true
	}
	runs, lacking := 0, 0
	if err := eachRow(ctx, r.Database(), "runs_stored", func(scan scanner) error {
		var id string
		var finished bool
		err := scan(&id, &finished)
		if runs++; !known[id] {
			lacking++
		}
		return err
	}); err != nil {
		return err
	}
	var charges int
	if err := r.Database().QueryRowContext(ctx, statement("charges_count")).Scan(&charges); err != nil {
		return err
	}
	unknown := charges - len(journal.Charges())
	switch {
	case runs > 0 && len(known) == 0:
		return fmt.Errorf("%w: %s is missing or empty, the file knows %d runs and %d charges",
			ErrJournalGone, journal.path, runs, charges)
	case lacking > 0:
		return fmt.Errorf("%w: %s lacks %d of the %d runs the file knows", ErrJournalGone, journal.path, lacking, runs)
	case unknown > 0:
		return fmt.Errorf("%w: %s lacks %d of the %d charges the file knows", ErrJournalGone, journal.path, unknown, charges)
	}
	return nil
}

// openJournalOf opens the journal of a data directory and holds it against its published file, if there
// is one. The file is read first: the journal always knows more.
func openJournalOf(ctx context.Context, layout Layout, settings Settings) (journal *Journal, err error) {
	reader, err := OpenReader(ctx, layout, settings)
	if errors.Is(err, ErrNoDatabase) {
		return OpenJournal(layout.Journal())
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if journal, err = OpenJournal(layout.Journal()); err != nil {
		return nil, err
	}
	return journal, reader.CheckJournal(ctx, journal)
}
