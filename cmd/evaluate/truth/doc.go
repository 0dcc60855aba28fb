// Package truth computes from the books of a simulated world what a file that knew everything would say of it: the
// balance at the end of every day, and attributes of accounts and holders. It shares nothing with the models whose
// answers are held to it: plain sums over what truly happened, after the definitions of underwriting.attributes.
package truth
