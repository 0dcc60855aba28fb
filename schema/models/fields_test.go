package models_test

import (
	"strings"
	"testing"

	"fcpipe/schema/models"
)

func TestFieldsAreRefusedWithTheirLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a.b,c,x":                 `fields.csv:2: "x" is no number`,
		"a.b,c,0":                 `fields.csv:2: "0" is no number`,
		"a.b,c,01":                `fields.csv:2: "01" is no number`,
		"a.b,c":                   "fields.csv:2: want table,column,number",
		"a.b,c,1,soon":            "fields.csv:2: want table,column,number or table,column,number,later",
		"a.b,c,1\na.b,d,1":        "fields.csv:3: number 1 of a.b is given twice",
		"a.b,c,1\na.b,c,2":        "fields.csv:3: a.b.c has a number already",
		"a.b,c,1\na.b,d,1,later":  "fields.csv:3: number 1 of a.b is given twice",
		"a.b,c,1\na.b,\"d,2\na,b": "fields.csv: ",
	} {
		if _, err := models.ParseFields("table,column,field_id\n" + text); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A number once given stays; what a table gets later says so, because files without it exist.
func TestFieldsOnlyGrow(t *testing.T) {
	t.Parallel()
	const before = "table,column,field_id\na.b,x,1\na.b,tags,4\na.b,tags.list.element,1004\nc.d,y,1\n"
	columns := [][2]string{
		{"a.b", "x"},
		{"a.b", "new"},
		{"a.b", "tags"},
		{"a.b", "more"},
		{"c.d", "y"},
		{"e.f", "first"},
		{"e.f", "second"},
	}
	lists := map[[2]string]bool{{"a.b", "tags"}: true, {"a.b", "more"}: true}
	const after = "table,column,field_id\na.b,x,1\na.b,tags,4\na.b,tags.list.element,1004\na.b,new,5,later\na.b," +
		"more,6,later\n" +
		"a.b,more.list.element,1006\nc.d,y,1\ne.f,first,1\ne.f,second,2\n"
	if got := completeFields(t, before, columns, lists); got != after {
		t.Errorf("got\n%swant\n%s", got, after)
	}
	if got := completeFields(t, after, columns, lists); got != after {
		t.Errorf("a second time\n%s", got)
	}
}
