// Package statement is how banks print what happens to an account: the styles of some thirty US institutions, the
// names under which shops and companies reach them, and shops, people and places that do not exist.
//
// A Set is one collection of these. "default" is what worlds have; "evaluation" has other institutions, phrasings and
// names, and is kept for measuring: the rules that read texts must not be written against it. Both are data in folders
// of their own, so that "git log" tells when the evaluation set was last changed.
//
// It shares no table with the product, on purpose, and imports only draw. A text is a function of the style, what it
// tells, and a draw.
//
// Where to look: set.go has the collections (Named) and who is paid; style.go prints a line as an institution does
// (Text), by templates that text.go reads and the kinds of kind.go; merchant.go with form.go is how a name reaches
// banks, shop.go invents shops and people.
package statement
