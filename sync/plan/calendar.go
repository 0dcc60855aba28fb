package plan

import "time"

// nights are how many rounds, one a day, count together.
const nights = 30

// Calendar says when reads that were made stop to count towards an allowance. It is the one place that says
// what a night may read.
type Calendar struct {
	allowed int64   // reads in 30 days
	leaving []int64 // reads that count for the last time in a night; 0 is this one
}

// NewCalendar reads what earlier rounds did: since counts their reads up to an age.
func NewCalendar(allowed int64, since func(age time.Duration) int64) Calendar {
	c := Calendar{allowed, make([]int64, nights)}
	later := int64(0)
	for night := nights - 1; night >= 0; night-- {
		still := max(0, since(UsageWindow-time.Duration(night)*24*time.Hour))
		c.leaving[night], later = still-later, still
	}
	return c
}

// counted is how many of the reads known by now count in a night.
func (c Calendar) counted(night int) (reads int64) {
	for _, n := range c.leaving[min(night, len(c.leaving)):] {
		reads += n
	}
	return reads
}

// with is the calendar after some reads are made in a night.
func (c Calendar) with(night int, reads int64) Calendar {
	leaving := make([]int64, max(len(c.leaving), night+nights))
	copy(leaving, c.leaving)
	leaving[night+nights-1] += reads
	return Calendar{c.allowed, leaving}
}

// Share is what a night may read, so that the allowance never runs dry: the quota of a day, with what earlier
// days left carried over. It is everything but a reserve, of so many reads for each of the nights until
// earlier reads stop to count. Where that is less, it is the most that every one of these nights can read
// alike.
func (c Calendar) Share(night int, reserve int64) int64 {
	rest, even := c.allowed, c.allowed
	for ahead := range nights {
		free := c.allowed - c.counted(night+ahead)
		rest = min(rest, free-int64(ahead)*reserve)
		even = min(even, max(0, free)/int64(ahead+1))
	}
	return max(rest, even)
}

// longestOutlook is how many nights ahead a date is named.
const longestOutlook = 120

// backlog is what waits for reads.
type backlog struct {
	reads    int64 // of the accounts that wait
	lists    int64 // that a round makes before it reads any row
	ordinary int64 // reads of an ordinary round of the accounts that are complete
}

// done is the night in which the last of a backlog is read, when each night reads what it may and the backlog
// comes first; 0 when that is too far away.
func (c Calendar) done(b backlog) int {
	for night := 1; night <= longestOutlook; night++ {
		may := c.Share(night, b.ordinary)
		if may < b.lists {
			continue
		}
		read := min(may-b.lists, b.reads)
		if b.reads -= read; b.reads == 0 {
			return night
		}
		c = c.with(night, b.lists+read)
	}
	return 0
}
