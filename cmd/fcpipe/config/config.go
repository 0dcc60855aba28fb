package config

import (
	"io/fs"
	"time"
)

// Config is the configuration file. Its zero value is not useful: start from Default, or Load one.
type Config struct {
	Stripe    StripeConfig    `yaml:"stripe"`
	Sync      SyncConfig      `yaml:"sync"`
	Budget    BudgetConfig    `yaml:"budget"`
	Prices    PricesConfig    `yaml:"prices"`
	Privacy   PrivacyConfig   `yaml:"privacy"`
	Collect   CollectConfig   `yaml:"collect"`
	Data      DataConfig      `yaml:"data"`
	Export    ExportConfig    `yaml:"export"`
	Analytics AnalyticsConfig `yaml:"analytics"`
	Schedule  []ScheduleEntry `yaml:"schedule" jsonschema:"description=Rounds fcpipe schedule runs"`
	Log       LogConfig       `yaml:"log"`

	file string // that it was read from; "" for the defaults alone
}

// StripeConfig is where and how fast Stripe is asked.
type StripeConfig struct {
	// APIBase is Stripe, a server on loopback, or simulator:FILE
	APIBase string `yaml:"api_base"`
	// RequestsPerSecond is per endpoint
	RequestsPerSecond float64 `yaml:"requests_per_second" jsonschema:"minimum=0.1,maximum=100000"`
	// Concurrency is how many accounts are read at the same time
	Concurrency int `yaml:"concurrency" jsonschema:"minimum=1,maximum=64"`
	// ReadsPer30Days is GET requests in 30 days; 0 is no limit
	ReadsPer30Days int64    `yaml:"reads_per_30_days" jsonschema:"minimum=0,maximum=999999999999999"`
	readsWritten   bool     // ReadsPer30Days is the operator's word
	Accounts       []string `yaml:"accounts"` // Connect accounts (acct_…)
	// PublishableKey is what Stripe.js and the mobile SDKs know the Stripe account by; it is no secret
	PublishableKey string `yaml:"publishable_key"`
	JS             string `yaml:"js"`              // where Stripe.js is; "" goes with APIBase
	PreviewVersion string `yaml:"preview_version"` // Stripe-Version of previews; "" uses none
}

// SyncConfig is what is kept fresh, and how.
type SyncConfig struct {
	Holders      []string      `yaml:"holders"` // empty is every account
	Transactions FeatureConfig `yaml:"transactions" jsonschema:"description=mode subscribe or on_demand or off"`
	Balance      FeatureConfig `yaml:"balance" jsonschema:"description=mode on_demand or on_change or off"`
	Ownership    FeatureConfig `yaml:"ownership" jsonschema:"description=mode on_demand or off"`
	Wait         Duration      `yaml:"wait" jsonschema:"description=For refreshes Stripe has not finished"`
	Deadline     Duration      `yaml:"deadline" jsonschema:"description=For a whole round"`
	AuditEvery   Duration      `yaml:"audit_every"` // an account is listed whole and compared
}

// FeatureConfig is how one feature is kept fresh.
type FeatureConfig struct {
	Mode  string   `yaml:"mode"`
	Every Duration `yaml:"every"`
}

// BudgetConfig bounds what is bought.
type BudgetConfig struct {
	MaxPerRun   *USD `yaml:"max_usd_per_run" jsonschema:"description=US dollars; null is no limit,nullable"`
	MaxPerMonth *USD `yaml:"max_usd_per_month" jsonschema:"nullable"` // nil is no limit, and a live key buys nothing
}

// PricesConfig is what Stripe charges.
type PricesConfig struct {
	Balance           USD    `yaml:"balance" jsonschema:"description=US dollars per successful refresh"`
	Ownership         USD    `yaml:"ownership" jsonschema:"description=US dollars per successful refresh"`
	TransactionsMonth USD    `yaml:"transactions_month"` // per institution, holder and month
	AsOf              string `yaml:"as_of" jsonschema:"description=When the prices were looked up,format=date"`
}

// PrivacyConfig is which personal data are stored, and for how long.
type PrivacyConfig struct {
	Owners string `yaml:"owners" jsonschema:"description=Names and addresses of owners,enum=drop,enum=keep"`
	// Lake is what the Parquet lake shows of texts that may name people
	Lake      LakeConfig       `yaml:"lake"`
	TokenKeys []TokenKeyConfig `yaml:"token_keys" jsonschema:"description=Of tokens in the lake"`
	// Retention is how long what was read is kept
	Retention RetentionConfig `yaml:"retention"`
	// OnDisconnect is what becomes of the data of an account that is disconnected
	OnDisconnect OnDisconnectConfig `yaml:"on_disconnect"`
}

