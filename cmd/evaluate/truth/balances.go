package truth

import (
	"math"
	"slices"
)

// Balances are the attributes of a span of end-of-day balances, from the day before it on.
func balanceValues(ends []int64, w Window) Values {
	days := ends[1:]
	sorted := slices.Sorted(slices.Values(days))
	n := len(days)
	v := Values{
		"balance_daily_avg_minor": whole(mean(days)),
		"balance_daily_min_minor": whole(sorted[0]),
		"balance_daily_max_minor": whole(sorted[n-1]),
		"balance_daily_p10_minor": whole(sorted[(n+9)/10-1]),
		"balance_daily_p50_minor": whole(sorted[(n+1)/2-1]),
		"balance_daily_p90_minor": whole(sorted[(9*n+9)/10-1]),
	}
	var negative, low int
	for _, end := range days {
		if end < 0 {
			negative++
		}
		if end < 10_000 {
			low++
		}
	}
	v["balance_negative_days"], v["balance_low_days"] = count(negative), count(low)
	sd, slope := spread(days)
	v["balance_daily_sd"], v["balance_trend_slope"] = realNumber(sd), realNumber(slope)
	v["balance_trend_halves"] = Value{}
	if sd > 0 {
		late := (w.days() + 1) / 2
		v["balance_trend_halves"] = realNumber((average(days[late:]) - average(days[:late])) / sd)
	}
	return v
}

// accountBalanceValues are those that a single account has beside.
func (a *Account) accountBalanceValues(ends []int64, w Window, v Values) {
	var intraday, episodes, run, longest int
	for i, end := range ends[1:] {
		if end < 0 || ends[i]-a.out(w.First+Day(i)) < 0 {
			intraday++
		}
		if end >= 0 {
			run = 0
			continue
		}
		if run == 0 {
			episodes++
		}
		run++
		longest = max(longest, run)
	}
	v["balance_negative_days_intraday"] = count(intraday)
	v["balance_negative_episode_count"] = count(episodes)
	v["balance_negative_run_max_days"] = count(longest)
}

// points are the attributes of today, of balances from the day before first on.
func points(ends []int64) Values {
	v := Values{
		"balance_current_minor": whole(ends[len(ends)-1]), "balance_age_days": whole(0),
		"balance_days_since_negative": {},
	}
	for days := range len(ends) - 1 {
		if ends[len(ends)-1-days] < 0 {
			v["balance_days_since_negative"] = count(days)
			break
		}
	}
	return v
}

func sum(values []int64) (total int64) {
	for _, x := range values {
		total += x
	}
	return total
}

// mean is rounded half away from zero.
func mean(values []int64) int64 {
	n, total := int64(len(values)), sum(values)
	if total < 0 {
		return -((-2*total + n) / (2 * n))
	}
	return (2*total + n) / (2 * n)
}

func average(values []int64) float64 { return float64(sum(values)) / float64(len(values)) }

// spread is the sample deviation of values, and their least-squares slope.
func spread(values []int64) (sd, slope float64) {
	middle, at := average(values), float64(len(values)-1)/2
	var squares, products, steps float64
	for i, x := range values {
		squares += (float64(x) - middle) * (float64(x) - middle)
		products += (float64(i) - at) * (float64(x) - middle)
		steps += (float64(i) - at) * (float64(i) - at)
	}
	return math.Sqrt(squares / float64(len(values)-1)), products / steps
}
