// Package explain says why a transaction is counted as it is: how its text was read, which rules were tried in their
// order and which of them fits, what other rows it belongs to, and whether it is spending. It also says of which
// transactions and days an attribute is computed.
//
// Where to look: explain.go is a transaction (Of), tried.go the rules in their order (try), belongs.go the other rows,
// print.go and print_belongs.go write it; attribute.go is an attribute (OfAttribute), print_attribute.go writes that.
// explain.sql and attribute.sql are the questions.
//
// It imports schema, duck, reader and schema/models/text, and reads the published file, which is opened to be read
// alone. It promises that what it prints, which has the text of the bank in it, goes to the writer that is passed in,
// and nowhere else.
package explain
