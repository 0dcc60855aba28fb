package erase

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

// Scan searches every file of the data directory for what was removed, but its own work file. The ids of removed
// transactions may be in the published file and in those files of the lake's feed that the runs wrote which removed
// rows; a text may be where the published file, or a segment of landing, has it of another account. A *LeftError names
// the files that have more, and those that could not be searched.
func (e *Erasure) Scan(ctx context.Context) error {
	runs, err := e.removingRuns(ctx)
	if err != nil {
		return err
	}
	layout := e.store.Layout()
	searched, err := searchBelow(ctx, e.store, newSearch(e.needles()), layout.Erasing())
	if err != nil {
		return err
	}
	found := searched.found
	e.counts["scanned_files"], e.counts["scanned_bytes"] = int64(len(found)), searched.size
	for path, needles := range found {
		found[path] = slices.DeleteFunc(needles, func(n needle) bool {
			return n.kind == rowNeedle && e.mayHoldRows(path, runs)
		})
	}
	if err := e.excuse(ctx, found); err != nil {
		return err
	}
	e.store.Hook("erase.scanned")
	return searched.left(layout.Dir)
}

// removingRuns are the runs whose files of the feed say what was removed.
func (e *Erasure) removingRuns(ctx context.Context) (runs []string, err error) {
	err = inPublished(ctx, e.store, func(r *reader.Reader) error {
		return statements.EachRow(ctx, r.Database(), "runs_that_removed", func(scan duck.Scan) error {
			var id string
			err := scan(&id)
			runs = append(runs, id)
			return err
		})
	})
	return runs, err
}

// mayHoldRows tells the files that say which transactions were removed.
func (e *Erasure) mayHoldRows(path string, runs []string) bool {
	if path == e.store.Layout().Database() {
		return true
	}
	isFeed := strings.Contains(filepath.ToSlash(path), "/changes/transactions/")
	return isFeed && slices.ContainsFunc(runs, func(run string) bool {
		return strings.HasPrefix(filepath.Base(path), run+"-")
	})
}

// excuse takes out texts that others have, in the published file or in landing.
func (e *Erasure) excuse(ctx context.Context, found map[string][]needle) error {
	texts := map[string]bool{}
	for _, needles := range found {
		for _, n := range needles {
			if n.kind == textNeedle {
				texts[n.text] = true
			}
		}
	}
	if len(texts) == 0 {
		return nil
	}
	kept := map[string]bool{}
	if err := inPublished(ctx, e.store, func(r *reader.Reader) error {
		return keptTexts(ctx, r.Database(), texts, kept)
	}); err != nil {
		return err
	}
	if err := inLanding(ctx, e.store, func(segment *sql.DB) error {
		return keptTexts(ctx, segment, texts, kept)
	}); err != nil {
		return err
	}
	for path, needles := range found {
		found[path] = slices.DeleteFunc(needles, func(n needle) bool { return n.kind == textNeedle && kept[n.text] })
	}
	return nil
}

// keptTexts finds texts in every column of a file that holds text, and in its macros and comments.
func keptTexts(ctx context.Context, database *sql.DB, texts, kept map[string]bool) error {
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	list := make([]string, 0, len(texts))
	for text := range texts {
		list = append(list, text)
	}
	if _, err := connection.ExecContext(
		ctx, statements.Get("searched_texts"), sql.Named("texts", list),
	); err != nil {
		return fmt.Errorf("searched_texts: %w", err)
	}
	note := func(scan duck.Scan) error {
		var text string
		err := scan(&text)
		kept[text] = true
		return err
	}
	if err := statements.EachRow(ctx, connection, "texts_of_macros", note); err != nil {
		return err
	}
	questions := map[string][]string{} // by table: one for each of hundreds of columns would cost more than its answer
	if err := statements.EachRow(ctx, connection, "text_columns", func(scan duck.Scan) error {
		var schema, table, column string
		err := scan(&schema, &table, &column)
		from := reader.Identifier(schema) + "." + reader.Identifier(table)
		condition := fmt.Sprintf("contains(t.%s::VARCHAR, text)", reader.Identifier(column))
		questions[from] = append(questions[from], condition)
		return err
	}); err != nil {
		return err
	}
	for from, conditions := range questions {
		if len(kept) == len(texts) {
			break
		}
		has := strings.Join(conditions, " OR ")
		question := duck.Statements{
			from: fmt.Sprintf("SELECT DISTINCT text FROM searched WHERE EXISTS (FROM %s t WHERE %s)", from, has),
		}
		if err := question.EachRow(ctx, connection, from, note); err != nil {
			return err
		}
	}
	return nil
}
