package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/export"
	"fcpipe/schema"
)

// CheckReadable holds file and lake to what is promised at any instant a reader could look: the
// file opens and keeps its quick rules, beside the journal too; no cursor is ahead of its rows;
// nothing that was observed before is gone; the lake has its files in their sizes, and where it
// shows the same instant as many rows as the file. A deep look proves the file's checksums, decodes
// every value, keeps the rules of every version, and compares the lake byte by byte and value by value.
func (o *Oracle) CheckReadable(ctx context.Context, deep bool) (problems []string, err error) {
	layout := schema.Layout{Dir: o.Data}
	if deep {
		if problems, err := wholeFile(ctx, layout); err != nil || len(problems) > 0 {
			return problems, err
		}
	}
	reader, err := openReader(ctx, o.Data)
	if errors.Is(err, schema.ErrNoDatabase) {
		return o.History.gone(), nil
	}
	if err != nil {
		return []string{"I1: the published file does not open: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for _, look := range []func(context.Context, *schema.Reader) ([]string, error){
		func(ctx context.Context, reader *schema.Reader) ([]string, error) {
			return keepsRules(ctx, reader, layout, deep)
		},
		o.cursorsAhead,
		o.keepsHistory,
	} {
		found, err := look(ctx, reader)
		if err != nil {
			return append(problems, "I1: the published file cannot be read: "+err.Error()), ctx.Err()
		}
		problems = append(problems, found...)
	}
	lake, err := export.Verify(ctx, reader, layout.Lake(), deep)
	if err != nil {
		return append(problems, "I6: the lake cannot be read: "+err.Error()), nil
	}
	for _, p := range lake {
		if !p.Behind {
			problems = append(problems, "I1, I6: lake/"+p.String())
		}
	}
	return problems, nil
}

// wholeFile proves the checksums of the published file, if there is one.
func wholeFile(ctx context.Context, layout schema.Layout) (problems []string, err error) {
	if files, err := FilesBelow(layout.Dir, PublishedFile); err != nil || len(files) == 0 {
		return nil, err
	}
	damaged, err := schema.CheckBlocks(ctx, layout.Database())
	for _, f := range damaged {
		problems = append(problems, "I1: "+f.Where+": "+f.What)
	}
	return problems, err
}

func keepsRules(ctx context.Context, reader *schema.Reader, layout schema.Layout, deep bool) (problems []string, err error) {
	var findings []schema.Finding
	verify := schema.VerifyQuick
	if deep {
		verify = schema.Verify
		if findings, err = schema.ReadEverything(ctx, reader); err != nil {
			return nil, err
		}
	}
	broken, err := verify(ctx, reader, layout)
	for _, f := range slices.Concat(findings, broken) {
		problems = append(problems, "I4, I5: "+f.Where+": "+f.What)
	}
	return problems, err
}

// cursorsAhead is I3: an account that says it is complete up to a refresh holds each row of it.
func (o *Oracle) cursorsAhead(ctx context.Context, reader *schema.Reader) (problems []string, err error) {
	ids, err := rows(ctx, reader, question("ids"))
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for _, id := range ids {
		held[id] = true
	}
	cursors, err := rows(ctx, reader, question("cursors"))
	if err != nil {
		return nil, err
	}
	for _, line := range cursors {
		account, cursor, _ := strings.Cut(line, "\t")
		if cursor == "" {
			continue
		}
		revealed := o.World.Revelations(account, cursor)
		if len(revealed) == 0 {
			problems = append(problems, fmt.Sprintf("I3: %s is at %q, which is no refresh that succeeded", account, cursor))
			continue
		}
		missing := 0
		for _, raw := range revealed[0].Transactions {
			var row trueRow
			if err := json.Unmarshal(raw, &row); err != nil {
				return problems, err
			}
			if !held[row.ID] {
				missing++
			}
		}
		if missing > 0 {
			problems = append(problems, fmt.Sprintf("I3: %s is at %q and lacks %d of its rows", account, cursor, missing))
		}
	}
	return problems, nil
}

// CheckComplete is I10: file and lake are the truth, and the lake is not behind.
func (o *Oracle) CheckComplete(ctx context.Context) (problems []string, err error) {
	reader, err := openReader(ctx, o.Data)
	if err != nil {
		return []string{"I10: nothing to read after a clean round: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	t, err := truthOf(o.World)
	if err != nil {
		return nil, err
	}
	layout := schema.Layout{Dir: o.Data}
	for _, check := range []func(context.Context, *schema.Reader) ([]string, error){
		t.compare,
		func(ctx context.Context, reader *schema.Reader) ([]string, error) {
			return keepsRules(ctx, reader, layout, true)
		},
		o.keepsHistory,
	} {
		found, err := check(ctx, reader)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	lake, err := export.Verify(ctx, reader, layout.Lake(), true)
	if err != nil {
		return nil, err
	}
	for _, p := range lake {
		problems = append(problems, "I6: lake/"+p.String())
	}
	uncounted, err := o.checkCounted(layout)
	return slices.Concat(problems, o.checkCharges(), uncounted), err
}

// compare finds rows, balances and cursors of a file that are not the truth.
func (t truth) compare(ctx context.Context, reader *schema.Reader) (problems []string, err error) {
	for _, kind := range []struct {
		name, question string
		truth          map[string]bool
	}{{"row", "transactions", t.rows}, {"balance", "balances", t.balances}} {
		stored, err := rows(ctx, reader, question(kind.question))
		if err != nil {
			return nil, err
		}
		problems = append(problems, differences(kind.name, stored, kind.truth)...)
	}
	cursors, err := rows(ctx, reader, question("cursors"))
	if err != nil {
		return nil, err
	}
	for _, line := range cursors {
		account, cursor, _ := strings.Cut(line, "\t")
		if t.newest[account] != cursor {
			problems = append(problems, fmt.Sprintf("I3: %s is at %q, the truth is %q", account, cursor, t.newest[account]))
		}
	}
	if len(cursors) != len(t.newest) {
		problems = append(problems, fmt.Sprintf("I10: %d accounts, the truth has %d", len(cursors), len(t.newest)))
	}
	return problems, nil
}

// differences finds what is stored and not so, and what is so, but not stored.
func differences(name string, stored []string, truth map[string]bool) (problems []string) {
	left := maps.Clone(truth)
	for _, line := range stored {
		if !left[line] {
			problems = append(problems, "I10: a "+name+" that is not so: "+line)
		}
		delete(left, line)
	}
	if len(left) > 0 {
		problems = append(problems, fmt.Sprintf("I10: %d %ss are missing", len(left), name))
	}
	return problems
}

// checkCharges is I14: a balance is paid for at most once in its interval.
func (o *Oracle) checkCharges() (problems []string) {
	last := map[string]int64{}
	for _, charge := range o.World.Meter().Charges {
		if charge.Kind != "balance" {
			continue
		}
		if before, known := last[charge.Account]; known && charge.At-before < int64(20*time.Hour/time.Second) {
			problems = append(problems, "I14: "+charge.Account+" was paid for twice")
		}
		last[charge.Account] = charge.At
	}
	return problems
}

// checkCounted is the other half of I14: what the bank's meter charges, the journal counts.
func (o *Oracle) checkCounted(layout schema.Layout) (problems []string, err error) {
	journal, err := schema.OpenJournal(layout.Journal())
	if errors.Is(err, schema.ErrJournalCorrupt) {
		return []string{"I16: " + err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	counted := map[string]int{}
	for _, c := range journal.Charges() {
		counted[chargeLine(c.Kind, text(c.AccountID), text(c.HolderID), text(c.Month), c.ChargedAt.Unix())]++
	}
	for _, c := range o.World.Meter().Charges {
		line := chargeLine(c.Kind, c.Account, c.Holder, c.Month, c.At)
		if counted[line]--; counted[line] < 0 {
			problems = append(problems, "I14: the bank charges what the journal does not count: "+line)
		}
	}
	return problems, nil
}

// chargeLine names a charge; one of a month may be counted at any instant of it.
func chargeLine(kind, account, holder, month string, at int64) string {
	if month != "" {
		return strings.Join([]string{kind, holder, month}, " ")
	}
	return strings.Join([]string{kind, account, strconv.FormatInt(at, 10)}, " ")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
