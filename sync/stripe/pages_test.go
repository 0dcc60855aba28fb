package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// shelf is a server that lists rows, two a page.
type shelf struct {
	t       *testing.T
	rows    []string
	asked   []string // the queries, without limit
	between func(request int)
	unknown bool // the cursor
}

func (s *shelf) RoundTrip(r *http.Request) (*http.Response, error) {
	query := r.URL.Query()
	if query.Get("limit") != "100" {
		s.t.Errorf("limit %q", query.Get("limit"))
	}
	query.Del("limit")
	s.asked = append(s.asked, query.Encode())
	if s.between != nil {
		s.between(len(s.asked))
	}
	missing := `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`
	start := 0
	if after := query.Get("starting_after"); after != "" {
		at := slices.IndexFunc(s.rows, func(row string) bool { return strings.Contains(row, `"`+after+`"`) })
		if at < 0 {
			return answered(r, http.StatusBadRequest, nil, missing), nil
		}
		start = at + 1
	}
	if s.unknown && query.Has("cursor") {
		return answered(r, http.StatusBadRequest, nil, missing), nil
	}
	end := min(start+2, len(s.rows))
	page := fmt.Sprintf(`{"data":[%s],"has_more":%t}`, strings.Join(s.rows[start:end], ","), end < len(s.rows))
	return answered(r, http.StatusOK, nil, page), nil
}

// object is a row of a shelf.
func object(id string) string { return fmt.Sprintf(`{"id":%q}`, id) }

func newShelf(t *testing.T, ids ...string) *shelf {
	t.Helper()
	s := &shelf{t: t}
	for _, id := range ids {
		s.rows = append(s.rows, object(id))
	}
	return s
}

