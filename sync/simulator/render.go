package simulator

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/linking"
	"fcpipe/sync/simulator/world"
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

// accountObject is an account as the API shows it now.
func (s *Server) accountObject(a *world.Account, now time.Time) object {
	var subscriptions any = []string{}
	if world.Reached(a.State.SubscribedAt, now) && a.Status(now) != "disconnected" {
		subscriptions = []string{"transactions"}
	}
	return object{
		"id": a.ID, "object": "financial_connections.account", "livemode": false, "created": a.CreatedAt.Unix(),
		"account_holder":   linking.HolderObject(a.Holder, a.Connected),
		"institution_name": a.Institution, "display_name": a.Name, "last4": a.Last4,
		"category": a.Category, "subcategory": a.Subcategory, "status": a.Status(now),
		"permissions": a.SharedAt(now), "subscriptions": subscriptions,
		"supported_payment_method_types": paymentMethods(a),
		"balance":                        s.balanceObject(a, now), "balance_refresh": refreshObject(a, "balance", now),
		"ownership": s.ownershipID(a, now), "ownership_refresh": refreshObject(a, "ownership", now),
		"transaction_refresh": refreshObject(a, "transactions", now),
	}
}

func (s *Server) ownershipID(a *world.Account, now time.Time) any {
	if !a.ShowsAt("ownership", now) {
		return nil
	}
	return orNull(s.world.OwnershipID(a, now))
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func paymentMethods(a *world.Account) []string {
	if a.Category == "cash" {
		return []string{"us_bank_account"}
	}
	return []string{}
}

// refreshObject is null until a refresh was started.
func refreshObject(a *world.Account, feature string, now time.Time) any {
	r, any := a.LatestAt(feature, now)
	if !any || !a.ShowsAt(world.PermissionFor[feature], now) {
		return nil
	}
	shown := object{
		"last_attempted_at": r.AttemptedAt.Unix(), "next_refresh_available_at": unix(a.NextAvailable(feature, now)),
		"status": r.Status(now),
	}
	if feature == "transactions" {
		shown["id"] = r.ID
	}
	return shown
}

// balanceObject is the newest succeeded reading; null before it and after a disconnection.
func (s *Server) balanceObject(a *world.Account, now time.Time) any {
	if a.Status(now) == "disconnected" || !a.ShowsAt("balances", now) {
		return nil
	}
	history := a.State.Refreshes["balance"]
	for _, r := range slices.Backward(history) {

		if r.Status(now) != "succeeded" {
			continue
		}
		shown := object{"as_of": r.AttemptedAt.Unix(), "current": object{"usd": r.Current}}
		if a.Category == "credit" {
			shown["type"], shown["credit"] = "credit", object{"used": object{"usd": -r.Current}}
		} else {
			shown["type"], shown["cash"] = "cash", object{"available": object{"usd": r.Current + r.Pending}}
		}
		return shown
	}
	return nil
}

func ownerObjects(owners []world.Owner) []object {
	shown := make([]object, 0, len(owners))
	for _, o := range owners {
		shown = append(shown, object{
			"id": o.ID, "object": "financial_connections.account_owner", "ownership": o.Ownership,
			"name": o.Name, "email": orNull(o.Email), "phone": orNull(o.Phone), "raw_address": orNull(o.Address),
			"refreshed_at": o.RefreshedAt.Unix(),
		})
	}
	return shown
}
