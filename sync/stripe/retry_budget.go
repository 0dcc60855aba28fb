package stripe

import "sync"

const (
	retryPool   = 500 // what retries may draw on; a success gives 1 back
	retryCost   = 5
	timeoutCost = 10
	retryShare  = 10 // retries are at most a tenth of all requests,
	retryFloor  = 20 // or so many
)

// retryBudget keeps retries from making an outage worse. Source: the retry quota of AWS's SDKs, and "Handling
// Overload" in Google's Site Reliability Engineering.
type retryBudget struct {
	mutex    sync.Mutex // protects all below
	drawn    int        // of the pool
	requests int        // first attempts
	retries  int
}

func (b *retryBudget) addRequest() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.requests++
}

func (b *retryBudget) addSuccess() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.drawn = max(0, b.drawn-1)
}

// spend pays for a retry, or returns false when the budget does not allow it.
func (b *retryBudget) spend(timedOut bool) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	cost := retryCost
	if timedOut {
		cost = timeoutCost
	}
	if b.drawn+cost >= retryPool || b.retries+1 >= max(retryFloor, b.requests/retryShare) {
		return false
	}
	b.drawn += cost
	b.retries++
	return true
}
