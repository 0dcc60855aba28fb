// Command mutants tests the tests: it breaks fcpipe on purpose, one promise or rule at a time, and wants a test to
// fail. A mutant that survives is a hole in the tests. README.md beside it lists what each mutant guards.
//
// A mutant is a file of mutants/. It says what it breaks and which tests (or trials of cmd/crash) must fail, and
// replaces a snippet of one function ("func Name" or "func Type.Name"), of one constant, variable or type ("decl
// Name"), or of one SQL statement or file ("sql name", or "sql" and the name of a file). The file and the package are
// found by that name, and so are the packages of the tests. Where a name is declared several times, the snippet must be
// in one of the declarations only. It must be there exactly once.
//
// Go is compared token by token. Comments and white space do not count, nor does the case of an identifier's first
// letter, nor a qualifier that names a package of this module: "syncDirectory(d)" is found as
// "durable.SyncDirectory(d)" too. The identifiers of the replacement that are in the snippet are then written as the
// source writes them, so a mutant survives when code moves to another package. Other names in a replacement are used
// as they are; replacements use few.
// SQL is compared token by token as well, and exactly.
//
// The changed copies are handed to the compiler as an overlay: no file of the tree is touched.
//
// Where to look: main.go tries what is chosen (run); mutant.go reads a file of mutants (parseMutant), module.go the
// source by names, token.go compares it, overlay.go makes the changed copies (mutated); runner.go tries a mutant (try)
// and judges what its tests print (judge), command.go builds and runs them.
//
// It imports no package of fcpipe.
package main
