package architecture

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const mostFilesUnguided = 4 // of a package whose comment need not say where to look

// commandsComment is where the comment of the commands is: they have no room for another file.
const commandsComment = "cmd/fcpipe/main.go"

var (
	fileName       = regexp.MustCompile(`[\w./-]*\w\.(go|sql|csv|yaml|md|txt|html)\b`)
	folderName     = regexp.MustCompile(`[\w-]+(/[\w-]+)*`)
	packageComment = regexp.MustCompile(`^(Package|Command|The program) `)
	functionName   = regexp.MustCompile(`\b([a-z]+[A-Z]\w*|Test[A-Z]\w*)\b`)

	// filesOfUsers are in no folder of ours.
	filesOfUsers = []string{"config.yaml", "loan_requests.csv", "overrides.csv", "policy.csv", "rules.csv"}
)

func isPackageComment(f source) bool {
	return path.Base(f.path) == "doc.go" || f.path == commandsComment
}

// TestPackageCommentsSayWhereToLook: each stands in doc.go, and guides a reader where the package has many files.
func TestPackageCommentsSayWhereToLook(t *testing.T) {
	count, guides := map[string]int{}, map[string]bool{}
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		count[f.pkg]++
		if isPackageComment(f) {
			guides[f.pkg] = strings.Contains(f.tree.Doc.Text(), "Where to look:")
		} else if packageComment.MatchString(f.tree.Doc.Text()) {
			t.Errorf("%s has the comment of a package: it belongs into doc.go", f.path)
		}
	}
	for name, files := range count {
		if files > mostFilesUnguided && !guides[name] {
			t.Errorf("%s has %d files, and no doc.go with a paragraph \"Where to look:\"", name, files)
		}
	}
}

// TestPackageCommentsNameWhatThereIs: files, and functions where a paragraph names files of Go.
func TestPackageCommentsNameWhatThereIs(t *testing.T) {
	var code strings.Builder
	for _, f := range sources(t) {
		if !isPackageComment(f) {
			code.Write(f.text)
		}
	}
	for _, f := range sources(t) {
		if !isPackageComment(f) {
			continue
		}
		for paragraph := range strings.SplitSeq(f.tree.Doc.Text(), "\n\n") {
			for _, name := range fileName.FindAllString(paragraph, -1) {
				if !slices.Contains(filesOfUsers, name) && !isNear(f.pkg, paragraph, name) {
					t.Errorf("%s names %s, which is not there", f.path, name)
				}
			}
			if !strings.Contains(paragraph, ".go") {
				continue
			}
			for _, name := range functionName.FindAllString(paragraph, -1) {
				if !strings.Contains(code.String(), name) {
					t.Errorf("%s names %s, which is nowhere", f.path, name)
				}
			}
		}
	}
}

// isNear reports whether a file is at its path from the root, in the folder of a package or the one above it, or in a
// folder that a paragraph names: from the root, or from either of these two.
func isNear(pkg, paragraph, name string) bool {
	folders := append(folderName.FindAllString(paragraph, -1), ".")
	for _, from := range []string{".", pkg, path.Dir(pkg)} {
		for _, folder := range folders {
			if _, err := os.Stat(filepath.Join(root, from, folder, name)); err == nil {
				return true
			}
		}
	}
	return false
}
