// Package architecture is tests only: they hold the tree to its own rules. It imports nothing of ours.
//
// Where to look: arrows.txt lists the packages there are and what each may import of ours, modules.txt who may import
// what is not ours, such as DuckDB; arrows_test.go holds both (TestModulesAreImportedByFewPackages the second). A new
// package, or module, is a line there and in .golangci.yml. house_test.go holds sizes of packages, files, functions and
// lines; comments_test.go that every exported name has a comment; where_to_look_test.go that comments of packages guide
// a reader and name what there is; words_test.go that words.txt's old identifiers, codes and phrases are gone.
// source_test.go reads the files.
package architecture
