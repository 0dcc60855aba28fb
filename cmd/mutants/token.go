package main

import (
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a token of a snippet or of the source it is looked for in.
type word struct {
	text       string // what is compared
	start, end int    // in the source, with the qualifier
	identifier bool
	selected   bool // follows a dot
}

// equal says whether two words are the same but for the case of an identifier's first letter.
func (w word) equal(other word) bool {
	if w.identifier && other.identifier {
		return w.selected == other.selected && lowerFirst(w.text) == lowerFirst(other.text)
	}
	return w.text == other.text && w.identifier == other.identifier
}

func lowerFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// goWords splits Go source. Comments, line ends and qualifiers that name one of the packages are left out.
func goWords(text string, packages map[string]bool) []word {
	var words []word
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), nil, 0)
	for {
		position, kind, literal := s.Scan()
		if kind == token.EOF {
			return words
		}
		if kind == token.SEMICOLON && literal == "\n" {
			continue
		}
		if !kind.IsLiteral() && !kind.IsKeyword() {
			literal = kind.String()
		}
		start := file.Offset(position)
		w := word{text: literal, start: start, end: start + len(literal), identifier: kind == token.IDENT}
		words = appendWord(words, w, packages)
	}
}

func appendWord(words []word, w word, packages map[string]bool) []word {
	if !w.identifier || len(words) == 0 || words[len(words)-1].text != "." {
		return append(words, w)
	}
	last := len(words) - 2
	if last >= 0 && words[last].identifier && !words[last].selected && packages[words[last].text] {
		w.start = words[last].start
		return append(words[:last], w)
	}
	w.selected = true
	return append(words, w)
}

var sqlWord = regexp.MustCompile(`--[^\n]*|'[^']*'|"[^"]*"|[\w$]+|[^\s\w$]`)

// sqlWords splits SQL. Comments and white space are left out.
func sqlWords(text string) []word {
	var words []word
	for _, at := range sqlWord.FindAllStringIndex(text, -1) {
		if found := text[at[0]:at[1]]; !strings.HasPrefix(found, "--") {
			words = append(words, word{text: found, start: at[0], end: at[1]})
		}
	}
	return words
}

// occurrences returns where the snippet begins among the words.
func occurrences(words, snippet []word) (at []int) {
	for i := 0; i+len(snippet) <= len(words); i++ {
		same := true
		for j := range snippet {
			same = same && words[i+j].equal(snippet[j])
		}
		if same {
			at = append(at, i)
		}
	}
	return at
}

// spelling is how the source writes the identifiers of a snippet: exported or not, and with which qualifier.
type spelling map[word]string

func spellingOf(source string, snippet, matched []word) spelling {
	s := spelling{}
	for i, w := range snippet {
		if w.identifier {
			s[word{text: w.text, selected: w.selected}] = source[matched[i].start:matched[i].end]
		}
	}
	return s
}

// apply writes the identifiers of a replacement that are known as the source writes them.
func (s spelling) apply(replacement string, packages map[string]bool) string {
	var out strings.Builder
	end := 0
	for _, w := range goWords(replacement, packages) {
		if text, known := s[word{text: w.text, selected: w.selected}]; known && w.identifier {
			out.WriteString(replacement[end:w.start] + text)
			end = w.end
		}
	}
	return out.String() + replacement[end:]
}
