package text

import (
	"fmt"

	"fcpipe/schema"
)

// loadPlaces reads the towns of seeds/places.csv as "AUSTIN TX". Without its state a town is no place: banks print
// names of merchants that are names of towns.
func loadPlaces() (map[string]bool, error) {
	lines, err := Table(schema.SeedFiles, "seeds/places.csv")
	if err != nil {
		return nil, err
	}
	places := make(map[string]bool, len(lines))
	for i, line := range lines {
		if !states[line["state"]] && line["state"] != "PR" {
			return nil, fmt.Errorf("seeds/places.csv: line %d: %q is no state", i+2, line["state"])
		}
		places[line["town"]+" "+line["state"]] = true
	}
	return places, nil
}

// placeAt counts the tokens of a town with its state that the tokens begin with, and of a ZIP code and US behind it.
func (s *ruleSet) placeAt(parts []token) int {
	var at [48]byte
	key := at[:0]
	for i := 0; i < min(len(parts), 5); i++ {
		word := parts[i].key
		if i > 0 && parts[i].text == "*" { // AUSTIN * TX
			continue
		}
		if len(key)+len(word) > 40 || !isTownWord(word) {
			return 0
		}
		if i > 0 {
			key = append(key, ' ')
		}
		if i > 0 && len(word) >= 2 && len(word) <= 4 && states[word[:2]] && (len(word) == 2 || word[2:] == "US") {
			if s.places[string(append(key, word[:2]...))] {
				return i + 1 + behindPlace(parts[i+1:])
			}
		}
		key = append(key, word...)
	}
	return 0
}

func isTownWord(word string) bool {
	for i := range len(word) {
		if !isUpper(word[i]) && word[i] != '.' && word[i] != '\'' && word[i] != '-' {
			return false
		}
	}
	return word != ""
}

// behindPlace counts what belongs to a place behind its state.
func behindPlace(parts []token) int {
	count := 0
	if count < len(parts) && isZip(parts[count]) {
		count++
	}
	if count < len(parts) && (parts[count].key == "US" || parts[count].key == "USA") {
		count++
	}
	return count
}
