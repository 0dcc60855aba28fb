// Package truth computes from the books of a simulated world what a file that knew everything would say of it: the
// balance at the end of every day, and attributes of accounts and holders. It shares nothing with the models whose
// answers are held to it: plain sums over what truly happened, after the definitions of underwriting.attributes.
//
// Where to look: truth.go reads the books (Of), days.go has days and spans (Windows); values.go computes attributes
// (Values), of balances in balances.go, of flows in flows.go.
package truth
