package wire

import (
	"maps"
	"slices"

	"fcpipe/schema"
)

// Stripe's labels of transactions are a private preview: only requests with a preview version are shown them, and their
// fields are known from SDKs of previews alone (stripe-python 16.1.0a4). So every field may be missing or null, and a
// taxonomy that is not known here is kept as it came.

// Parts of a transaction that are refused alone.
const (
	PartClassifications = "classifications"
	PartEnrichments     = "enrichments"
)

// classification is one label; the field that its type names has it.
type classification struct {
	Type   span            `json:"type"`
	Fields map[string]span `json:",embed"`
}

// taxonomyLabel is a label in a taxonomy that is known.
type taxonomyLabel struct {
	PrimaryLabel    span            `json:"primary_label"`
	DetailedLabel   span            `json:"detailed_label"`
	ConfidenceLevel span            `json:"confidence_level"`
	Unknown         map[string]span `json:",embed"`
}

// enrichments are what is added to a transaction that is no label.
type enrichments struct {
	Merchant nested[merchant] `json:"merchant"`
	Unknown  map[string]span  `json:",embed"`
}

type merchant struct {
	Name            span            `json:"name"`
	ConfidenceLevel span            `json:"confidence_level"`
	Unknown         map[string]span `json:",embed"`
}

// labelStates are the statuses of labels of an account, by taxonomy.
type labelStates = nested[map[string]nested[labelState]]

type labelState struct {
	Status  span            `json:"status"`
	Unknown map[string]span `json:",embed"`
}

// readLabels reads the labels of a row, none of which is kept in the row's Extra: labels that come later are no other
// state of the row.
func (t *Row) readLabels(o *object, classifications array, e nested[enrichments]) {
	t.Labels.TransactionID, t.Labels.AccountID = t.TransactionID, t.AccountID
	if classifications.to == 0 && e.to == 0 {
		return
	}
	t.readParts(o, classifications, e)
}

func (t *Row) readParts(o *object, classifications array, e nested[enrichments]) {
	var kept extra
	for _, part := range []struct {
		name  string
		field span
		read  func(*object, *schema.Labels)
	}{
		{PartClassifications, classifications.span, func(p *object, l *schema.Labels) {
			p.classified(l, classifications)
		}},
		{PartEnrichments, e.span, func(p *object, l *schema.Labels) { p.enriched(l, e) }},
	} {
		raw := o.value(part.field) // that it comes twice is the row's fault
		p, found := object{text: o.text, ignoresRepeats: true}, t.Labels
		part.read(&p, &found)
		if p.fault != nil {
			t.Refused = append(t.Refused, RefusedPart{part.name, p.fault, slices.Clone(raw)})
			continue
		}
		t.Labels, kept = found, append(kept, p.extra...)
	}
	t.Labels.Extra = kept.object()
}

// classified reads the labels of known taxonomies, and keeps the others.
func (o *object) classified(l *schema.Labels, list array) {
	if o.optional(list.span) == nil {
		return
	}
	if !list.isExpected {
		o.fail(PartClassifications, reasonType)
	}
	seen := map[string]bool{}
	for _, element := range list.elements {
		var f classification
		c := open(o.value(element), &f)
		c.path = PartClassifications + "."
		taxonomy := c.requireID("type", f.Type)
		if seen[taxonomy] {
			c.fail("type", reasonTwice)
		}
		seen[taxonomy] = true
		switch taxonomy {
		case "money_movement":
			l.MoneyMovement = c.label(taxonomy, f.Fields)
		case "personal_finance":
			l.PersonalFinance = c.label(taxonomy, f.Fields)
		}
		c.keep(f.Fields)
		o.close(taxonomy, c)
	}
}

// label reads the label that a classification has in its taxonomy, and takes it from the fields that are kept.
func (o *object) label(taxonomy string, fields map[string]span) (l schema.Label) {
	at := fields[taxonomy]
	delete(fields, taxonomy)
	raw := o.optional(at)
	if raw == nil {
		return l
	}
	var f taxonomyLabel
	inner := open(raw, &f)
	inner.path = o.pathOf() + taxonomy + "."
	l.Primary = inner.optionalString("primary_label", f.PrimaryLabel)
	l.Detailed = inner.optionalString("detailed_label", f.DetailedLabel)
	l.Confidence = inner.optionalString("confidence_level", f.ConfidenceLevel)
	inner.keep(f.Unknown)
	o.close(taxonomy, inner)
	return l
}

// enriched reads the merchant, and keeps the rest.
func (o *object) enriched(l *schema.Labels, e nested[enrichments]) {
	inner, came := o.optionalObject(PartEnrichments, e.compound)
	if !came {
		return
	}
	if m, came := inner.optionalObject("merchant", e.fields.Merchant.compound); came {
		l.MerchantName = m.optionalString("name", e.fields.Merchant.fields.Name)
		l.MerchantConfidence = m.optionalString("confidence_level", e.fields.Merchant.fields.ConfidenceLevel)
		m.keep(e.fields.Merchant.fields.Unknown)
		inner.close("merchant", m)
	}
	inner.keep(e.fields.Unknown)
	o.close(PartEnrichments, inner)
}

// labelStates reads statuses by taxonomy. One that is null is not stated.
func (o *object) labelStates(name string, f labelStates) map[string]string {
	inner, came := o.optionalObject(name, f.compound)
	if !came {
		return nil
	}
	states := map[string]string{}
	for _, taxonomy := range slices.Sorted(maps.Keys(f.fields)) {
		state := f.fields[taxonomy]
		of, came := inner.optionalObject(taxonomy, state.compound)
		if !came {
			continue
		}
		if status := of.optionalString("status", state.fields.Status); status != nil {
			states[taxonomy] = *status
		}
		of.keep(state.fields.Unknown)
		inner.close(taxonomy, of)
	}
	o.close(name, inner)
	return states
}

// addLabelStates adds statuses to those of the account.
func (a *Reading) addLabelStates(states map[string]string) {
	if a.LabelStates == nil && len(states) > 0 {
		a.LabelStates = map[string]string{}
	}
	maps.Copy(a.LabelStates, states)
}