func newTestClient(t *testing.T, transport http.RoundTripper) *Client {
	t.Helper()
	c, err := New(Options{
		Key: "sk_test_x", APIBase: "http://simulator", Transport: transport, Clock: newJumpClock(),
		Random: func() float64 { return 0.5 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// listOf is a list of ids.
func listOf() List[string] {
	return List[string]{
		Operation: "list", Path: Path("things"), MaxPages: 100,
		Open: func(body []byte) ([][]byte, bool, error) {
			var page struct {
				Data    []json.RawMessage
				HasMore bool `json:"has_more"`
			}
			if err := json.Unmarshal(body, &page); err != nil {
				return nil, false, errors.New("not an object")
			}
			var rows [][]byte
			for _, row := range page.Data {
				rows = append(rows, row)
			}
			return rows, page.HasMore, nil
		},
		Decode: func(row []byte) (string, string, error) {
			var object struct{ ID string }
			_ = json.Unmarshal(row, &object)
			if object.ID == "" {
				return "", "", errors.New("no id")
			}
			return strings.ToUpper(object.ID), object.ID, nil
		},
	}
}

// read reads a list to its end: its ids, with a "|" before each page and a "!" where it began again.
func (s *shelf) read(list List[string]) (string, error) {
	s.t.Helper()
	var text strings.Builder
	for page, err := range Pages(s.t.Context(), newTestClient(s.t, s), list) {
		if err != nil {
			return text.String(), err
		}
		if page.Restarted {
			text.WriteString("!")
		}
		text.WriteString("|")
		for _, row := range page.Rows {
			if row.Value != strings.ToUpper(row.ID) || (row.ID == "") != (row.Err != nil) || row.ID == "" && row.IsNew {
				s.t.Errorf("row %+v", row)
			}
			text.WriteString(row.ID)
		}
		if page.RequestID != "req_fault" || page.Size == 0 {
			s.t.Errorf("page %+v", page)
		}
	}
	return text.String(), nil
}

func TestPagesComeInOrderToTheEnd(t *testing.T) {
	s := newShelf(t, "a", "b", "c", "d", "e")
	list := listOf()
	list.Form = url.Values{"account": {"x"}}
	var reserved []int
	list.Reserve = func(number int) error { reserved = append(reserved, number); return nil }
	if got, err := s.read(list); got != "|ab|cd|e" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	want := []string{"account=x", "account=x&starting_after=b", "account=x&starting_after=d"}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked for %q, want %q", s.asked, want)
	}
	if !slices.Equal(reserved, []int{1, 2, 3}) || len(list.Form) != 1 {
		t.Errorf("reserved %v, the caller's form is %v", reserved, list.Form)
	}
	if got, err := newShelf(t).read(listOf()); got != "|" || err != nil {
		t.Errorf("an empty list: %s, %v", got, err)
	}
}

// TestListBeginsAgainWhenItsRowIsGone: nothing is left out, and the caller is told.
func TestListBeginsAgainWhenItsRowIsGone(t *testing.T) {
	s := newShelf(t, "a", "b", "c", "d", "e")
	s.between = func(request int) {
		if request == 2 {
			s.rows = slices.Delete(s.rows, 1, 2) // b
		}
	}
	if got, err := s.read(listOf()); got != "|ab!|ac|de" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	s = newShelf(t, "a", "b", "c")
	s.between = func(request int) {
		for i := range s.rows {
			s.rows[i] = object(fmt.Sprint(request, i)) // no row is there twice
		}
	}
	got, err := s.read(listOf())
	var api *APIError
	if !errors.As(err, &api) || api.Code != "resource_missing" || strings.Count(got, "!") != maxRestarts {
		t.Errorf("%s, %v", got, err)
	}
}

// TestListIsAmendedWhereItsFormIsUnknown: the caller decides what to list instead.
func TestListIsAmendedWhereItsFormIsUnknown(t *testing.T) {
	s := newShelf(t, "a", "b", "c")
	s.unknown = true
	list := listOf()
	list.Form = url.Values{"cursor": {"r"}}
	if got, err := s.read(list); got != "" || errors.As(err, new(*PageError)) || err == nil {
		t.Errorf("without Amend: %s, %v", got, err)
	}
	list.Amend = func(form url.Values, missing *APIError) bool {
		form.Del("cursor")
		return missing.RequestID == "req_fault"
	}
	if got, err := s.read(list); got != "!|ab|c" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	list.Amend = func(url.Values, *APIError) bool { return true } // and amends nothing
	s.asked = nil
	if got, err := s.read(list); err == nil || len(s.asked) != 1+maxRestarts {
		t.Errorf("%s, %v after %d requests", got, err, len(s.asked))
	}
}

func TestListsThatDoNotEndAreEnded(t *testing.T) {
	endless := newShelf(t)
	endless.between = func(request int) {
		row := func(n int) string { return object(fmt.Sprint("x", n)) }
		endless.rows = []string{row(2*request - 2), row(2*request - 1), row(2 * request), object("end")}
		if request == 1 {
			endless.rows = endless.rows[1:]
		}
	}
	list := listOf()
	list.MaxPages = 7
	got, err := endless.read(list)
	if !errors.Is(err, ErrTooManyPages) || strings.Count(got, "|") != 7 || len(endless.asked) != 7 {
		t.Errorf("%s, %v after %d requests", got, err, len(endless.asked))
	}
	list.MaxPages = 0
	if _, err := endless.read(list); !errors.Is(err, ErrTooManyPages) || len(endless.asked) != 7 {
		t.Errorf("no page allowed: %v after %d requests", err, len(endless.asked)-7)
	}
	for name, rows := range map[string][]string{
		"the same again":  {object("a"), object("b"), object("a"), object("b"), object("c")},
		"rows without id": {object("a"), object("b"), `{}`, `{}`, object("c")},
	} {
		s := newShelf(t)
		s.rows = rows
		got, err := s.read(listOf())
		var page *PageError
		if !errors.As(err, &page) || page.RequestID != "req_fault" || got != "|ab" {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

func TestReserveEndsAList(t *testing.T) {
	s, enough := newShelf(t, "a", "b", "c"), errors.New("enough")
	list := listOf()
	list.Reserve = func(number int) error {
		if number == 2 {
			return enough
		}
		return nil
	}
	if got, err := s.read(list); !errors.Is(err, enough) || got != "|ab" || len(s.asked) != 1 {
		t.Errorf("%s, %v after %d requests", got, err, len(s.asked))
	}
}

// TestPageThatIsNoListIsRefusedInOurWords: no byte of it is in the error.
func TestPageThatIsNoListIsRefusedInOurWords(t *testing.T) {
	for _, body := range []string{`"secret"`, `{"data":[],"has_more":true,"secret":1}`} {
		pages := 0
		for page, err := range Pages(t.Context(), newTestClient(t, always(body)), listOf()) {
			pages++
			if !errors.As(err, new(*PageError)) || strings.Contains(err.Error(), "secret") || page.Rows != nil {
				t.Errorf("%s: %v", body, err)
			}
		}
		if pages != 1 {
			t.Errorf("%s: %d turns, want one error", body, pages)
		}
	}
}

func TestPagesOf(t *testing.T) {
	for objects, want := range map[int]int{0: 0, 1: 1, 100: 1, 101: 2, 200: 2} {
		if got := PagesOf(objects); got != want {
			t.Errorf("%d objects: %d pages, want %d", objects, got, want)
		}
	}
}
