package schema

// Landed is what one call of Land makes durable together.
type Landed struct {
	Accounts     []Account
	Balances     []Balance
	Transactions []Transaction
	Refreshes    []RefreshAttempt
	Quarantined  []QuarantinedRow
	Completions  []Completion
	Owners       []Owner
	Ownerships   []Ownership
}

// Empty reports whether there is no row of any kind.
func (l Landed) Empty() bool {
	rows := len(l.Accounts) + len(l.Balances) + len(l.Transactions) + len(l.Refreshes) + len(l.Quarantined)
	return rows+len(l.Completions)+len(l.Owners)+len(l.Ownerships) == 0
}
