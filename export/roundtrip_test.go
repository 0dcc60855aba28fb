package export

import (
	"math"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// adversaries are rows made to break an encoder: nulls around words of 64 rows, extremes, empty and odd text.
func adversaries() schema.Landed {
	texts := []string{
		"", "\x00", "a\x00b", "é", "日本語", "🦉", strings.Repeat("x", 12), strings.Repeat("y", 13),
		strings.Repeat("long ", 500), `"quoted" \back\`, "line\nbreak", " ",
	}
	amounts := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 53, -(1 << 53)}
	instants := []time.Time{
		time.Unix(0, 0), time.Unix(-1, 999_999_000), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1969, 7, 20, 20, 17, 40, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), day(5, 4), day(5, 31),
	}
	landed := schema.Landed{Accounts: []schema.Account{account("fca_1")}}
	other := account("fca_2")
	other.Permissions, other.Subscriptions, other.HolderID, other.HolderType = nil, []string{}, nil, nil
	landed.Accounts = append(landed.Accounts, other)
	for i := range 1500 {
		at := instants[i%len(instants)].UTC().Truncate(time.Microsecond)
		second := time.Unix(int64(i), 0).UTC().Format("150405")
		id := "fctxn_" + string(rune('a'+i%26)) + strings.Repeat("z", i%17) + second
		t := transaction(id, amounts[i%len(amounts)], at)
		t.Description = texts[i%len(texts)]
		t.PostedAt, t.VoidAt, t.Extra = nil, nil, nil
		if i%64 != 63 && i%64 != 0 {
			t.PostedAt = new(time.Unix(0, 0).UTC())
		}
		if i == 1 || (i >= 128 && i < 192) {
			t.VoidAt = &at
		}
		if i%65 == 64 {
			t.Extra = new(`{"k":[null,"",0]}`)
		}
		t.Status = "void" // sums of extremes are not the matter here
		if t.AmountMinor > -10 && t.AmountMinor < 10 {
			t.Status = []string{"posted", "pending"}[i%2]
		}
		landed.Transactions = append(landed.Transactions, t)
	}
	for i, amount := range amounts[:3] { // balances of odd years would make odd centuries of daily balances
		b := schema.Balance{
			AccountID: "fca_2", Currency: "usd", BalanceType: "cash", CurrentMinor: new(amount),
			AsOf: day(4+i, 1).Add(time.Microsecond),
		}
		if i%2 == 0 {
			b.CurrentMinor, b.AvailableMinor = nil, new(int64(0))
		}
		landed.Balances = append(landed.Balances, b)
	}
	return landed
}

func TestEveryValueSurvives(t *testing.T) {
	t.Parallel()
	for _, codec := range []string{"zstd", "snappy", "none"} {
		t.Run(codec, func(t *testing.T) {
			t.Parallel()
			if codec == "zstd" { // as any lake that does not say otherwise: its first export is compared
				ofAdversaries.exported(t)
				return
			}
			storetest.ForProof(t) // tests of feeds and of policies write the others
			w := ofAdversaries.world(t)
			w.codec = codec
			w.export()
		})
	}
}
