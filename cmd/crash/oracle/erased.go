package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/reader"
)

// CheckErased is what a completed erasure of an account promises: no file names the account; the published file is the
// truth without it, and keeps every rule, with its receipts and the journal; the lake equals the file.
func (o *Oracle) CheckErased(ctx context.Context, account string) (problems []string, err error) {
	opened, err := open(ctx, o.Data)
	if err != nil {
		return []string{"I10: nothing to read after an erasure: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	truth, err := TruthOf(o.World.Truth())
	if err != nil {
		return nil, err
	}
	layout := schema.Layout{Dir: o.Data}
	for _, examine := range []look{truth.without(account).Differences, keepsRules(layout, true), receipts} {
		found, err := examine(ctx, opened)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	lake, err := export.Verify(ctx, opened, layout.Lake(), export.Privacy{}, true)
	if err != nil {
		return nil, err
	}
	for _, p := range lake {
		problems = append(problems, "I6: lake/"+p.String())
	}
	named, err := filesNaming(o.Data, account)
	return append(problems, named...), err
}

// without is the truth of a client that holds nothing of an account.
func (t Truth) without(account string) Truth {
	left := Truth{
		rows: map[string]bool{}, balances: map[string]bool{}, removed: t.removed, newest: map[string]string{},
	}
	for from, to := range map[*map[string]bool]map[string]bool{&t.rows: left.rows, &t.balances: left.balances} {
		for line := range *from {
			if !strings.Contains("\t"+line+"\t", "\t"+account+"\t") {
				to[line] = true
			}
		}
	}
	for id, refresh := range t.newest {
		if id != account {
			left.newest[id] = refresh
		}
	}
	return left
}

// receipts: there is one, and it says what was removed.
func receipts(ctx context.Context, reader *reader.Reader) (problems []string, err error) {
	lines, err := ask(ctx, reader, question("receipts"))
	if err == nil && len(lines) != 1 {
		problems = append(problems, fmt.Sprintf("erasure: %d receipts after one erasure", len(lines)))
	}
	return problems, err
}

// filesNaming are the files below a directory that name an account.
func filesNaming(data, account string) (problems []string, err error) {
	err = filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(account)) {
			problems = append(problems, "erasure: "+strings.TrimPrefix(path, data+"/")+" names the account")
		}
		return err
	})
	return problems, err
}
