package main

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"regexp"

	"github.com/lmittmann/tint"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema"
)

var (
	secrets    = regexp.MustCompile(`(sk|rk|pk)_(live|test)_[A-Za-z0-9]+|whsec_[A-Za-z0-9]+`)
	accountIDs = regexp.MustCompile(`fca_[A-Za-z0-9]+`)
)

// newLogger writes text on a terminal and JSON elsewhere, always to stderr. Off a terminal
// only warnings and errors pass: cron mails every line.
func (a *app) newLogger(cfg config.LogConfig) *slog.Logger {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn,
		"error": slog.LevelError,
	}
	level := levels[cfg.Level]
	if !a.interactive() {
		level = max(level, slog.LevelWarn)
	}
	if cfg.Format == "text" || cfg.Format == "auto" && onTerminal(a.stderr) {
		return slog.New(tint.NewTextHandler(a.stderr, &tint.Options{
			Level: level, ReplaceAttr: redact,
			NoColor: !onTerminal(a.stderr), TimeFormat: "15:04:05",
		}))
	}
	return slog.New(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: redact}))
}

// redact is the second net: keys never pass, account ids pass as a hash, and nothing a terminal obeys.
func redact(_ []string, attribute slog.Attr) slog.Attr {
	if err, is := attribute.Value.Any().(error); is {
		attribute.Value = slog.StringValue(err.Error())
	}
	if attribute.Value.Kind() != slog.KindString {
		return attribute
	}
	text := schema.Shown(secrets.ReplaceAllString(attribute.Value.String(), "***"))
	attribute.Value = slog.StringValue(accountIDs.ReplaceAllStringFunc(text, hashedID))
	return attribute
}

// hashedID is an account's name in logs: the same for the same account, but not its id.
func hashedID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "account#" + hex.EncodeToString(sum[:5])
}
