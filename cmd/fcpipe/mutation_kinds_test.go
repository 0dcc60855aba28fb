package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// mutation makes one field of a valid object another, and nothing else.
type mutation struct {
	object string // transaction, account, owner, or the list one is on: transactions, owners, accounts
	path   string
	kind   string
	value  string // JSON; "" where the kind says what happens
}

func (m mutation) String() string {
	shown := m.value
	if len(shown) > 40 {
		shown = fmt.Sprintf("%.37q…", shown)
	}
	return strings.TrimSpace(fmt.Sprintf("%s.%s %s %s", m.object, m.path, m.kind, shown))
}

// kindsOfValues are what a field may become, whatever it was.
var kindsOfValues = []struct{ kind, value string }{
	{"null", "null"},
	{"zero", "0"},
	{"a number", "7"},
	{"minus one", "-1"},
	{"a fraction", "3.5"},
	{"an exponent", "1e3"},
	{"true", "true"},
	{"false", "false"},
	{"a text", `"x"`},
	{"a number as text", `"7"`},
	{"no text", `""`},
	{"white space", `"  "`},
	{"an unknown word", `"brand_new_kind"`},
	{"upper case", `"USD"`},
	{"an array", "[]"},
	{"an array of null", "[null]"},
	{"an array of texts", `["x","x"]`},
	{"an object", "{}"},
	{"an object of numbers", `{"usd":1,"eur":2}`},
	{"largest", "9223372036854775807"},
	{"smallest", "-9223372036854775808"},
	{"beyond", "9223372036854775808"},
	{"beyond below", "-9223372036854775809"},
	{"half of the largest", "5000000000000000000"},
	{"400 digits", strings.Repeat("9", 400)},
	{"an exponent of 400", "1e400"},
	{"milliseconds", "1780000000000"},
	{"microseconds", "1780000000000000"},
	{"the year 9999", "253402300799"},
	{"the year 10000", "253402300800"},
	{"the year 2300", "10413792000"},
	{"before 1970", "-86400"},
	{"the year 1800", "-5364662400"},
	{"control characters", `"a\u0000\u001b[31m\u0007\n\u202e"`},
	{"half a surrogate", `"\ud800"`},
	{"other letters", `"Żółć 東京 ☕"`},
	{"quotes", `"'; DROP TABLE x; --"`},
	{"1 MB", `"` + strings.Repeat("m", 1<<20) + `"`},
	{"500 levels", strings.Repeat("[", 500) + strings.Repeat("]", 500)},
}

// kindsOfFields are what may happen to the field itself.
var kindsOfFields = []string{
	"removed", "twice", "twice, first another", "twice, then another", "another's",
	"unknown beside", "2,000 unknown beside", "in upper case",
}

// everyMutation lists every kind for every field of an object as it is served.
func everyMutation(object string, sample []byte) (all []mutation) {
	for _, path := range pathsOf(sample) {
		for _, v := range kindsOfValues {
			all = append(all, mutation{object, path, v.kind, v.value})
		}
		for _, kind := range kindsOfFields {
			all = append(all, mutation{object: object, path: path, kind: kind})
		}
	}
	return all
}

// randomMutation draws a number or a text for one of the fields.
func randomMutation(random *rand.Rand, from mutation) mutation {
	from.kind = "random"
	switch random.IntN(4) {
	case 0:
		from.value = strconv.FormatInt(int64(random.Uint64()>>random.IntN(64)), 10)
	case 1:
		from.value = strconv.FormatInt(-int64(random.Uint64()>>(1+random.IntN(63))), 10)
	case 2:
		from.value = strconv.FormatFloat(random.NormFloat64()*1e6, 'g', -1, 64)
	default:
		letters := make([]rune, random.IntN(40))
		for i := range letters {
			letters[i] = rune(random.IntN(0x2fff))
		}
		text, _ := json.Marshal(string(letters))
		from.value = string(text)
	}
	return from
}

// apply changes the object. What belongs to another object comes in as other.
func (m mutation) apply(raw, other []byte) []byte {
	edited, _ := editField(raw, m.path, func(members []member, i int) []member {
		field := members[i]
		switch m.kind {
		case "removed":
			return slices.Delete(members, i, i+1)
		case "twice":
			return append(members, field)
		case "twice, first another":
			return slices.Insert(members, i, member{field.name, json.RawMessage(`"x"`)})
		case "twice, then another":
			return append(members, member{field.name, json.RawMessage("77")})
		case "another's":
			if theirs := fieldOf(other, m.path); theirs != nil {
				members[i].value = theirs
			}
		case "unknown beside":
			return append(members, member{"brand_new_field", json.RawMessage(`{"a":[1,2.50,null,"\u00e9"]}`)})
		case "2,000 unknown beside":
			for n := range 2000 {
				members = append(members, member{fmt.Sprintf("new_%d", n), json.RawMessage("1")})
			}
		case "in upper case":
			if bytes.HasPrefix(field.value, []byte(`"`)) {
				members[i].value = bytes.ToUpper(field.value)
			}
		default:
			members[i].value = json.RawMessage(m.value)
		}
		return members
	})
	return edited
}

// mostTelling are fields in which one value once stopped a round, or flooded it.
var mostTelling = []string{
	"transaction.amount", "transaction.transacted_at", "transaction.id", "transaction.currency",
	"transaction.status_transitions.posted_at", "transaction.updated",
	"account.id", "account.permissions", "account.balance.as_of", "account.balance.current.usd",
	"account.transaction_refresh.last_attempted_at", "account.status",
}

// chosenMutations are n of all, the telling ones first, the rest drawn; more than there are are
// random values.
func chosenMutations(all []mutation, n int, seed uint64) []mutation {
	random := rand.New(rand.NewPCG(seed, 36))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortStableFunc(all, func(x, y mutation) int { return telling(x) - telling(y) })
	third := slices.IndexFunc(all, func(m mutation) bool { return telling(m) == 1 })
	if n < len(all) { // of a small number the telling ones are at most two thirds
		third = min(third, n*2/3)
		drawn := slices.DeleteFunc(slices.Clone(all), func(m mutation) bool { return telling(m) == 0 })
		return append(slices.Clone(all[:third]), drawn[:min(n-third, len(drawn))]...)
	}
	known := len(all)
	for len(all) < n {
		all = append(all, randomMutation(random, all[random.IntN(known)]))
	}
	return all
}

func telling(m mutation) int {
	if slices.Contains(mostTelling, m.object+"."+m.path) {
		return 0
	}
	return 1
}
