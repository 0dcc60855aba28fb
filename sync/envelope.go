package sync

import "fcpipe/sync/stripe"

// envelope is a list as Stripe sends it: a page of undecoded rows.
type envelope struct {
	rows      [][]byte
	hasMore   bool
	requestID string
}

// openEnvelope takes an answer apart, or refuses it whole: a list has object, data,
// has_more and url, or it is none.
func openEnvelope(answer *stripe.Reply) (envelope, error) {
	page := envelope{requestID: answer.RequestID}
	var seen uint
	err := eachField(answer.Body, func(name string, value []byte) error {
		switch name {
		case "object":
			seen |= 1
			return wantObject(value, "list")
		case "data":
			seen |= 2
			return eachElement(value, func(_ int, row []byte) error {
				page.rows = append(page.rows, row)
				return nil
			})
		case "has_more":
			seen |= 4
			return wantBool(name, value, &page.hasMore)
		case "url":
			seen |= 8
			var url string
			return wantText(name, value, &url)
		}
		return nil
	})
	if err == nil {
		err = required(seen, []string{"object", "data", "has_more", "url"})
	}
	if err != nil {
		return page, &stripe.PageError{RequestID: answer.RequestID, Problem: "no list (" + err.Error() + ")"}
	}
	if page.hasMore && len(page.rows) == 0 {
		return page, &stripe.PageError{RequestID: answer.RequestID, Problem: "an empty page that says more follows"}
	}
	return page, nil
}
