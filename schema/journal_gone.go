package schema

import (
	"fmt"
	"path/filepath"
)

// lostJournal is what verify says of a journal that is gone altogether, in the place of a line for every run.
func lostJournal(layout Layout, stored int) Finding {
	return Finding{
		Where: filepath.Join("state", filepath.Base(layout.Journal())),
		What: fmt.Sprintf(`is missing or empty, while the published file knows %d runs; restore it from a backup, or `+
			`"fcpipe repair" restores what the file knows`, stored),
	}
}
