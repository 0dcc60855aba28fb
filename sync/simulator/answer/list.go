package answer

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// List renders a page of items that are rendered already.
func List(address string, more bool, items [][]byte) Raw {
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
	b.WriteString(`,"url":"` + address + `"}`)
	return b.Bytes()
}

// Envelope is a list as it is sent.
type Envelope struct {
	Object  json.RawMessage   `json:"object"`
	Data    []json.RawMessage `json:"data"`
	HasMore json.RawMessage   `json:"has_more"`
	URL     json.RawMessage   `json:"url"`
}

// ParseList reads a list; isList is false for any other document.
func ParseList(body []byte) (page Envelope, isList bool) {
	if !bytes.HasPrefix(body, []byte(`{"object":"list"`)) || json.Unmarshal(body, &page) != nil {
		return Envelope{}, false
	}
	return page, true
}

// Render writes the list again, whose address and has_more are as a server of Stripe's sends them.
func (e Envelope) Render() Raw {
	items := make([][]byte, len(e.Data))
	for i, row := range e.Data {
		items[i] = row
	}
	var address string
	_ = json.Unmarshal(e.URL, &address) // ours: it is a string
	return List(address, string(e.HasMore) == "true", items)
}
