package stripe

import "sync"

const (
	retryPool   = 500 // what repeats may draw on
	retryCost   = 5
	timeoutCost = 10
	retryShare  = 10 // repeats are at most a tenth of all requests,
	retryFloor  = 20 // or so many
)

// retryBudget keeps repeats from making an outage worse. Source: AWS SDK retry quota, and
// "Handling Overload" in Google's Site Reliability Engineering.
type retryBudget struct {
	mutex    sync.Mutex
	drawn    int // of the pool
	requests int // first attempts
	repeats  int
}

func (b *retryBudget) first() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.requests++
}

func (b *retryBudget) succeeded() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.drawn = max(0, b.drawn-1)
}

// mayRepeat takes what a repeat costs, if it is there.
func (b *retryBudget) mayRepeat(timedOut bool) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	cost := retryCost
	if timedOut {
		cost = timeoutCost
	}
	if b.drawn+cost >= retryPool || b.repeats+1 >= max(retryFloor, b.requests/retryShare) {
		return false
	}
	b.drawn += cost
	b.repeats++
	return true
}
