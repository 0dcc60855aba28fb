// Package history records what attributes say in underwriting.attribute_history: once for each day and definition
// version, and of each snapshot only what differs from the one before.
//
// It imports duck and models. It promises that a snapshot is recorded whole or not at all, that none is changed
// afterwards, and that a file that was derived without attributes stays as it is.
package history
