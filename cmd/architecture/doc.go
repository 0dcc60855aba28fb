// Package architecture is tests only: they hold the tree to its own rules. arrows.txt lists the packages there are and
// what each may import of ours; linter rules (.golangci.yml) say the same of packages that are not ours. house_test.go
// holds sizes of packages, files, functions and lines, and that every exported name has a comment; words_test.go that
// words.txt's old identifiers, codes and phrases are gone. It imports nothing of ours.
package architecture
