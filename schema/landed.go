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
	Labels       []Labels // of transactions that landed before, or with them
	LabelStates  []LabelState
}

// Empty reports whether there is no row of any kind.
func (l Landed) Empty() bool {
	rows := len(l.Accounts) + len(l.Balances) + len(l.Transactions) + len(l.Refreshes) + len(l.Quarantined)
	return rows+len(l.Completions)+len(l.Owners)+len(l.Ownerships)+len(l.Labels)+len(l.LabelStates) == 0
}
