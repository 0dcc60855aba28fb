package collect

import "fmt"

// Duration is how long what was read is kept, as the operator's configuration says.
type Duration struct {
	TransactionMonths int  // 0 is until it is deleted on request
	BalanceMonths     int  // the same of balances
	IsErased          bool // once access has ended, what was read is deleted
	ErasedAfterDays   int  // so many days later
}

// sentences say it to holders.
func (d Duration) sentences() (lines []string) {
	after := func(what string, months int) {
		lines = append(lines, fmt.Sprintf("%s are deleted once they are %s old.", what, count(months, "month")))
	}
	switch {
	case d.TransactionMonths > 0 && d.TransactionMonths == d.BalanceMonths:
		after("Transactions and balances", d.TransactionMonths)
	default:
		if d.TransactionMonths > 0 {
			after("Transactions", d.TransactionMonths)
		}
		if d.BalanceMonths > 0 {
			after("Balances", d.BalanceMonths)
		}
	}
	ended := "Ending it stops new data. "
	switch {
	case !d.IsErased && len(lines) == 0:
		ended += "What was seen before is kept until you ask to delete it."
	case !d.IsErased:
		ended += "What was seen before is still deleted at that age; the rest is kept until you ask to delete it."
	case d.ErasedAfterDays == 0:
		ended += "What was seen before is deleted soon after."
	default:
		ended += "What was seen before is deleted " + count(d.ErasedAfterDays, "day") +
			" later; you can ask to delete it at once."
	}
	return append(lines, ended)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
