package text

import (
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"fcpipe/schema"
)

//go:embed *.csv
var ruleFiles embed.FS

// codeVersion changes with each change of the code of this package that changes an answer: texts that were read before
// are then read again.
const codeVersion = "9"

// rules are what Read goes by, made once.
var rules = sync.OnceValue(mustLoad)

type ruleSet struct {
	templates  dispatch
	tails      orderedRules
	processors [256][]processor // by the first byte of their prefix
	rails      dispatch
	places     *index // towns with their state: without it banks print names of merchants that are names of towns
	names      *names
	heads      heads
	categories [stageCount]categoryRules
	taxonomy   map[string]bool // codes
	// categories of those who take payments by a processor
	ofProcessor map[string]string
}

// rule is a line of templates.csv, tails.csv or rails.csv.
type rule struct {
	id, rail string
	isEntry  bool // what a payment is for: a tail of a name alone
	isPayer  bool // the clearing house's day, number and payer, which no payment by card has: a tail
	pattern  pattern
}

// dispatch finds the rules that a text may match by its first word.
type dispatch struct {
	byFirst map[string][]rule
	others  []rule
}

func (d *dispatch) add(r rule) {
	if d.byFirst == nil {
		d.byFirst = map[string][]rule{}
	}
	first := r.pattern.elements[0]
	if first.words == nil || first.optional {
		d.others = append(d.others, r)
		return
	}
	for _, word := range first.words {
		d.byFirst[word] = append(d.byFirst[word], r)
	}
}

// orderedRules are rules of which the first counts that fits, whatever it begins with.
type orderedRules struct {
	rules   []rule
	byFirst map[string][]int // places of those that begin with a word
	others  []int            // and of those that may begin with a class
	classes classSet         // of which one of the others begins
}

func (o *orderedRules) add(r rule) {
	if o.byFirst == nil {
		o.byFirst = map[string][]int{}
	}
	at, begin := len(o.rules), r.pattern.begin()
	o.rules = append(o.rules, r)
	if o.classes |= begin.classes; begin.classes != 0 {
		o.others = append(o.others, at)
	}
	for _, word := range begin.words {
		word = strings.TrimSuffix(word, ":")
		o.byFirst[word] = append(o.byFirst[word], at)
	}
}

// those gives the rules that may fit what begins with a word, in their order, until it has had enough.
func (o *orderedRules) those(word *token, enough func(*rule) bool) bool {
	named, others := o.byFirst[word.key], o.others
	if !word.isOf(o.classes) { // as most are
		others = nil
	}
	for len(named)+len(others) > 0 {
		next := 0
		if len(others) == 0 || len(named) > 0 && named[0] < others[0] {
			next, named = named[0], named[1:]
		} else {
			next, others = others[0], others[1:]
		}
		if enough(&o.rules[next]) {
			return true
		}
	}
	return false
}

// mustLoad reads the rules, which are parts of the program and which tests have read.
func mustLoad() *ruleSet {
	set, err := load()
	if err != nil {
		panic("rules of texts: " + err.Error())
	}
	return set
}

func load() (*ruleSet, error) {
	set := &ruleSet{ofProcessor: map[string]string{}}
	if err := eachRule("templates.csv", set.templates.add); err != nil {
		return nil, err
	}
	if err := eachRule("tails.csv", set.tails.add); err != nil {
		return nil, err
	}
	if err := eachRule("rails.csv", set.rails.add); err != nil {
		return nil, err
	}
	lines, err := Table(ruleFiles, "processors.csv")
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		p := newProcessor(line)
		set.processors[p.prefix[0]] = append(set.processors[p.prefix[0]], p)
		set.ofProcessor[line["processor"]] = line["category"]
	}
	if set.heads, err = loadHeads(); err != nil {
		return nil, err
	}
	if set.places, err = newIndex("places.csv", 2); err != nil {
		return nil, err
	}
	if set.names, err = loadNames(); err != nil {
		return nil, err
	}
	return set, set.loadCategories()
}

// loadNames reads the tables of merchants and of words.
func loadNames() (*names, error) {
	n := &names{words: map[string]string{}, rails: map[string]bool{}, whole: map[string]bool{}}
	lines, err := Table(ruleFiles, "words.csv")
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		if line["kind"] == "whole" {
			n.whole[line["word"]] = true
			continue
		}
		if n.rails[line["word"]] = line["is_rail"] == "yes"; line["kind"] != "rail" {
			n.words[line["word"]] = line["category"]
		}
	}
	n.cutWords = cutWords(n.words)
	if n.towns, err = newIndex("places.csv", 1); err != nil {
		return nil, err
	}
	if n.merchants, err = newIndex("merchants.csv", 1); err != nil {
		return nil, err
	}
	n.aliases, err = newIndex("merchant_aliases.csv", 1)
	return n, err
}

// cutWords are the beginnings of words that are left where a bank cuts a text off: two letters in three, and four. What
// may be the beginning of two words that say different things is left out.
func cutWords(words map[string]string) map[string]string {
	cut := map[string]string{}
	for word := range words {
		for size := max(4, (2*len(word)+2)/3); size < len(word); size++ {
			part := word[:size]
			other, isTaken := cut[part]
			if isTaken && (other == "" || words[other] != words[word]) {
				cut[part] = ""
				continue
			}
			if !isTaken || word < other {
				cut[part] = word
			}
		}
	}
	for word := range words {
		delete(cut, word)
	}
	return cut
}

func eachRule(file string, add func(rule)) error {
	lines, err := Table(ruleFiles, file)
	if err != nil {
		return err
	}
	for i, line := range lines {
		parsed, err := parsePattern(line["pattern"])
		if err != nil {
			return fmt.Errorf("%s: rule %d, %s: %w", file, i+1, line["id"], err)
		}
		isEntry := strings.HasPrefix(line["id"], "entry_") || strings.HasPrefix(line["id"], "pay_")
		isPayer := file == "tails.csv" && strings.Contains(line["pattern"], "<counterparty>")
		add(rule{line["id"], line["rail"], isEntry, isPayer, parsed})
	}
	return nil
}

// Table reads a .csv file with a line of names: one map of each line.
func Table(files fs.FS, name string) ([]map[string]string, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	lines := make([]map[string]string, 0, len(rows))
	for _, row := range rows[1:] {
		line := make(map[string]string, len(row))
		for i, column := range rows[0] {
			line[column] = row[i]
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Fingerprint changes whenever a rule, a merchant or the code does: what was read before has to be read again.
var Fingerprint = sync.OnceValue(func() string {
	hash := sha256.New()
	fmt.Fprintln(hash, codeVersion)
	for _, files := range []fs.FS{ruleFiles, schema.SeedFiles} {
		_ = fs.WalkDir(files, ".", func(path string, _ fs.DirEntry, _ error) error {
			if strings.HasSuffix(path, ".csv") {
				text, _ := fs.ReadFile(files, path) // embedded: it is there
				fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
			}
			return nil
		})
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
})
