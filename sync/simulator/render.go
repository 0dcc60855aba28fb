package simulator

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// object is a JSON object; map keys are rendered in sorted order, so answers repeat.
type object = map[string]any

// unix is Stripe's time: whole seconds, or null for the zero time.
func unix(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

func renderTransaction(a *account, v *visibleRow, refreshID string) []byte {
	text, _ := json.Marshal(v.version.description)
	b := make([]byte, 0, 480)
	b = append(b, `{"id":"`...)
	b = append(b, v.id...)
	b = append(b, `","object":"financial_connections.transaction","account":"`...)
	b = append(b, a.id...)
	b = append(b, `","amount":`...)
	b = strconv.AppendInt(b, v.version.amount, 10)
	b = append(b, `,"currency":"`...)
	b = append(b, cmp.Or(v.version.currency, "usd")...)
	b = append(b, `","description":`...)
	b = append(b, text...)
	b = append(b, `,"livemode":false,"status":"`...)
	b = append(b, v.version.status...)
	b = append(b, `","status_transitions":{"posted_at":`...)
	b = appendTime(b, v.version.postedAt)
	b = append(b, `,"void_at":`...)
	b = appendTime(b, v.version.voidAt)
	b = append(b, `},"transacted_at":`...)
	b = appendTime(b, v.version.at)
	b = append(b, `,"transaction_refresh":"`...)
	b = append(b, refreshID...)
	b = append(b, `","updated":`...)
	b = appendTime(b, v.updated)
	return append(b, '}')
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, t.Unix(), 10)
}

// accountObject is an account as the API shows it now.
func (s *Server) accountObject(a *account, now time.Time) object {
	var subscriptions any = []string{}
	if reached(a.State.SubscribedAt, now) && a.status(now) != "disconnected" {
		subscriptions = []string{"transactions"}
	}
	return object{
		"id": a.id, "object": "financial_connections.account", "livemode": false, "created": a.createdAt.Unix(),
		"account_holder":   holderObject(a.holder),
		"institution_name": a.institution, "display_name": a.name, "last4": a.last4,
		"category": a.category, "subcategory": a.subcategory, "status": a.status(now),
		"permissions": a.permissions, "subscriptions": subscriptions, "supported_payment_method_types": paymentMethods(a),
		"balance": s.balanceObject(a, now), "balance_refresh": a.refreshObject("balance", now),
		"ownership": orNull(s.ownershipOf(a, now)), "ownership_refresh": a.refreshObject("ownership", now),
		"transaction_refresh": a.refreshObject("transactions", now),
	}
}

func paymentMethods(a *account) []string {
	if a.category == "cash" {
		return []string{"us_bank_account"}
	}
	return []string{}
}

// refreshObject is null until a refresh was started.
func (a *account) refreshObject(feature string, now time.Time) any {
	r, any := a.latestAt(feature, now)
	if !any {
		return nil
	}
	shown := object{
		"last_attempted_at": r.AttemptedAt.Unix(), "next_refresh_available_at": unix(a.nextAvailable(feature, now)), "status": r.status(now),
	}
	if feature == "transactions" {
		shown["id"] = r.ID
	}
	return shown
}

// balanceObject is the newest succeeded reading; null before it and after a disconnection.
func (s *Server) balanceObject(a *account, now time.Time) any {
	if a.status(now) == "disconnected" {
		return nil
	}
	history := a.State.Refreshes["balance"]
	for _, r := range slices.Backward(history) {

		if r.status(now) != "succeeded" {
			continue
		}
		shown := object{"as_of": r.AttemptedAt.Unix(), "current": object{"usd": r.Current}}
		if a.category == "credit" {
			shown["type"], shown["credit"] = "credit", object{"used": object{"usd": -r.Current}}
		} else {
			shown["type"], shown["cash"] = "cash", object{"available": object{"usd": r.Current + r.Pending}}
		}
		return shown
	}
	return nil
}
