package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ListActions change a true answer: a page, or the fields of what it shows. An answer that is
// one object counts as its own only row.
type ListActions struct {
	EmptyPageHasMore bool                       `json:"empty_page_has_more,omitempty"` // no rows, but more follow
	FullPageNoMore   bool                       `json:"full_page_no_more,omitempty"`   // its rows, and nothing follows
	DupPage          bool                       `json:"dup_page,omitempty"`            // every row twice
	RepeatPage       bool                       `json:"repeat_page,omitempty"`         // starting_after is ignored
	Shuffle          bool                       `json:"shuffle,omitempty"`             // rows in another order
	Set              map[string]json.RawMessage `json:"set,omitempty"`                 // fields of rows, such as amount or status_transitions.posted_at, to any JSON
	Unset            []string                   `json:"unset,omitempty"`               // fields that are left out
	Nulls            int                        `json:"nulls,omitempty"`               // percent of the fields that may be null, which are
	Bounds           int                        `json:"bounds,omitempty"`              // percent of amounts and instants that are at a bound
	Rows             string                     `json:"rows,omitempty"`                // whose: first (default), last, all
	SetList          map[string]json.RawMessage `json:"set_list,omitempty"`            // fields of the list itself
}

func (a ListActions) check() error {
	if a.Rows != "" && !slices.Contains([]string{"first", "last", "all"}, a.Rows) {
		return fmt.Errorf("do.rows: %q is none of first, last, all", a.Rows)
	}
	if a.Nulls < 0 || a.Nulls > 100 || a.Bounds < 0 || a.Bounds > 100 {
		return errors.New("do: nulls and bounds are percent, 1 to 100")
	}
	if a.Rows != "" && len(a.Set)+len(a.Unset)+a.Nulls+a.Bounds == 0 {
		return errors.New("do.rows: goes with set, unset, nulls or bounds")
	}
	return nil
}

// envelope is a list as it is sent.
type envelope struct {
	Object  json.RawMessage   `json:"object"`
	Data    []json.RawMessage `json:"data"`
	HasMore json.RawMessage   `json:"has_more"`
	URL     json.RawMessage   `json:"url"`
}

func (a ListActions) wanted() bool {
	return a.EmptyPageHasMore || a.FullPageNoMore || a.DupPage || a.Shuffle || len(a.Set)+len(a.Unset)+len(a.SetList)+a.Nulls+a.Bounds > 0
}

// change applies the actions to a successful answer.
func (s *Server) change(a ListActions, result *answer, f *armedFault) {
	if !a.wanted() || result.status != http.StatusOK {
		return
	}
	var page envelope
	if !bytes.HasPrefix(result.body, []byte(`{"object":"list"`)) || json.Unmarshal(result.body, &page) != nil {
		result.body = s.changeRow(a, result.body)
		return
	}
	switch {
	case a.EmptyPageHasMore:
		page.Data, page.HasMore = nil, json.RawMessage("true")
	case a.FullPageNoMore:
		page.HasMore = json.RawMessage("false")
	}
	if a.Shuffle {
		slices.SortStableFunc(page.Data, func(x, y json.RawMessage) int {
			return cmp.Compare(s.orderOf(x, f.number), s.orderOf(y, f.number))
		})
	}
	for i := range page.Data {
		if a.Rows == "all" || a.Rows == "last" && i == len(page.Data)-1 || (a.Rows == "" || a.Rows == "first") && i == 0 {
			page.Data[i] = s.changeRow(a, page.Data[i])
		}
	}
	if a.DupPage {
		page.Data = append(page.Data, page.Data...)
	}
	result.body = list(text(page.URL), string(page.HasMore) == "true", raws(page.Data))
	for _, name := range sortedNames(a.SetList) {
		result.body = setField(result.body, []string{name}, a.SetList[name])
	}
}

func raws(rows []json.RawMessage) [][]byte {
	items := make([][]byte, len(rows))
	for i, row := range rows {
		items[i] = row
	}
	return items
}

func text(raw json.RawMessage) (decoded string) {
	_ = json.Unmarshal(raw, &decoded) // ours: it is a string
	return decoded
}

func sortedNames(fields map[string]json.RawMessage) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Server) orderOf(row []byte, fault int) uint64 {
	return draw(s.config.Seed, fault, string(row), 0)
}

func (s *Server) changeRow(a ListActions, row []byte) []byte {
	row = s.changeValues(a, row)
	for _, name := range sortedNames(a.Set) {
		row = setField(row, strings.Split(name, "."), a.Set[name])
	}
	for _, name := range a.Unset {
		row = setField(row, strings.Split(name, "."), nil)
	}
	return row
}

// setField changes a field of an object, nil removes it. Every other value stays as it is
// written; a path through something that is no object changes nothing.
func setField(raw []byte, path []string, value json.RawMessage) []byte {
	var fields map[string]json.RawMessage
	if len(path) == 0 || json.Unmarshal(raw, &fields) != nil || fields == nil {
		return raw
	}
	name := path[0]
	switch inner, there := fields[name]; {
	case len(path) > 1 && !there:
		return raw
	case len(path) > 1:
		fields[name] = setField(inner, path[1:], value)
	case value == nil:
		delete(fields, name)
	default:
		fields[name] = value
	}
	changed, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return changed
}

// pageAsked is the number of the page a request asks for. A page follows the one that ended
// with its starting_after.
func (s *Server) pageAsked(r *http.Request, params url.Values) int {
	after := params.Get("starting_after")
	if after == "" {
		return 1
	}
	if before, known := s.pageEnds[r.URL.Path+params.Get("account")+after]; known {
		return before + 1
	}
	return 2
}

// noteEnd remembers which page a row ends, where a fault asks for pages.
func (s *Server) noteEnd(r *http.Request, params url.Values, result answer) {
	if !slices.ContainsFunc(s.faults, func(f *armedFault) bool { return f.When.Page > 0 }) {
		return
	}
	var page struct{ Data []struct{ ID string } }
	if r.Method != http.MethodGet || json.Unmarshal(result.body, &page) != nil || len(page.Data) == 0 {
		return
	}
	s.pageEnds[r.URL.Path+params.Get("account")+page.Data[len(page.Data)-1].ID] = s.pageAsked(r, params)
}
