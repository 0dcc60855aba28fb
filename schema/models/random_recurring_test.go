package models_test

import "time"

// bankStream is what recurs at a random bank: one payment more whenever payStreams is called.
type bankStream struct {
	text    string
	amount  int64
	days    int
	account int // of the bank's
	paid    int // how often so far
}

func newBankStreams() []*bankStream {
	return []*bankStream{
		{"ACME CORP PAYROLL", 250000, 14, 0, 0},
		{"NETFLIX.COM", -1549, 30, 1, 0},
		{"UBER TRIP", -999, 7, 2, 0},
		{"KROGER #412", -4200, 7, 3, 0},
		{"SALARY EVERYCORP", 90000, 7, 4, 0},
		{"GEICO *AUTO", -9900, 91, 0, 0},
		{"APPLE.COM/BILL 866-712-7753 CA", -99, 30, 2, 0},
		{"Zelle payment to JOHN DOE 12345678901", -145000, 30, 0, 0},
		{"TOYOTA FINANCIAL SERVICES", -31000, 30, 1, 0},
		{"EARNIN ACTIVEHOURS", -5000, 14, 0, 0},
	}
}

// payStreams pays each stream once more, now and then late, twice, not at all, or another amount.
func (b *randomBank) payStreams() {
	for i, s := range b.streams {
		// six of them end before the first round
		at := b.began.Add(time.Duration((s.paid-6)*s.days)*24*time.Hour - time.Duration(20+i)*time.Hour)
		s.paid++
		if b.chance(9) || at.After(b.now) {
			continue
		}
		if b.chance(8) {
			s.amount += s.amount / 9
		}
		if b.chance(9) {
			at = at.AddDate(0, 0, b.draw.IntN(4))
		}
		for range 1 + b.draw.IntN(9)/8 {
			r := &bankRow{
				id: b.newID(), account: b.accounts[s.account].id, currency: "usd", text: s.text, amount: s.amount,
				status: "posted", transacted: at, posted: &at,
			}
			b.rows = append(b.rows, r)
			b.store(r, false)
		}
	}
}
