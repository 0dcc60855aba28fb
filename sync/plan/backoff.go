package plan

import "time"

const (
	firstBackoff = 15 * time.Minute
	maxBackoff   = 24 * time.Hour
)

// InBackoff reports whether an account whose rows, or owners, were refused in so many rounds, the last of them at an
// instant, is not to be read again yet. After the first refusal it is read again at once, then after 15
// minutes, 45 minutes and so on, up to a day.
func InBackoff(refusals int, last, now time.Time) bool {
	if refusals <= 1 {
		return false
	}
	pause := min(maxBackoff, firstBackoff*time.Duration(int64(1)<<min(refusals-1, 20)-1))
	return now.Before(last.Add(pause))
}