// RetentionConfig is after how many months of civil dates in analytics.timezone data go; 0mo keeps them for ever.
type RetentionConfig struct {
	Transactions Months `yaml:"transactions" jsonschema:"description=A transaction goes with all its versions"`
	Balances     Months `yaml:"balances" jsonschema:"description=By when the bank computed them"`
}

// OnDisconnectConfig is what a round does with what is held of accounts that are disconnected.
type OnDisconnectConfig struct {
	Then  string `yaml:"then" jsonschema:"description=What becomes of the data,enum=keep,enum=erase"`
	After Days   `yaml:"after" jsonschema:"description=How long the data stay until they are erased"`
}

// DataConfig is where the data lie.
type DataConfig struct {
	Dir             string   `yaml:"dir"`
	KeepGenerations int      `yaml:"keep_generations" jsonschema:"minimum=0,maximum=100"`
	MemoryLimit     ByteSize `yaml:"memory_limit"` // of buffers and heap; Memory divides it
	// Threads are DuckDB's; 0 is as many as the machine has, for little data one
	Threads  int      `yaml:"threads" jsonschema:"minimum=0,maximum=256"`
	FileMode FileMode `yaml:"file_mode" jsonschema:"description=Octal such as 0600"`
}

// ExportConfig is how the lake is written.
type ExportConfig struct {
	Compression string   `yaml:"compression" jsonschema:"enum=zstd,enum=snappy,enum=none"`
	Grace       Duration `yaml:"grace" jsonschema:"description=How long superseded files stay"`
}

// AnalyticsConfig is how derived tables see the data.
type AnalyticsConfig struct {
	Timezone string `yaml:"timezone" jsonschema:"description=IANA zone of civil dates"`
	// Rules and Overrides are the user's own files; "" has none
	Rules     string `yaml:"rules" jsonschema:"description=CSV file with rules of your own"`
	Overrides string `yaml:"overrides" jsonschema:"description=CSV file with what single transactions are"`
	Policy    string `yaml:"policy" jsonschema:"description=CSV file with conditions for reports and reasons"`
	// LoanRequests is the file of loans that holders ask for; "" without one
	LoanRequests string `yaml:"loan_requests" jsonschema:"description=CSV file of loans that holders ask for"`
}

// ScheduleEntry is one regular round.
type ScheduleEntry struct {
	Name     string `yaml:"name"`
	Cron     string `yaml:"cron" jsonschema:"description=minute hour day month weekday"`
	Timezone string `yaml:"timezone" jsonschema:"description=IANA zone of the expression"`
}

// LogConfig is what is logged.
type LogConfig struct {
	Level  string `yaml:"level" jsonschema:"enum=debug,enum=info,enum=warn,enum=error"`
	Format string `yaml:"format" jsonschema:"enum=auto,enum=text,enum=json"`
}

// Default is the configuration where no file says anything else.
func Default() Config {
	return Config{
		Stripe: StripeConfig{
			APIBase: "https://api.stripe.com", RequestsPerSecond: 15, Concurrency: 8, ReadsPer30Days: 10_000,
			Accounts: []string{},
		},
		Collect: defaultCollect(),
		Sync: SyncConfig{
			Holders:      []string{},
			Transactions: FeatureConfig{Mode: "subscribe", Every: Duration(24 * time.Hour)},
			Balance:      FeatureConfig{Mode: "on_demand", Every: Duration(24 * time.Hour)},
			Ownership:    FeatureConfig{Mode: "off", Every: Duration(720 * time.Hour)},
			Wait:         Duration(10 * time.Minute),
			Deadline:     Duration(45 * time.Minute),
			AuditEvery:   Duration(168 * time.Hour),
		},
		Prices: PricesConfig{Balance: 100_000, Ownership: 1_500_000, TransactionsMonth: 300_000, AsOf: "2026-09-20"},
		Privacy: PrivacyConfig{
			Owners: "drop", Lake: LakeConfig{Descriptions: "keep", Owners: "keep"}, TokenKeys: []TokenKeyConfig{},
			OnDisconnect: OnDisconnectConfig{Then: "keep", After: 30},
		},
		Data: DataConfig{
			Dir: "./data", KeepGenerations: 1, MemoryLimit: 1 << 30, FileMode: FileMode(fs.FileMode(0o600)),
		},
		Export:    ExportConfig{Compression: "zstd", Grace: Duration(168 * time.Hour)},
		Analytics: AnalyticsConfig{Timezone: "America/New_York"},
		Schedule:  []ScheduleEntry{{Name: "nightly", Cron: "17 2 * * *", Timezone: "UTC"}},
		Log:       LogConfig{Level: "info", Format: "auto"},
	}
}
