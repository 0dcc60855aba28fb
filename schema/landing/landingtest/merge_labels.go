package landingtest

import (
	"reflect"

	"fcpipe/schema"
)

// labels keeps the last reading of the labels of each row that is held, and how far those of accounts are. A group that
// a reading does not state is not taken back.
func (m *merge) labels() {
	for _, l := range m.landed.Labels {
		held := m.file.labels[l.TransactionID]
		if row, known := m.file.rows[l.TransactionID]; !known || row.AccountID != l.AccountID {
			continue
		}
		if l.MerchantName == nil && l.MerchantConfidence == nil {
			l.MerchantName, l.MerchantConfidence = held.MerchantName, held.MerchantConfidence
		}
		if l.MoneyMovement == (schema.Label{}) {
			l.MoneyMovement = held.MoneyMovement
		}
		if l.PersonalFinance == (schema.Label{}) {
			l.PersonalFinance = held.PersonalFinance
		}
		if l.Extra == nil {
			l.Extra = held.Extra
		}
		if !reflect.DeepEqual(held, l) {
			m.merged.LabelsChanged++
			m.file.labels[l.TransactionID] = l
		}
	}
	for _, l := range m.landed.LabelStates {
		key := labelKey{l.AccountID, l.Taxonomy}
		held := m.file.labelStates[key]
		if !l.Continues(held) {
			l.ThroughRefreshID = held.ThroughRefreshID
		}
		if l.AfterRefreshID = nil; !reflect.DeepEqual(held, l) {
			m.merged.LabelsChanged++
			m.file.labelStates[key] = l
		}
	}
}
