package config

import (
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// Policy is what the configuration wants of a round.
func (c Config) Policy() plan.Policy {
	return plan.Policy{
		Transactions: c.Sync.Transactions.policy(), Balance: c.Sync.Balance.policy(),
		Ownership:  c.Sync.Ownership.policy(),
		KeepOwners: c.Privacy.Owners == "keep", AuditEvery: time.Duration(c.Sync.AuditEvery),
		Wait: time.Duration(c.Sync.Wait), Deadline: time.Duration(c.Sync.Deadline),
		MaxPerRun: (*int64)(c.Budget.MaxPerRun), MaxPerMonth: (*int64)(c.Budget.MaxPerMonth),
		Prices: plan.Prices{
			Balance: int64(c.Prices.Balance), Ownership: int64(c.Prices.Ownership),
			TransactionsMonth: int64(c.Prices.TransactionsMonth),
		},
		ReadsPer30Days: c.Stripe.ReadsPer30Days, ReadsWritten: c.Stripe.readsWritten,
	}
}

// Retention is how long the configuration keeps data.
func (c Config) Retention() schema.Retention {
	return schema.Retention{
		TransactionMonths: int(c.Privacy.Retention.Transactions), BalanceMonths: int(c.Privacy.Retention.Balances),
	}
}

func (f FeatureConfig) policy() plan.FeaturePolicy {
	return plan.FeaturePolicy{Mode: f.Mode, Every: time.Duration(f.Every)}
}
