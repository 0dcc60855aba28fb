package answer

import (
	"encoding/json"
	"net/url"
	"strconv"
)

// Page is the part of a list a call asked for.
type Page struct {
	From, To int
	More     bool
}

// CutPage applies the parameters limit, starting_after and ending_before to a list of n items. position finds an item
// by id, or answers -1.
func CutPage(params url.Values, n int, position func(id string) int) (Page, *Error) {
	limit := 10
	if text := params.Get("limit"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil {
			return Page{}, Invalid("parameter_invalid_integer", "limit", "Invalid integer: "+text)
		}
		if number < 1 || number > 100 {
			return Page{}, Invalid("", "limit", "This value must be between 1 and 100.")
		}
		limit = number
	}
	after, before := params.Get("starting_after"), params.Get("ending_before")
	switch {
	case after != "" && before != "":
		return Page{}, Invalid("", "starting_after",
			"You may only specify one of these parameters: starting_after, ending_before.")
	case after != "":
		at := position(after)
		if at < 0 {
			return Page{}, Invalid("resource_missing", "starting_after", "No such object: '"+after+"'")
		}
		return Page{From: at + 1, To: min(at+1+limit, n), More: at+1+limit < n}, nil
	case before != "":
		at := position(before)
		if at < 0 {
			return Page{}, Invalid("resource_missing", "ending_before", "No such object: '"+before+"'")
		}
		return Page{From: max(at-limit, 0), To: at, More: at > limit}, nil
	}
	return Page{From: 0, To: min(limit, n), More: limit < n}, nil
}

// ListObjects renders a page of objects.
func ListObjects(params url.Values, address string, objects []map[string]any) (any, *Error) {
	shown, e := CutPage(params, len(objects), func(id string) int {
		for i := range objects {
			if objects[i]["id"] == id {
				return i
			}
		}
		return -1
	})
	if e != nil {
		return nil, e
	}
	items := make([][]byte, 0, shown.To-shown.From)
	for _, o := range objects[shown.From:shown.To] {
		item, _ := json.Marshal(o)
		items = append(items, item)
	}
	return List(address, shown.More, items), nil
}
