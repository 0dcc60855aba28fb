package wire

import "fcpipe/schema"

// refresh is the latest refresh of a feature of an account.
type refresh struct {
	ID                     span            `json:"id"`
	Status                 span            `json:"status"`
	LastAttemptedAt        span            `json:"last_attempted_at"`
	NextRefreshAvailableAt span            `json:"next_refresh_available_at"`
	Unknown                map[string]span `json:",embed"`
}

// refresh reads a refresh; null is none. That of transactions has an id: the cursor hangs on it.
func (o *object) refresh(name string, f nested[refresh]) *schema.RefreshState {
	inner, came := o.optionalObject(name, f.compound)
	if !came {
		return nil
	}
	state := &schema.RefreshState{
		Status:          inner.requireString("status", f.fields.Status),
		AttemptedAt:     inner.requireTime("last_attempted_at", f.fields.LastAttemptedAt),
		NextAvailableAt: inner.optionalTime("next_refresh_available_at", f.fields.NextRefreshAvailableAt),
		RefreshID:       inner.optionalString("id", f.fields.ID),
	}
	if name == PartTransactionRefresh {
		inner.requireID("id", f.fields.ID)
	}
	inner.keep(f.fields.Unknown)
	o.close(name, inner)
	return state
}
