package main

import (
	"context"
	"strings"
)

func (b *bench) unchanged(ctx context.Context) error {
	base, err := b.synced(ctx)
	if err != nil {
		return err
	}
	return b.without(ctx, "unchanged", b.baseShape(), base)
}

// unchangedMany is a round without changes where accounts are many and rows few.
func (b *bench) unchangedMany(ctx context.Context) error {
	i, err := b.syncedMany(ctx)
	if err != nil {
		return err
	}
	defer i.server.stop()
	if err := b.without(ctx, "unchanged-many", b.manyShape(), i); err != nil {
		return err
	}
	return i.remove()
}

func (b *bench) manyShape() shape { return shape{max(b.options.rows/100, 2), fewRows} }

// syncedMany is a world of many accounts after its first sync, which another case may have made.
func (b *bench) syncedMany(ctx context.Context) (*installation, error) {
	if b.small != nil && b.smallShape() == b.manyShape() {
		return b.small, nil
	}
	s, err := b.serve(ctx, b.manyShape())
	if err != nil {
		return nil, err
	}
	i, err := b.install(s, b.memory)
	if err != nil {
		return nil, err
	}
	_, err = i.round(ctx)
	return i, err
}

// without measures rounds that find no change.
func (b *bench) without(ctx context.Context, name string, of shape, i *installation) error {
	r, err := b.repeated(row{Case: name, What: of.String()}, b.runs, func(int) (sample, error) {
		if err := i.server.later(ctx); err != nil {
			return sample{}, err
		}
		return i.round(ctx)
	})
	if err == nil {
		r.withServer().withFiles().withChanges()
	}
	return err
}

func (b *bench) export(ctx context.Context) error { return b.command(ctx, "export", "export") }
func (b *bench) status(ctx context.Context) error { return b.command(ctx, "status", "status") }
func (b *bench) plan(ctx context.Context) error   { return b.command(ctx, "plan", "plan") }
func (b *bench) query(ctx context.Context) error {
	return b.command(ctx, "query", "query", statements.Get("one_row"))
}

// command measures a command on the base.
func (b *bench) command(ctx context.Context, name string, arguments ...string) error {
	base, err := b.synced(ctx)
	if err != nil {
		return err
	}
	files, err := base.files()
	if err != nil {
		return err
	}
	r, err := b.repeated(row{Case: name, What: b.baseShape().String()}, b.runs, func(int) (sample, error) {
		_, s, err := base.fcpipe(ctx, arguments...)
		s.file, s.lake = sizes(files)
		return s, err
	})
	if err == nil {
		r.withServer().withFiles()
	}
	return err
}

// report is the page of one holder, portfolio that of all.
func (b *bench) report(ctx context.Context) error {
	base, err := b.synced(ctx)
	if err != nil {
		return err
	}
	out, _, err := base.fcpipe(ctx, "query", "--format", "csv", statements.Get("one_holder"))
	if err != nil {
		return err
	}
	_, holder, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return b.command(ctx, "report", "report", "--holder", strings.TrimSpace(holder))
}

func (b *bench) portfolio(ctx context.Context) error {
	return b.command(ctx, "portfolio", "report", "--portfolio")
}

func (b *bench) version(ctx context.Context) error {
	_, err := b.repeated(row{Case: "version", What: "start-up"}, b.runs, func(int) (sample, error) {
		_, s, err := b.start(ctx, b.program, "version")
		return s, err
	})
	return err
}
