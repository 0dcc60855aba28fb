package sync

import "time"

// nights are how many rounds, one a day, count together.
const nights = 30

// calendar says when reads that were made count no more: by night, 0 is this one, the reads that
// count for the last time then. It is the one place that says what a night may read.
type calendar struct {
	allowed int64
	leaving []int64
}

// newCalendar reads earlier rounds; since counts the reads up to an age.
func newCalendar(allowed int64, since func(age time.Duration) int64) calendar {
	c := calendar{allowed, make([]int64, nights)}
	later := int64(0)
	for night := nights - 1; night >= 0; night-- {
		still := max(0, since(expiry-time.Duration(night)*24*time.Hour))
		c.leaving[night], later = still-later, still
	}
	return c
}

// counted is how many of the reads known by now count in a night.
func (c calendar) counted(night int) (reads int64) {
	for _, n := range c.leaving[min(night, len(c.leaving)):] {
		reads += n
	}
	return reads
}

// add makes reads in a night.
func (c *calendar) add(night int, reads int64) {
	for len(c.leaving) < night+nights {
		c.leaving = append(c.leaving, 0)
	}
	c.leaving[night+nights-1] += reads
}

// share is what a night may read, so that the allowance never runs dry: everything but a reserve,
// of so many reads for each of the nights that follow until earlier reads count no more; where
// there is less than that, the most that can be read in every one of these nights alike.
func (c calendar) share(night int, reserve int64) int64 {
	rest, even := c.allowed, c.allowed
	for ahead := range nights {
		free := c.allowed - c.counted(night+ahead)
		rest = min(rest, free-int64(ahead)*reserve)
		even = min(even, max(0, free)/int64(ahead+1))
	}
	return max(rest, even)
}

// longestOutlook is how far ahead a date is named.
const longestOutlook = 120

// backlog is what waits for reads.
type backlog struct {
	reads    int64 // of accounts that wait
	lists    int64 // a round takes before it reads any
	ordinary int64 // a round of the accounts that are complete
}

// done is the night in which the last of what waits is read, when each night reads what it may and
// what waits comes first; 0 when that is too far away.
func (c calendar) done(b backlog) int {
	c.leaving = append([]int64(nil), c.leaving...)
	for night := 1; night <= longestOutlook; night++ {
		may := c.share(night, b.ordinary)
		if may < b.lists {
			continue
		}
		use := min(may-b.lists, b.reads)
		if b.reads -= use; b.reads == 0 {
			return night
		}
		c.add(night, b.lists+use)
	}
	return 0
}
