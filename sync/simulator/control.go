package simulator

import (
	"encoding/json"
	"net/http"
	"time"

	"fcpipe/sync/simulator/faults"
)

// control answers the simulator's own paths: clock, truth, meter, faults and linking.
func (s *Server) control(w http.ResponseWriter, r *http.Request, body []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/truth":
		send(w, http.StatusOK, s.truth())
	case "GET /_sim/meter":
		send(w, http.StatusOK, s.measure())
	case "GET /_sim/clock":
		send(w, http.StatusOK, object{"now": s.now})
	case "POST /_sim/clock":
		s.moveClock(w, body)
	case "GET /_sim/faults":
		send(w, http.StatusOK, object{"faults": s.shownFaults()})
	case "POST /_sim/faults":
		s.controlFaults(w, body)
	case "DELETE /_sim/faults":
		s.clearFaults()
		send(w, http.StatusOK, object{"faults": 0})
	case "POST /_sim/link":
		s.controlLink(w, body)
	case "POST /_sim/account":
		s.controlAccount(w, body)
	case "POST /_sim/session":
		s.controlSession(w, body)
	default:
		send(w, http.StatusNotFound, object{"error": "no such control: see the manual of fcpipe simulate"})
	}
}

// controlFaults takes a fault script: {"when": …, "do": …}, or a list of them.
func (s *Server) controlFaults(w http.ResponseWriter, body []byte) {
	faults, err := faults.Parse(body)
	if err == nil {
		err = s.addFaults(faults)
	}
	if err != nil {
		send(w, http.StatusBadRequest, object{"error": err.Error()})
		return
	}
	send(w, http.StatusOK, object{"faults": len(s.faults)})
}

// shownFaults are the armed faults, with how often each was met and happened.
func (s *Server) shownFaults() []object {
	shown := []object{}
	for _, f := range s.faults {
		shown = append(shown, object{
			"when": f.When, "do": f.Do, "seen": f.Counts.Seen[""], "happened": f.Counts.Happened[""],
		})
	}
	return shown
}

// moveClock takes {"advance": "24h"}.
func (s *Server) moveClock(w http.ResponseWriter, body []byte) {
	var move struct {
		Advance string `json:"advance"`
	}
	err := json.Unmarshal(body, &move)
	by, parseErr := time.ParseDuration(move.Advance)
	if err != nil || parseErr != nil || by < 0 {
		send(w, http.StatusBadRequest, object{"error": `want {"advance": "24h"}`})
		return
	}
	s.now = s.now.Add(by)
	send(w, http.StatusOK, object{"now": s.now})
}

// controlLink takes {"session": "fcsess_…", "accounts": 2}.
func (s *Server) controlLink(w http.ResponseWriter, body []byte) {
	var wanted struct {
		Session  string `json:"session"`
		Accounts int    `json:"accounts"`
	}
	if err := json.Unmarshal(body, &wanted); err != nil || wanted.Accounts < 1 || wanted.Accounts > 100 {
		send(w, http.StatusBadRequest, object{"error": `want {"session": "fcsess_…", "accounts": 1 to 100}`})
		return
	}
	ids, e := s.desk.Link(wanted.Session, wanted.Accounts, s.whole())
	if e != nil {
		send(w, e.Status, e.Body())
		return
	}
	send(w, http.StatusOK, object{"accounts": ids})
}

// controlAccount takes {"account": "fca_…", "permissions": ["balances"], "status": "disconnected"}.
func (s *Server) controlAccount(w http.ResponseWriter, body []byte) {
	var wanted struct {
		Account     string
		Permissions *[]string
		Status      string
	}
	err := json.Unmarshal(body, &wanted)
	do := faults.WorldActions{Permissions: wanted.Permissions, AccountStatus: wanted.Status, Of: wanted.Account}
	if err == nil {
		err = faults.Fault{Do: faults.Actions{WorldActions: do}}.Check()
	}
	if err != nil || s.account(wanted.Account) == nil {
		send(w, http.StatusBadRequest, object{
			"error": `want {"account": "fca_…", "permissions": ["balances"], "status": "inactive"}, one or both`,
		})
		return
	}
	s.changeConsent(do, wanted.Account)
	send(w, http.StatusOK, s.accountObject(s.account(wanted.Account), s.now))
}

// controlSession takes {"session": "fcsess_…", "status": "expired"}.
func (s *Server) controlSession(w http.ResponseWriter, body []byte) {
	var wanted struct{ Session, Status string }
	err := json.Unmarshal(body, &wanted)
	if err != nil || wanted.Status != "expired" || !s.desk.Expire(wanted.Session, s.whole()) {
		send(w, http.StatusBadRequest, object{"error": `want {"session": "fcsess_…", "status": "expired"}`})
		return
	}
	send(w, http.StatusOK, object{"session": wanted.Session})
}

func send(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
