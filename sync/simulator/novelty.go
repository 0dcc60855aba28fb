package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// novelties adds to rows and accounts what today's clients do not know, as a newer API does:
// fields, fields inside known objects, and words in lists. Each reading shows others: a
// classification is pending, then there, then another. What was known stays as it is.
func (s *Server) novelties(r *http.Request, params url.Values, result *answer) {
	if s.config.NoveltyPercent == 0 || result.status != http.StatusOK || r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/financial_connections/") {
		return
	}
	reading := s.readings[r.URL.Path+params.Get("account")]
	s.readings[r.URL.Path+params.Get("account")]++
	var page envelope
	if !bytes.HasPrefix(result.body, []byte(`{"object":"list"`)) || json.Unmarshal(result.body, &page) != nil {
		result.body = s.novel(result.body, reading)
		return
	}
	for i := range page.Data {
		page.Data[i] = s.novel(page.Data[i], reading)
	}
	result.body = list(text(page.URL), string(page.HasMore) == "true", raws(page.Data))
}

// novel draws what a reading shows of an object beside what is known.
func (s *Server) novel(object []byte, reading int64) []byte {
	var known struct{ ID, Object string }
	if json.Unmarshal(object, &known) != nil {
		return object
	}
	x := draw(s.config.Seed, 0, "novelty "+known.ID, reading)
	if !chance(x, s.config.NoveltyPercent) {
		return object
	}
	label := []string{"pending", "transfer", "groceries", "brand_new_label"}[x>>8%4]
	fields := map[string]string{"brand_new_field": fmt.Sprintf(`{"score":%d.%02d,"seen":[%d,null]}`, x>>16%9, x>>24%100, reading)}
	switch known.Object {
	case "financial_connections.transaction":
		fields["classifications"] = fmt.Sprintf(`[{"type":%q,"confidence_level":"high"}]`, label)
		fields["status_transitions.settled_at"] = fmt.Sprint(x >> 20 % 1_000_000)
	case "financial_connections.account":
		fields["classification_state"] = fmt.Sprintf(`{"status":%q}`, label)
		fields["supported_payment_method_types"] = `["brand_new_method"]`
	}
	for _, name := range sortedNames(rawsOf(fields)) {
		object = setField(object, strings.Split(name, "."), json.RawMessage(fields[name]))
	}
	return object
}

func rawsOf(fields map[string]string) map[string]json.RawMessage {
	raw := map[string]json.RawMessage{}
	for name, value := range fields {
		raw[name] = json.RawMessage(value)
	}
	return raw
}
