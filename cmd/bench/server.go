package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"fcpipe/sync/simulator"
)

// A world of up to keptRows keeps every row in memory, in some three gigabytes. A larger one keeps the accounts that
// were read last, drawnRows of them, and draws the rows of others again when they are asked for.
const (
	keptRows  = 1_200_000
	drawnRows = 300_000
)

// historyDays makes about one percent of the rows new or changed in a day.
const historyDays = 180

// server is a simulated server, a process of its own.
type server struct {
	address string
	command *exec.Cmd
	input   io.Closer
}

// shape is how many accounts a world has, and about how many rows each.
type shape struct{ accounts, rows int }

func (s shape) String() string { return grouped(int64(s.accounts)) + " × " + grouped(int64(s.rows)) }

// serve starts a world whose accounts have been refreshed once.
func (b *bench) serve(ctx context.Context, of shape) (*server, error) {
	config := simulator.Config{
		Accounts: of.accounts, Holders: max(of.accounts/2, 1), RowsPerAccount: of.rows, HistoryDays: historyDays,
		Calm: true, Linked: true,
	}
	if b.ownTexts > 0 {
		config.Styles, config.OwnTextPercent = "default", b.ownTexts
	}
	if of.accounts*of.rows > keptRows {
		config.KeepDrawn = max(drawnRows/of.rows, 4*connections)
	}
	world, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, b.self, childPrefix+"serve", string(world))
	command.Stderr = b.progress
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &server{command: command, input: input}
	b.servers = append(b.servers, s)
	line, err := bufio.NewReader(out).ReadString('\n')
	s.address = strings.TrimSpace(line)
	return s, err
}

// stop ends the server; a second call does nothing.
func (s *server) stop() {
	if s.command == nil {
		return
	}
	_ = s.input.Close()
	_ = s.command.Wait()
	s.command = nil
}

// post sends a control request.
func (s *server) post(ctx context.Context, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s %s %w", path, answer.Status, text, err)
	}
	return nil
}

// requests counts what clients have asked of Stripe's paths so far.
func (s *server) requests(ctx context.Context) (total int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+"/_sim/meter", nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	var meter struct {
		Requests map[string]int64 `json:"requests"`
	}
	err = json.NewDecoder(answer.Body).Decode(&meter)
	for _, n := range meter.Requests {
		total += n
	}
	return total, err
}

// cpu is the CPU seconds the server has used, 0 where the kernel does not tell.
func (s *server) cpu() float64 {
	const ticks = 100 // a second, on every Linux
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticks
}

// watched measures what something asks of the server.
func (s *server) watched(ctx context.Context, measure func() (sample, error)) (sample, error) {
	asked, err := s.requests(ctx)
	if err != nil {
		return sample{}, err
	}
	used := s.cpu()
	got, err := measure()
	if err != nil {
		return got, err
	}
	got.serverCPU = s.cpu() - used
	now, err := s.requests(ctx)
	got.requests = now - asked
	return got, err
}
