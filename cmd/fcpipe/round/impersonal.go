package round

import (
	"regexp"
	"strings"
)

// cells are what the user wrote, or an id: it may tell of a person.
var cells = regexp.MustCompile("\"[^\"]*\"|`[^`]*`|\\b(fca|fctxn|cus|acct)_\\w+")

// longestSaid is how many characters of a problem the journal keeps.
const longestSaid = 300

// impersonal are the words of a problem with the user's own files that the journal may keep: of each line its place and
// what is wrong, without what stands in it. Where there are many problems it is the first.
func impersonal(problem string) string {
	first, others, _ := strings.Cut(problem, "\n")
	said := []rune(cells.ReplaceAllLiteralString(first, "…"))
	text := string(said[:min(len(said), longestSaid)])
	if more := strings.Count(others, "\n") + 1; others != "" {
		text += ", and " + Count(int64(more), "more problem")
	}
	return text
}

// noteUserFiles adds to why a round is not complete what is wrong with the user's own files: status says it.
func (r *Report) noteUserFiles() {
	if r.userFiles == nil {
		return
	}
	said := ErrUserFiles.Error() + ": " + impersonal(r.RulesProblem)
	if r.Reason != "" {
		said = r.Reason + "; " + said
	}
	r.Reason = said
}
