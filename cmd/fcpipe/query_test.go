package main

import (
	"bytes"
	"iter"
	"testing"

	"fcpipe/schema/reader"
)

// TestAnswersKeepEveryValueApart: null and no letters, digits beyond 2^53, what a terminal would obey.
func TestAnswersKeepEveryValueApart(t *testing.T) {
	columns := []reader.ResultColumn{
		{Name: "n\x1b[31m", Type: "HUGEINT"},
		{Name: "t,\"x", Type: "VARCHAR"},
		{Name: "u", Type: "UHUGEINT"},
		{Name: "d", Type: "DECIMAL(38,2)"},
	}
	answer := [][]reader.Cell{
		{{Text: "170141183460469231731687303715884105727"}, {Null: true}, {Text: "9007199254740993"}, {Text: "-0.10"}},
		{{Null: true}, {Text: ""}, {Text: "1"}, {Text: "12345678901234567890.12"}},
		{{Text: "1"}, {Text: "a\nb\x1b\u202e\u0085"}, {Text: "1"}, {Null: true}},
		{{Text: "1"}, {Text: " say \"x\", y"}, {Text: "1"}, {Null: true}},
	}
	rows := func() iter.Seq2[[]reader.Cell, error] {
		return func(yield func([]reader.Cell, error) bool) {
			for _, row := range answer {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	for name, test := range map[string]struct {
		write answerWriter
		want  string
	}{
		"csv": {writeCSV, "n\x1b[31m,\"t,\"\"x\",u,d\n" +
			"170141183460469231731687303715884105727,,9007199254740993,-0.10\n" +
			",\"\",1,12345678901234567890.12\n" +
			"1,\"a\nb\x1b\u202e\u0085\",1,\n" +
			"1,\" say \"\"x\"\", y\",1,\n"},
		"ndjson": {
			writeNDJSON,
			`{"n\u001b[31m": 170141183460469231731687303715884105727, "t,\"x": null, ` +
				`"u": 9007199254740993, "d": -0.10}` + "\n" +
				`{"n\u001b[31m": null, "t,\"x": "", "u": 1, "d": 12345678901234567890.12}` + "\n" +
				`{"n\u001b[31m": 1, "t,\"x": "a\nb\u001b` + "\u202e\u0085" + `", "u": 1, "d": null}` + "\n" +
				`{"n\u001b[31m": 1, "t,\"x": " say \"x\", y", "u": 1, "d": null}` + "\n",
		},
		"table": {writeTable, `
                            n\u001b[31m  t,"x                                   u                        d
───────────────────────────────────────  ──────────────────────  ────────────────  ───────────────────────
170141183460469231731687303715884105727  NULL                    9007199254740993                    -0.10
                                   NULL                                         1  12345678901234567890.12
                                      1  a\nb\u001b\u202e\u0085                 1                     NULL
                                      1   say "x", y                            1                     NULL
`[1:]},
	} {
		var out bytes.Buffer
		if err := test.write(&out, columns, rows()); err != nil || out.String() != test.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, out.String(), test.want)
		}
	}
}
