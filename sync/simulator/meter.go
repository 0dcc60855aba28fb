package simulator

import (
	"net/http"
	"strings"
)

// Meter is what a world's clients have used.
type Meter struct {
	Requests map[string]int64 `json:"requests"` // by method and endpoint
	Statuses map[int]int64    `json:"statuses"` // by HTTP status
	Charges  []Charge         `json:"charges"`
}

// Charge is something Stripe would bill.
type Charge struct {
	Kind        string `json:"kind"`    // balance, ownership, transactions_month
	Account     string `json:"account"` // of a month: an account with a refresh in it, others may have one too
	Holder      string `json:"holder,omitempty"`
	Institution string `json:"institution,omitempty"`
	Month       string `json:"month,omitempty"`
	At          int64  `json:"at"`
}

type meterState struct {
	Requests map[string]int64 `json:"requests"`
	Statuses map[int]int64    `json:"statuses"`
}

func newMeter() *meterState {
	return &meterState{Requests: map[string]int64{}, Statuses: map[int]int64{}}
}

func (m *meterState) request(r *http.Request, status int) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	for i, part := range parts {
		if strings.Contains(part, "_") && part != "financial_connections" {
			parts[i] = "{id}"
		}
	}
	m.Requests[r.Method+" /"+strings.Join(parts, "/")]++
	m.Statuses[status]++
}

// Meter counts requests, and charges by what succeeded: balances and ownership per
// refresh, transactions per institution, holder and month.
func (s *Server) Meter() Meter {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.measure()
}

func (s *Server) measure() Meter {
	now := s.tick()
	meter := Meter{Requests: s.meter.Requests, Statuses: s.meter.Statuses, Charges: []Charge{}}
	months := map[Charge]bool{}
	for _, a := range s.world.Accounts {
		s.world.CatchUp(a, now)
		for _, feature := range []string{"balance", "ownership"} {
			for _, r := range a.State.Refreshes[feature] {
				if r.Status(now) == "succeeded" && r.Source == "request" {
					meter.Charges = append(meter.Charges,
						Charge{Kind: feature, Account: a.ID, At: r.AttemptedAt.Unix()})
				}
			}
		}
		for _, r := range a.State.Refreshes["transactions"] {
			month := Charge{
				Kind: "transactions_month", Holder: a.Holder, Institution: a.Institution,
				Month: r.AttemptedAt.UTC().Format("2006-01"),
			}
			if r.Status(now) == "succeeded" && !months[month] {
				months[month] = true
				month.Account, month.At = a.ID, r.AttemptedAt.Unix()
				meter.Charges = append(meter.Charges, month)
			}
		}
	}
	return meter
}
