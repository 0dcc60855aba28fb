package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fcpipe/schema/models/text"
)

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// otherTowns are what banks print for parts of towns, and shortened.
var otherTowns = [][]string{
	{"NEW YORK", "NY"},
	{"BROOKLYN", "NY"},
	{"BRONX", "NY"},
	{"QUEENS", "NY"},
	{"STATEN ISLAND", "NY"},
	{"LONG ISLAND CITY", "NY"},
	{"LONG ISLAND C", "NY"},
	{"MANHATTAN", "NY"},
	{"FLUSHING", "NY"},
	{"ASTORIA", "NY"},
	{"FT WORTH", "TX"},
	{"FT LAUDERDALE", "FL"},
	{"FT MYERS", "FL"},
	{"FT COLLINS", "CO"},
	{"FT WAYNE", "IN"},
	{"N HOLLYWOOD", "CA"},
	{"W HOLLYWOOD", "CA"},
	{"S SAN FRANCISCO", "CA"},
	{"SO SAN FRANCISCO", "CA"},
	{"HOLLYWOOD", "CA"},
	{"VAN NUYS", "CA"},
	{"SHERMAN OAKS", "CA"},
	{"N LAS VEGAS", "NV"},
	{"SALT LAKE CTY", "UT"},
	{"W PALM BEACH", "FL"},
	{"N MIAMI", "FL"},
	{"N MIAMI BEACH", "FL"},
	{"COLORADO SPGS", "CO"},
	{"ST PAUL", "MN"},
	{"SAN FRAN", "CA"},
	{"PHILA", "PA"},
	{"KING OF PRUS", "PA"},
	{"MT PLEASANT", "SC"},
	{"MT LAUREL", "NJ"},
}

// readTowns lists towns of the United States with their state, as banks print them.
func readTowns(file string) ([][]string, error) {
	var towns map[string]struct {
		Name    string `json:"name"`
		Country string `json:"countrycode"`
		State   string `json:"admin1code"`
	}
	if err := readJSON(file, &towns); err != nil {
		return nil, err
	}
	rows := slices.Clone(otherTowns)
	for _, town := range towns {
		if town.Country == "US" || town.Country == "PR" {
			state := town.State
			if town.Country == "PR" {
				state = "PR"
			}
			rows = append(rows, []string{text.Key(town.Name), state})
		}
	}
	return sortedRows(rows), nil
}

// readWords reads ordinary English words, in capitals.
func readWords(folder string) (map[string]bool, error) {
	words := map[string]bool{}
	for _, language := range []string{"english", "american"} {
		for _, size := range []string{"10", "20", "35", "40", "50", "55", "60"} {
			var list []string
			file := filepath.Join(folder, fmt.Sprintf("%s-words-%s.json", language, size))
			if err := readJSON(file, &list); err != nil {
				return nil, err
			}
			for _, word := range list {
				words[text.Alias(word)] = true
			}
		}
	}
	return words, nil
}

// brand is one of the name-suggestion-index that is in the United States.
type brand struct {
	name, tag, wikidata string
	category            string
	rank                int
	others              []string // how it is called, too
}

type indexItem struct {
	DisplayName string            `json:"displayName"`
	MatchNames  []string          `json:"matchNames"`
	Tags        map[string]string `json:"tags"`
	LocationSet struct {
		Include []any `json:"include"`
		Exclude []any `json:"exclude"`
	} `json:"locationSet"`
}

func readBrands(file string, crosswalk map[string]tag) ([]brand, error) {
	var index struct {
		NSI map[string]struct {
			Items []indexItem `json:"items"`
		} `json:"nsi"`
	}
	if err := readJSON(file, &index); err != nil {
		return nil, err
	}
	var brands []brand
	for path, kind := range index.NSI {
		tree, name, _ := strings.Cut(path, "/")
		known, wanted := crosswalk[name]
		isUtility := strings.HasPrefix(known.category, "utilities.")
		if !wanted || tree != "brands" && (tree != "operators" || !isUtility) {
			continue
		}
		for _, item := range kind.Items {
			if item.isAmerican() {
				brands = append(brands, item.brand(name, known))
			}
		}
	}
	return brands, nil
}

// isAmerican reports whether a brand is in the United States, or all over the world and not left out there.
func (i indexItem) isAmerican() bool {
	for _, place := range i.LocationSet.Exclude {
		if place == "us" {
			return false
		}
	}
	for _, place := range i.LocationSet.Include {
		name, isName := place.(string)
		name = strings.ToLower(name)
		if isName && (name == "us" || name == "001" || strings.HasPrefix(name, "us-")) {
			return true
		}
	}
	return false
}

func (i indexItem) brand(name string, known tag) brand {
	b := brand{name: i.DisplayName, tag: name, category: known.category, rank: known.rank, others: i.MatchNames}
	b.wikidata = i.Tags["brand:wikidata"]
	if b.wikidata == "" {
		b.wikidata = i.Tags["operator:wikidata"]
	}
	for _, key := range []string{"name", "brand", "operator", "short_name", "official_name", "alt_name"} {
		for other := range strings.SplitSeq(i.Tags[key], ";") {
			b.others = append(b.others, other)
		}
	}
	at := strings.Index(b.name, " (") // Circle K (fuel)
	if at > 0 {
		b.name = b.name[:at]
	}
	return b
}
