package faults

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
)

// ListActions change a true answer: a page, or the fields of what it shows. An answer that is
// one object counts as its own only row.
type ListActions struct {
	EmptyPageHasMore bool `json:"empty_page_has_more,omitempty"` // no rows, but more follow
	FullPageNoMore   bool `json:"full_page_no_more,omitempty"`   // its rows, and nothing follows
	DupPage          bool `json:"dup_page,omitempty"`            // every row twice
	RepeatPage       bool `json:"repeat_page,omitempty"`         // starting_after is ignored
	Shuffle          bool `json:"shuffle,omitempty"`             // rows in another order
	// fields of rows, such as amount or status_transitions.posted_at, to any JSON
	Set   map[string]json.RawMessage `json:"set,omitempty"`
	Unset []string                   `json:"unset,omitempty"` // fields that are left out
	Nulls int                        `json:"nulls,omitempty"` // percent of the fields that may be null, which are
	// percent of amounts and instants that are at a bound
	Bounds  int                        `json:"bounds,omitempty"`
	Rows    string                     `json:"rows,omitempty"`     // whose: first (default), last, all
	SetList map[string]json.RawMessage `json:"set_list,omitempty"` // fields of the list itself
}

func (a ListActions) check() error {
	if a.Rows != "" && !slices.Contains([]string{"first", "last", "all"}, a.Rows) {
		return fmt.Errorf("do.rows: %q is not one of first, last, all", a.Rows)
	}
	if a.Nulls < 0 || a.Nulls > 100 || a.Bounds < 0 || a.Bounds > 100 {
		return errors.New("do: nulls and bounds are percent, 1 to 100")
	}
	if a.Rows != "" && len(a.Set)+len(a.Unset)+a.Nulls+a.Bounds == 0 {
		return errors.New("do.rows: goes with set, unset, nulls or bounds")
	}
	return nil
}

func (a ListActions) wanted() bool {
	return a.EmptyPageHasMore || a.FullPageNoMore || a.DupPage || a.Shuffle ||
		len(a.Set)+len(a.Unset)+len(a.SetList)+a.Nulls+a.Bounds > 0
}

// Apply changes a successful answer; any other stays as it is. Draws are made with the seed and the number of the
// fault.
func (a ListActions) Apply(seed uint64, result *answer.Answer, fault int) {
	if !a.wanted() || result.Status != http.StatusOK {
		return
	}
	page, isList := answer.ParseList(result.Body)
	if !isList {
		result.Body = a.changeRow(seed, result.Body)
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
			return cmp.Compare(orderOf(seed, x, fault), orderOf(seed, y, fault))
		})
	}
	for i := range page.Data {
		isFirst := (a.Rows == "" || a.Rows == "first") && i == 0
		isLast := a.Rows == "last" && i == len(page.Data)-1
		if a.Rows == "all" || isFirst || isLast {
			page.Data[i] = a.changeRow(seed, page.Data[i])
		}
	}
	if a.DupPage {
		page.Data = append(page.Data, page.Data...)
	}
	result.Body = page.Render()
	for _, name := range answer.SortedNames(a.SetList) {
		result.Body = answer.SetField(result.Body, []string{name}, a.SetList[name])
	}
}

func orderOf(seed uint64, row []byte, fault int) uint64 {
	return draw.Of(seed, fault, string(row), 0)
}

func (a ListActions) changeRow(seed uint64, row []byte) []byte {
	row = a.changeValues(seed, row)
	for _, name := range answer.SortedNames(a.Set) {
		row = answer.SetField(row, strings.Split(name, "."), a.Set[name])
	}
	for _, name := range a.Unset {
		row = answer.SetField(row, strings.Split(name, "."), nil)
	}
	return row
}
