// Package household is the life of money in worlds with styles: people with wages or benefits, a home, bills, loans,
// subscriptions and cards, who shop, give things back, move money between their accounts, help each other out and now
// and then run dry. Every entry of their accounts says what it truly is: its label, who was paid, the other half of a
// transfer, the purchase that a refund belongs to, the stream of payments and the distress it is part of.
//
// A household is a function of its seed and accounts: its days are drawn in order, whoever asks for which account. It
// prints entries with package statement, and imports draw besides. Money is in cents, negative leaves the account.
//
// Where to look: household.go lives day by day (live); plan.go is what was agreed to (settle), pay.go pays it; spend.go
// shops and gives back, transfers.go moves money between accounts and pays cards, help.go is money between people,
// fees.go what banks charge for, which is distress; calendar.go finds the days, enter.go writes the line.
package household
