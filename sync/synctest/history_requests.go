package synctest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// holds checks what must be true after every round.
func (h *History) holds(n int, o Outcome, err error) {
	h.Helper()
	h.HeldUpToCursors(n)
	if err == nil && o.Complete && !h.lagging {
		h.HeldUpToDate(n)
	}
	h.oncePerWindow(n)
	h.WithinBudget(n)
	h.FailIfBroken()
}

// bounded is I13: a round sends what it needs and ends in time. Beside pages and purchases it
// may list accounts, read them again after paging, and look at pending ones: of five accounts.
func (h *History) bounded(n int, o Outcome, took time.Duration) {
	first := o.Reads + o.Writes - o.Retries
	if needed := o.Pages + o.RefreshesAsked; first > needed*11/10+80 {
		h.Breaks("I13", n, "%d requests beside retries for %d pages and purchases", first, needed)
	}
	if o.Retries > 20+first/10 {
		h.Breaks("I13", n, "%d retries of %d requests", o.Retries, first)
	}
	if took > LongestRound+time.Minute {
		h.Breaks("I13", n, "it took %v", took)
	}
}

// Watch stands between client and server: what is bought must be allowed and announced. It is called before each
// request.
func (h *History) Watch(r *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if r.Method != http.MethodPost || r.Body == nil {
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	key := r.Header.Get("Idempotency-Key")
	journal, err := os.ReadFile(h.JournalPath)
	if err != nil || !bytes.Contains(journal, []byte(`"key":"`+key+`"`)) {
		h.broken = append(h.broken, "I16: "+key+" was sent before it was in the journal")
	}
	if bytes.Count(journal, []byte(`"kind":"intent"`+`,"intent":{"key":"`+key+`"`)) > 1 ||
		strings.HasSuffix(r.URL.Path, "/subscribe") {
		return // a repeat may find the refresh it started
	}
	parts := strings.Split(r.URL.Path, "/")
	_, feature, _ := strings.Cut(string(body), "=")
	h.allowed(parts[len(parts)-2], feature, key)
}

// allowed looks at the account as the server has it now.
func (h *History) allowed(id, feature, key string) {
	if h.sent[key] {
		return
	}
	h.sent[key] = true
	for _, raw := range h.Server.Truth().Accounts {
		var a struct {
			ID, Status string
			Balance    *shownRefresh `json:"balance_refresh"`
			Ownership  *shownRefresh `json:"ownership_refresh"`
			Rows       *shownRefresh `json:"transaction_refresh"`
		}
		h.Must(json.Unmarshal(raw, &a))
		refresh := map[string]*shownRefresh{
			"balance": a.Balance, "ownership": a.Ownership,
			"transactions": a.Rows,
		}[feature]
		if a.ID != id || refresh == nil {
			continue
		}
		if a.Status != "active" || refresh.Status == "pending" || refresh.Next == nil ||
			*refresh.Next > h.Server.Now().Unix() {
			h.broken = append(h.broken, fmt.Sprintf("I15: %s was asked for on %s: %s, %+v", key, id, a.Status,
				*refresh))
		}
	}
}

type shownRefresh struct {
	Status string
	Next   *int64 `json:"next_refresh_available_at"`
}
