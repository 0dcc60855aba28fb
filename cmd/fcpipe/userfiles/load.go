package userfiles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema/rules"
)

// Load reads every file. An error names the file, and the line where there is one.
func Load(ctx context.Context, cfg config.Config) (set rules.Set, err error) {
	content, err := Read("analytics.rules", cfg.RulesFile())
	if err != nil {
		return set, err
	}
	if set.Rules, err = rules.ReadRules(cfg.RulesFile(), content); err != nil {
		return rules.Set{}, err
	}
	if content, err = Read("analytics.overrides", cfg.OverridesFile()); err != nil {
		return rules.Set{}, err
	}
	if set.Overrides, set.Decisions, err = rules.ReadOverrides(cfg.OverridesFile(), content); err != nil {
		return rules.Set{}, err
	}
	if content, err = Read("analytics.loan_requests", cfg.LoanRequestsFile()); err != nil {
		return rules.Set{}, err
	}
	if set.Requests, err = rules.ReadLoanRequests(cfg.LoanRequestsFile(), content); err != nil {
		return rules.Set{}, err
	}
	if set.Policy, err = loadPolicy(ctx, cfg); err != nil {
		return rules.Set{}, err
	}
	return set, nil
}

// Read reads a file of the user's own, which a key of the configuration or a flag names; without a path it says
// nothing.
func Read(key, path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		named := "key"
		if strings.HasPrefix(key, "--") {
			named = "flag"
		}
		return nil, fmt.Errorf("%s: there is no file %s; make it, or leave the %s out", key, path, named)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", key, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: %s is no file", key, path)
	case info.Size() > rules.MostBytes:
		return nil, fmt.Errorf("%s: %s has more than %d MiB; split what it decides into rules", key, path,
			rules.MostBytes>>20)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return content, nil
}
