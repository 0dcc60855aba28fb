package features

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	"fcpipe/schema/duck"
	"fcpipe/schema/replay"
)

// side is what was known at one of two instants, as far as it is kept.
type side struct {
	known    replay.Known
	values   map[valueKey]Said
	lines    map[valueKey]map[lineKey]counted // only of one holder
	versions map[string]int64                 // of transactions
	spans    map[string]span
}

type valueKey struct{ holder, account, currency, attribute, window string }

// lineKey is a row that a value counts, or a day.
type lineKey struct{ part, account, id, day string }

// counted is what a row adds.
type counted struct {
	counted, version int64
	category         string
}

func (s *side) said(key valueKey) *Said {
	if said, is := s.values[key]; is {
		return &said
	}
	return nil
}

func newSide() *side {
	return &side{
		values: map[valueKey]Said{}, lines: map[valueKey]map[lineKey]counted{}, versions: map[string]int64{},
		spans: map[string]span{},
	}
}

// read computes what a question asks for, and keeps it.
func (s *side) read(ctx context.Context, q replay.Question) (err error) {
	q.Tables = []string{Table}
	past, err := replay.Open(ctx, q)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, past.Close()) }()
	s.known = past.Known
	database := past.Database()
	if err := eachValue(ctx, database, q.Holder, func(key valueKey, said Said) { s.values[key] = said }); err != nil ||
		q.Holder == "" {
		return err
	}
	err = eachLine(ctx, database, q.Holder, func(key valueKey, line lineKey, c counted) {
		if s.lines[key] == nil {
			s.lines[key] = map[lineKey]counted{}
		}
		s.lines[key][line] = c
	})
	return errors.Join(err, s.readSpans(ctx, database))
}

// eachValue reads the values of a holder, or of all, one at a time.
func eachValue(ctx context.Context, database duck.Queryer, holder string, use func(valueKey, Said)) error {
	return statements.EachRow(ctx, database, "diff_values", func(scan duck.Scan) error {
		var key valueKey
		var integer, double, date, text *string
		var said Said
		err := scan(&key.holder, &key.account, &key.currency, &key.attribute, &key.window, &integer, &double, &date,
			&text, &said.State)
		said.Value = cmp.Or(integer, double, date, text)
		use(key, said)
		return err
	}, sql.Named("holder", holder))
}

// eachLine reads the rows that values of a holder count, one at a time.
func eachLine(
	ctx context.Context, database duck.Queryer, holder string, use func(valueKey, lineKey, counted),
) error {
	return statements.EachRow(ctx, database, "diff_lines", func(scan duck.Scan) error {
		key, line, c := valueKey{holder: holder}, lineKey{}, counted{}
		var evidence string
		var amount int64
		err := scan(&key.account, &key.currency, &key.attribute, &key.window, &line.part, &evidence, &line.account,
			&line.id, &c.version, &line.day, &c.counted, &amount, &c.category)
		use(key, line, c)
		return err
	}, sql.Named("holder", holder))
}

func (s *side) readSpans(ctx context.Context, database duck.Queryer) error {
	err := statements.EachRow(ctx, database, "diff_spans", func(scan duck.Scan) error {
		var name string
		var of span
		err := scan(&name, &of.first, &of.last)
		s.spans[name] = of
		return err
	})
	return errors.Join(err, statements.EachRow(ctx, database, "diff_versions", func(scan duck.Scan) error {
		var id string
		var version int64
		err := scan(&id, &version)
		s.versions[id] = version
		return err
	}))
}
