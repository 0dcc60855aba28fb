package store

import (
	"context"
	"errors"
	"fmt"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
)

// ErrJournalGone is returned when the published file took runs or charges from a journal that the one
// beside it does not know: it was deleted, emptied, begun again, or put back from an older backup.
// Going on would count reads and money from zero, and could buy a second time what was bought.
var ErrJournalGone = errors.New("the journal is not that of the published file")

// CheckJournal fails with ErrJournalGone unless a journal, opened after the file, knows all that the
// file took from it.
func CheckJournal(ctx context.Context, r *reader.Reader, journal *journal.Journal) error {
	known := map[string]bool{}
	for _, run := range journal.Runs() {
		known[run.RunID] = true
	}
	runs, lacking := 0, 0
	if err := statements.EachRow(ctx, r.Database(), "runs_stored", func(scan duck.Scan) error {
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
	if err := r.Database().QueryRowContext(ctx, statements.Get("charges_count")).Scan(&charges); err != nil {
		return err
	}
	unknown := charges - len(journal.Charges())
	switch {
	case runs > 0 && len(known) == 0:
		return fmt.Errorf("%w: %s is missing or empty, the file knows %d runs and %d charges",
			ErrJournalGone, journal.Path(), runs, charges)
	case lacking > 0:
		return fmt.Errorf(
			"%w: %s lacks %d of the %d runs the file knows", ErrJournalGone, journal.Path(), lacking, runs,
		)
	case unknown > 0:
		return fmt.Errorf(
			"%w: %s lacks %d of the %d charges the file knows", ErrJournalGone, journal.Path(), unknown, charges,
		)
	}
	return nil
}
