package oracle

import (
	"context"
	"errors"
	"slices"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/sync/simulator"
)

// Oracle holds one data directory to the world it is filled from.
type Oracle struct {
	Data    string            // the data directory
	World   *simulator.Server // the world it is filled from
	History History           // what was seen of the published file; each look adds to it
}

// look is one look at a published file.
type look func(context.Context, *reader.Reader) (problems []string, err error)

// CheckReadable holds file and lake to what is promised at any instant a reader could look: the file opens and keeps
// its quick rules, with the journal too; no cursor is ahead of its rows; nothing that was observed before is lost;
// the lake has its files in their sizes and, where it shows the same instant, as many rows as the file.
//
// A deep look proves the file's block checksums, decodes every value, keeps the rules of every version, and compares
// the lake with its manifest byte by byte and with the file value by value.
func (o *Oracle) CheckReadable(ctx context.Context, deep bool) (problems []string, err error) {
	layout := schema.Layout{Dir: o.Data}
	if deep {
		if problems, err := wholeFile(ctx, layout); err != nil || len(problems) > 0 {
			return problems, err
		}
	}
	reader, err := open(ctx, o.Data)
	if errors.Is(err, schema.ErrNoDatabase) {
		return o.History.withoutFile(), nil
	}
	if err != nil {
		return []string{"I1: the published file does not open: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for _, examine := range []look{keepsRules(layout, deep), o.cursorsAhead, o.keepsHistory} {
		found, err := examine(ctx, reader)
		if err != nil {
			return append(problems, "I1: the published file cannot be read: "+err.Error()), ctx.Err()
		}
		problems = append(problems, found...)
	}
	lake, err := export.Verify(ctx, reader, layout.Lake(), export.Privacy{}, deep)
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

// CheckComplete is what a clean round promises: file and lake are the truth (I10), the lake is not behind the file
// (I6), nothing was paid for twice and every charge is counted (I14).
func (o *Oracle) CheckComplete(ctx context.Context) (problems []string, err error) {
	reader, err := open(ctx, o.Data)
	if err != nil {
		return []string{"I10: nothing to read after a clean round: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	truth, err := TruthOf(o.World.Truth())
	if err != nil {
		return nil, err
	}
	layout := schema.Layout{Dir: o.Data}
	looks := []look{truth.Differences, truth.cursorDifferences, keepsRules(layout, true), o.keepsHistory}
	for _, examine := range looks {
		found, err := examine(ctx, reader)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	lake, err := export.Verify(ctx, reader, layout.Lake(), export.Privacy{}, true)
	if err != nil {
		return nil, err
	}
	for _, p := range lake {
		problems = append(problems, "I6: lake/"+p.String())
	}
	uncounted, err := o.uncounted(layout)
	return slices.Concat(problems, o.paidTwice(), uncounted), err
}

func (o *Oracle) cursorsAhead(ctx context.Context, reader *reader.Reader) ([]string, error) {
	return CursorsAhead(ctx, reader, o.World)
}

// wholeFile proves the checksums of the published file, if there is one.
func wholeFile(ctx context.Context, layout schema.Layout) (problems []string, err error) {
	if files, err := FilesBelow(layout.Dir, PublishedFile); err != nil || len(files) == 0 {
		return nil, err
	}
	damaged, err := duck.CheckBlocks(ctx, layout.Database())
	for _, f := range damaged {
		problems = append(problems, "I1: "+f.Where+": "+f.What)
	}
	return problems, err
}

// keepsRules is I4 and I5: the rules that verify holds a file to. A deep look decodes every value, too.
func keepsRules(layout schema.Layout, deep bool) look {
	return func(ctx context.Context, reader *reader.Reader) (problems []string, err error) {
		if !deep {
			return rules(ctx, reader, layout, check.VerifyQuick)
		}
		undecodable, err := check.ReadEverything(ctx, reader)
		if err != nil {
			return nil, err
		}
		broken, err := rules(ctx, reader, layout, check.Verify)
		return slices.Concat(findings(undecodable), broken), err
	}
}

// rules names what a verification finds.
func rules(ctx context.Context, reader *reader.Reader, layout schema.Layout,
	verify func(context.Context, *reader.Reader, schema.Layout) ([]schema.Finding, error),
) ([]string, error) {
	broken, err := verify(ctx, reader, layout)
	return findings(broken), err
}

func findings(all []schema.Finding) (problems []string) {
	for _, f := range all {
		problems = append(problems, "I4, I5: "+f.Where+": "+f.What)
	}
	return problems
}
