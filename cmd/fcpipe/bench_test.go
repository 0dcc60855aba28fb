package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	stripe "github.com/stripe/stripe-go/v82"
	"golang.org/x/sync/errgroup"

	"fcpipe/cmd/fcpipe/round"
)

const benchConcurrency = 8

var (
	benchAccounts = flag.Int("accounts", 3,
		"accounts of BenchmarkFirstSync; beside the tests it only shows that it works")
	benchRows = flag.Int("rows", 120, "rows of each of these accounts")
)

// BenchmarkFirstSync measures a first sync of 200,000 rows, from the command line to the
// published file and the lake, beside stripe-go's own auto-pagination reading the same
// pages from the same server and throwing them away. The server is a process of its own;
// all share the machine. FCPIPE_BIN names the built program for "make bench", else this one is it.
func BenchmarkFirstSync(b *testing.B) {
	program := os.Getenv("FCPIPE_BIN")
	if program == "" {
		var err error
		if program, err = exec.LookPath("fcpipe"); err != nil {
			b.Fatal(err)
		}
	}
	api := benchServer(b, program)
	readWithStripeGo(b, api) // the server renders its pages once
	var pipeline, reading time.Duration
	var rows, requests, peak int64
	for b.Loop() {
		began := time.Now()
		report, memory := benchRound(b, program, api)
		pipeline += time.Since(began)
		rows, requests, peak = report.TransactionsNew, report.Reads+report.Writes, max(peak, memory)
		began = time.Now()
		if read := readWithStripeGo(b, api); read != rows {
			b.Fatalf("fcpipe holds %d rows, stripe-go read %d", rows, read)
		}
		reading += time.Since(began)
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(rows)*n/pipeline.Seconds(), "fcpipe-rows/s")
	b.ReportMetric(float64(rows)*n/reading.Seconds(), "stripe-go-rows/s")
	b.ReportMetric(reading.Seconds()/pipeline.Seconds(), "times-stripe-go")
	b.ReportMetric(float64(requests), "requests")
	b.ReportMetric(float64(peak)/1024, "peak-MiB")
}

// benchServer starts a simulator whose accounts have been refreshed already.
func benchServer(b *testing.B, program string) string {
	b.Helper()
	server := exec.CommandContext(b.Context(), program, "simulate", "--listen", "127.0.0.1:0", "--linked", "--calm",
		"--accounts", fmt.Sprint(*benchAccounts), "--holders", fmt.Sprint(*benchAccounts), "--rows",
		fmt.Sprint(*benchRows))
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// benchRound runs "fcpipe run" in an empty directory and returns its report and peak memory in KiB.
func benchRound(b *testing.B, program, api string) (report round.Report, peak int64) {
	b.Helper()
	dir := b.TempDir()
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("stripe: {api_base: %q, requests_per_second: 100000, concurrency: %d, reads_per_30_days: 0}\n"+
		"sync: {transactions: {mode: \"off\"}, balance: {mode: \"off\"}}\n", api, benchConcurrency)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	command := exec.CommandContext(b.Context(), program, "--config", config, "run", "--json")
	command.Env = append(os.Environ(), "STRIPE_API_KEY=sk_test_bench", "STRIPE_API_KEY_FILE=")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(out, &report); err != nil {
		b.Fatal(err)
	}
	return report, command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}

// readWithStripeGo lists every account's transactions with stripe-go, a hundred a page.
func readWithStripeGo(b *testing.B, api string) int64 {
	b.Helper()
	retries, telemetry := int64(0), false
	client := stripe.NewClient("sk_test_bench", stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: &api, MaxNetworkRetries: &retries, EnableTelemetry: &telemetry,
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})))
	var rows atomic.Int64
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(benchConcurrency)
	accounts := &stripe.FinancialConnectionsAccountListParams{}
	accounts.Limit = stripe.Int64(100)
	for account, err := range client.V1FinancialConnectionsAccounts.List(ctx, accounts) {
		if err != nil {
			b.Fatal(err)
		}
		group.Go(func() error {
			params := &stripe.FinancialConnectionsTransactionListParams{Account: &account.ID}
			params.Limit = stripe.Int64(100)
			for _, err := range client.V1FinancialConnectionsTransactions.List(ctx, params) {
				if err != nil {
					return err
				}
				rows.Add(1)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return rows.Load()
}
