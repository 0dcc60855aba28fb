package simulator

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// page is the part of a list a call asked for.
type page struct {
	from, to int
	more     bool
}

// cut applies limit, starting_after and ending_before to a list of n items.
// position finds an item by id, or answers -1.
func (c *call) cut(n int, position func(id string) int) (page, *apiError) {
	limit := 10
	if text := c.params.Get("limit"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil {
			return page{}, invalid("parameter_invalid_integer", "limit", "Invalid integer: "+text)
		}
		if number < 1 || number > 100 {
			return page{}, invalid("", "limit", "This value must be between 1 and 100.")
		}
		limit = number
	}
	after, before := c.params.Get("starting_after"), c.params.Get("ending_before")
	switch {
	case after != "" && before != "":
		return page{}, invalid("", "starting_after", "You may only specify one of these parameters: starting_after, ending_before.")
	case after != "":
		at := position(after)
		if at < 0 {
			return page{}, invalid("resource_missing", "starting_after", "No such object: '"+after+"'")
		}
		return page{from: at + 1, to: min(at+1+limit, n), more: at+1+limit < n}, nil
	case before != "":
		at := position(before)
		if at < 0 {
			return page{}, invalid("resource_missing", "ending_before", "No such object: '"+before+"'")
		}
		return page{from: max(at-limit, 0), to: at, more: at > limit}, nil
	}
	return page{from: 0, to: min(limit, n), more: limit < n}, nil
}

// list renders a page of items that are rendered already.
func list(url string, more bool, items [][]byte) rawJSON {
	var b bytes.Buffer
	b.WriteString(`{"object":"list","data":[`)
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(item)
	}
	b.WriteString(`],"has_more":`)
	b.WriteString(strconv.FormatBool(more))
	b.WriteString(`,"url":"` + url + `"}`)
	return b.Bytes()
}

// listObjects renders a page of objects.
func (c *call) listObjects(url string, objects []object) (any, *apiError) {
	cut, e := c.cut(len(objects), func(id string) int {
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
	items := make([][]byte, 0, cut.to-cut.from)
	for _, o := range objects[cut.from:cut.to] {
		item, _ := json.Marshal(o)
		items = append(items, item)
	}
	return list(url, cut.more, items), nil
}
