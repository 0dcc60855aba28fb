package answer

import (
	"encoding/json"
	"fmt"
	"strings"

	"fcpipe/sync/simulator/draw"
)

// Novel draws what a reading shows of an object beside what is known.
func Novel(seed, percent uint64, object []byte, reading int64) []byte {
	var known struct{ ID, Object string }
	if json.Unmarshal(object, &known) != nil {
		return object
	}
	x := draw.Of(seed, 0, "novelty "+known.ID, reading)
	if !draw.Chance(x, percent) {
		return object
	}
	label := []string{"pending", "transfer", "groceries", "brand_new_label"}[x>>8%4]
	fields := map[string]string{
		"brand_new_field": fmt.Sprintf(`{"score":%d.%02d,"seen":[%d,null]}`, x>>16%9, x>>24%100, reading),
	}
	switch known.Object {
	case "financial_connections.transaction":
		fields["classifications"] = fmt.Sprintf(`[{"type":%q,"confidence_level":"high"}]`, label)
		fields["status_transitions.settled_at"] = fmt.Sprint(x >> 20 % 1_000_000)
	case "financial_connections.account":
		fields["classification_state"] = fmt.Sprintf(`{"status":%q}`, label)
		fields["supported_payment_method_types"] = `["brand_new_method"]`
	}
	for _, name := range SortedNames(rawsOf(fields)) {
		object = SetField(object, strings.Split(name, "."), json.RawMessage(fields[name]))
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
