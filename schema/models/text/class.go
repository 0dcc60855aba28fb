package text

import (
	"math/bits"
	"strings"
)

// class is a kind of a single word that patterns name.
type class struct {
	name string
	has  func(token) bool
}

// classes are all there are; a classSet has a bit for each, in this order.
var classes = [...]class{
	{"date", isDate},
	{"mmdd", func(t token) bool { return len(t.key) == 4 && isMonthDay(t.key) }},
	{"time", isTime},
	{"card", func(t token) bool { return isCard(t) || len(t.key) == 4 && allDigits(t.key) }},
	{"masked", isCard},
	{"code", isCode},
	{"account", func(t token) bool {
		return isCard(t) || len(t.key) > 2 && len(t.key) < 18 && allDigits(t.key)
	}},
	{"number", func(t token) bool { return allDigits(strings.ReplaceAll(t.key, "-", "")) }},
	{"ref", isReference},
	{"store", isStore},
	{"shop", func(t token) bool { return isStore(t) && (len(t.key) > 2 || strings.HasPrefix(t.text, "#")) }},
	{"hash", func(t token) bool { return isStore(t) && strings.HasPrefix(t.text, "#") }},
	{"digit", func(t token) bool { return len(t.key) == 1 && isDigit(t.key[0]) }},
	{"phone", isPhone},
	{"url", isURL},
	{"state", func(t token) bool { return isStateWord(t.key) }},
	{"zip", isZip},
	{"amount", isAmount},
	{"mark", func(t token) bool { return strings.ContainsAny(t.key, "0123456789") }},
	{"four", func(t token) bool { return len(t.key) == 4 && allDigits(t.key) }},
	{"three", func(t token) bool { return len(t.key) == 3 && allDigits(t.key) }},
	{"pound", func(t token) bool { return strings.HasPrefix(t.text, "#") }},
	{"terminal", func(t token) bool {
		return len(t.key) == 8 && isLetters(strings.Map(lettersForDigits, t.key))
	}},
	{"letter", func(t token) bool { return len(t.key) == 1 && isUpper(t.key[0]) }},
	{"day", func(t token) bool { return isEntryDay(t.key) }},
	{"month", func(t token) bool { return months[t.key] }},
	{"bankref", func(t token) bool { return isBankReference(t.key) }},
	{"any", func(t token) bool { return t.key != "" }},
}

// classSet are some of the classes.
type classSet uint32

// anyClass is every class, of which each word is.
const anyClass = 1<<len(classes) - 1

// isOf reports whether a word is of one of the classes. It keeps what it has found: many patterns ask for the same.
func (t *token) isOf(set classSet) bool {
	for open := set &^ t.tried; open != 0 && t.of&set == 0; open &= open - 1 {
		bit := open & -open
		t.tried |= bit
		if classes[bits.TrailingZeros32(uint32(bit))].has(*t) {
			t.of |= bit
		}
	}
	return t.of&set != 0
}

// states has a bit for each letter that may follow the first one of the two that stand for a state.
var states = func() (second [26]uint32) {
	for state := range strings.FieldsSeq("AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO " +
		"MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY") {
		second[state[0]-'A'] |= 1 << (state[1] - 'A')
	}
	return second
}()

// isState reports whether a word begins with the two letters of a state.
func isState(word string) bool {
	return len(word) >= 2 && isUpper(word[0]) && isUpper(word[1]) && states[word[0]-'A']&(1<<(word[1]-'A')) != 0
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// shape replaces digits, and the X of masked ones, by 0.
func shape(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == 'X' {
			return '0'
		}
		return r
	}, s)
}

func isMonthDay(s string) bool {
	month, day := s[:2], s[2:4]
	return allDigits(s[:4]) && month >= "01" && month <= "12" && day >= "01" && day <= "31"
}

func isDate(t token) bool {
	if len(t.key) < 3 || len(t.key) > 10 || !isDigit(t.key[0]) && t.key[0] != 'X' {
		return false
	}
	switch shape(t.key) {
	case "00/00", "0/0", "0/00", "00/0", "00/00/00", "0/0/00", "0/00/00", "00/0/00", "00/00/0000", "0/00/0000",
		"0/0/0000", "00/0/0000", "0000-00-00", "00-00-00", "00-00-0000", "00-00", "00.00.0000":
		return true
	case "000000":
		return isMonthDay(t.key)
	case "00000000":
		return strings.HasPrefix(t.key, "20") && isMonthDay(t.key[4:])
	}
	return isNamedMonth(t.key)
}

// isNamedMonth reports whether a word is a day with the name of its month: 14-JUN, 14-JUN-26.
func isNamedMonth(key string) bool {
	day, rest, found := strings.Cut(key, "-")
	month, year, hasYear := strings.Cut(rest, "-")
	return found && allDigits(day) && len(day) < 3 && len(month) == 3 &&
		strings.Contains("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", month) &&
		(!hasYear || allDigits(year))
}

func lettersForDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return 'A'
	}
	return r
}

func isTime(t token) bool {
	if len(t.key) < 4 || len(t.key) > 10 || !isDigit(t.key[0]) && t.key[0] != 'X' {
		return false
	}
	switch strings.TrimRight(shape(t.key), "APM") {
	case "0:00", "00:00", "00:00:00", "0:00:00":
		return true
	}
	return false
}

func isPhone(t token) bool {
	t.key = strings.TrimPrefix(t.key, "+")
	if len(t.key) < 8 || len(t.key) > 16 || !isDigit(t.key[0]) && t.key[0] != 'X' {
		return false
	}
	switch shape(strings.TrimPrefix(t.key, "1-")) {
	case "000-000-0000", "000-0000000", "000-00000000", "000-0000", "0000000000", "000)000-0000", "000)0000000",
		"000.000.0000", "00000000000", "000/0000000",
		"000-000-000", "000-000-00": // these two are cut off, and one begins with 1
		return true
	}
	number := strings.TrimPrefix(t.key, "1-")
	return len(number) >= 10 && number[0] == '8' && number[3] == '-' && isUpper(number[len(number)-1])
}

var domains = []string{
	".COM", ".NET", ".ORG", ".CO", ".IO", ".US", ".TV", ".ME", ".APP", ".AI", ".EDU",
	".GOV", ".CC", ".UK",
}

func isURL(t token) bool {
	if strings.HasPrefix(t.key, "HTTP") || strings.HasPrefix(t.key, "WWW.") {
		return true
	}
	if strings.IndexByte(t.key, '.') < 1 {
		return false
	}
	host, _, _ := strings.Cut(t.key, "/")
	for _, domain := range domains {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return false
}

func isZip(t token) bool {
	number, more, extended := strings.Cut(t.key, "-")
	return len(number) == 5 && allDigits(number) && (!extended || len(more) == 4 && allDigits(more)) ||
		len(number) == 9 && allDigits(number) && !extended
}

func isAmount(t token) bool {
	if strings.IndexByte(t.key, '.') < 0 {
		return false
	}
	for i := range len(t.key) {
		if !isDigit(t.key[i]) && t.key[i] != '.' && t.key[i] != ',' {
			return false
		}
	}
	return true
}
