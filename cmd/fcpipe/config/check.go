package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

var (
	holderID  = regexp.MustCompile(holderPattern)
	connectID = regexp.MustCompile(connectPattern)
	apiBase   = regexp.MustCompile(apiBasePattern)
	secretKey = regexp.MustCompile(`(sk|rk|pk)_(live|test)_`)
)

// check refuses values that cannot work, naming the key.
func (c Config) check() error {
	for _, problem := range []error{
		c.Stripe.check(), c.Stripe.checkLinking(), c.Sync.check(), c.checkOwners(), c.Privacy.checkLake(),
		c.Collect.check(), c.checkNames(), c.checkZones(), c.checkSchedule(),
	} {
		if problem != nil {
			return problem
		}
	}
	return nil
}

func (c StripeConfig) check() error {
	switch {
	case secretKey.MatchString(c.APIBase):
		return fmt.Errorf("stripe.api_base holds a key; the Stripe key is never in this file: set STRIPE_API_KEY_FILE")
	case c.APIBase == simulatorBase:
		return fmt.Errorf("stripe.api_base: write simulator:FILE")
	case !apiBase.MatchString(c.APIBase):
		return fmt.Errorf("stripe.api_base: %q is neither https://api.stripe.com nor on loopback, such as "+
			"http://127.0.0.1:12111", c.APIBase)
	}
	switch {
	case c.RequestsPerSecond < 0.1 || c.RequestsPerSecond > 100_000:
		return fmt.Errorf("stripe.requests_per_second: %v is not between 0.1 and 100000", c.RequestsPerSecond)
	case c.Concurrency < 1 || c.Concurrency > 64:
		return fmt.Errorf("stripe.concurrency: %d is not between 1 and 64", c.Concurrency)
	case c.ReadsPer30Days < 0:
		return fmt.Errorf("stripe.reads_per_30_days: %d is negative; 0 is no limit", c.ReadsPer30Days)
	}
	for i, id := range c.Accounts {
		if !connectID.MatchString(id) || slices.Contains(c.Accounts[:i], id) {
			return fmt.Errorf("stripe.accounts: %q is no Connect account, or given twice; write acct_…", id)
		}
	}
	return nil
}

func (c SyncConfig) check() error {
	switch {
	case !slices.Contains(transactionsModes, c.Transactions.Mode):
		return fmt.Errorf("sync.transactions.mode: %q is not subscribe, on_demand or off", c.Transactions.Mode)
	case !slices.Contains(balanceModes, c.Balance.Mode):
		return fmt.Errorf("sync.balance.mode: %q is not on_demand, on_change or off; Stripe has no subscription for "+
			"balances", c.Balance.Mode)
	case c.Balance.Mode == "on_change" && c.Transactions.Mode == "off":
		return fmt.Errorf("sync.balance.mode: on_change waits for refreshes of transactions, and " +
			"sync.transactions.mode is off; choose on_demand")
	case !slices.Contains(ownershipModes, c.Ownership.Mode):
		return fmt.Errorf("sync.ownership.mode: %q is not on_demand or off; Stripe has no subscription for ownership",
			c.Ownership.Mode)
	case c.Ownership.Every < Duration(24*time.Hour):
		return fmt.Errorf("sync.ownership.every: at least 24h")
	case c.Transactions.Every < Duration(time.Minute) || c.Balance.Every < Duration(time.Minute):
		return fmt.Errorf("sync.…every: at least 1m")
	case c.AuditEvery != 0 && c.AuditEvery < Duration(time.Hour):
		return fmt.Errorf("sync.audit_every: at least 1h, or 0s for never")
	case c.Deadline < Duration(time.Minute):
		return fmt.Errorf("sync.deadline: at least 1m")
	}
	for _, holder := range c.Holders {
		if !holderID.MatchString(holder) {
			return fmt.Errorf("sync.holders: %q is no holder; write cus_…, acct_… or customer_account:acct_…", holder)
		}
	}
	return nil
}

// checkOwners refuses to buy what would be thrown away.
func (c Config) checkOwners() error {
	switch {
	case !slices.Contains([]string{"drop", "keep"}, c.Privacy.Owners):
		return fmt.Errorf("privacy.owners: %q is not drop or keep", c.Privacy.Owners)
	case !slices.Contains([]string{"keep", "erase"}, c.Privacy.OnDisconnect.Then):
		return fmt.Errorf("privacy.on_disconnect.then: %q is not keep or erase", c.Privacy.OnDisconnect.Then)
	case c.Sync.Ownership.Mode != "off" && c.Privacy.Owners == "drop":
		return fmt.Errorf("sync.ownership.mode: %s buys owners (%s USD each refresh) that privacy.owners: drop "+
			"throws away; set privacy.owners: keep, or sync.ownership.mode: off", c.Sync.Ownership.Mode,
			c.Prices.Ownership)
	}
	return nil
}

func (c Config) checkNames() error {
	switch {
	case c.Data.Dir == "":
		return fmt.Errorf("data.dir is empty")
	case c.Data.KeepGenerations < 0 || c.Data.KeepGenerations > 100:
		return fmt.Errorf("data.keep_generations: %d is not between 0 and 100", c.Data.KeepGenerations)
	case c.Data.Threads < 0 || c.Data.Threads > 256:
		return fmt.Errorf("data.threads: %d is not between 0 and 256; 0 is as many as the machine has", c.Data.Threads)
	case !slices.Contains([]string{"zstd", "snappy", "none"}, c.Export.Compression):
		return fmt.Errorf("export.compression: %q is not zstd, snappy or none", c.Export.Compression)
	case !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level):
		return fmt.Errorf("log.level: %q is not debug, info, warn or error", c.Log.Level)
	case !slices.Contains([]string{"auto", "text", "json"}, c.Log.Format):
		return fmt.Errorf("log.format: %q is not auto, text or json", c.Log.Format)
	}
	if _, err := time.Parse(time.DateOnly, c.Prices.AsOf); err != nil {
		return fmt.Errorf("prices.as_of: %q is no date; write 2026-09-20", c.Prices.AsOf)
	}
	return nil
}

func (c Config) checkZones() error {
	if err := schema.CheckZone(c.Analytics.Timezone); err != nil {
		return fmt.Errorf("analytics.timezone: %w", err)
	}
	return nil
}

func (c Config) checkSchedule() error {
	names := map[string]bool{}
	for i, entry := range c.Schedule {
		if entry.Name == "" || names[entry.Name] {
			return fmt.Errorf("schedule[%d].name: every entry needs a name of its own", i)
		}
		names[entry.Name] = true
		if _, err := entry.Parse(); err != nil {
			return fmt.Errorf("schedule[%d] %s: %w", i, entry.Name, err)
		}
	}
	return nil
}

// CheckDataDir refuses a path DuckDB's driver would read as something else.
func (c Config) CheckDataDir() error {
	if at := strings.IndexAny(c.DataDir(), "%?#"); at >= 0 {
		return fmt.Errorf("data.dir: %s has a %q in it, which the DuckDB driver cannot open", c.DataDir(),
			c.DataDir()[at])
	}
	return nil
}
