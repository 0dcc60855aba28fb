package check

import (
	"fmt"
	"path/filepath"

	"fcpipe/schema"
)

// lostJournal is what verify says of a journal that is gone altogether, in the place of a line for every run.
func lostJournal(layout schema.Layout, stored int) schema.Finding {
	return schema.Finding{
		Where: filepath.Join("state", filepath.Base(layout.Journal())),
		What: fmt.Sprintf(`is missing or empty, while the published file knows %d runs; restore it from a backup, or `+
			`"fcpipe repair" restores what the file knows`, stored),
	}
}
