package rules

import "slices"

// Set is what the files say; of a file that is not configured nothing.
type Set struct {
	Rules     []Rule
	Overrides []Override
	Decisions []Decision
	Policy    []Condition
	Requests  []LoanRequest
}

// RulesFingerprint changes whenever a rule does, or their order.
func (s Set) RulesFingerprint() string {
	parts := make([]string, 0, 2*len(s.Rules))
	for _, r := range s.Rules {
		parts = append(parts, r.ID, r.Version)
	}
	return hash(parts...)
}

// PolicyFingerprint changes whenever a condition does, or their order.
func (s Set) PolicyFingerprint() string {
	parts := make([]string, len(s.Policy))
	for i, c := range s.Policy {
		parts[i] = c.Version
	}
	return hash(parts...)
}

// RequestsFingerprint changes whenever a loan request does; their order says nothing.
func (s Set) RequestsFingerprint() string {
	parts := make([]string, len(s.Requests))
	for i, r := range s.Requests {
		parts[i] = r.Version
	}
	slices.Sort(parts)
	return hash(parts...)
}

// OverridesFingerprint changes whenever an override or a decision does; their order says nothing.
func (s Set) OverridesFingerprint() string {
	parts := make([]string, 0, len(s.Overrides)+len(s.Decisions))
	for _, o := range s.Overrides {
		parts = append(parts, o.TransactionID+" "+o.Version)
	}
	for _, d := range s.Decisions {
		parts = append(parts, d.OutID+" "+d.InID+" "+d.Version)
	}
	slices.Sort(parts)
	return hash(parts...)
}
