package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"fcpipe/schema/access"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
)

func (a *app) accessCommand() *cobra.Command {
	var holder, file string
	c := &cobra.Command{
		Use: "access --holder HOLDER", Short: "everything held about one holder, as HTML or JSON",
		Args: noArguments,
		Long: `Writes everything that is held about one holder, for the right of access: accounts with every version,
consents, balances, transactions with every version, owners where they are kept, all that was derived, runs and
charges that concern them, rows that were refused, and where else it lies. One HTML file without scripts that
prints well, or with --json one object for programs. HOLDER is cus_…, acct_… or customer_account:acct_….

The result is personal data: -o makes a new file that only its owner reads, and never replaces one.
Nothing is changed and no request is sent. A holder about whom nothing is held is refused (exit 64).`,
		Example: "  fcpipe access --holder cus_123 -o cus_123.html\n" +
			"  fcpipe access --holder cus_123 --json | jq .tables",
		RunE: func(c *cobra.Command, _ []string) error { return a.access(c.Context(), holder, file) },
	}
	c.Flags().StringVar(&holder, "holder", "", "whose data: cus_…, acct_… or customer_account:acct_… (required)")
	c.Flags().StringVarP(&file, "output", "o", "", "a new file to write to; standard output without it")
	return a.jsonFlag(c)
}

// access writes what is held about a holder.
func (a *app) access(ctx context.Context, holder, file string) (err error) {
	if holder == "" {
		return usageError{errors.New("whose data? --holder names one holder")}
	}
	if err := errors.Join(checkHolder(holder), checkNewFile(file)); err != nil {
		return err
	}
	held, err := a.heldAbout(ctx, holder)
	if errors.Is(err, access.ErrNothing) {
		return hint(usageError{err}, `it may have been erased: "fcpipe erase --dry-run --holder" and its id says so`)
	}
	if err != nil {
		return err
	}
	format := "html"
	if a.json {
		format = "json"
	}
	return a.writeAbout(held, format, file)
}

// pageWriter is what is known of a holder, or of all.
type pageWriter interface{ HTML(out io.Writer) error }

// writeAbout writes what is known, as JSON, as Markdown or as a page: to a new file, or to standard output without one.
func (a *app) writeAbout(known pageWriter, format, file string) (err error) {
	var text bytes.Buffer
	switch asText, canBeText := known.(interface{ Markdown(out io.Writer) error }); {
	case format == "json":
		encoder := json.NewEncoder(&text)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(known)
	case format == "markdown" && canBeText:
		err = asText.Markdown(&text)
	default:
		err = known.HTML(&text)
	}
	if err != nil {
		return err
	}
	if file == "" {
		_, err = a.data.Write(text.Bytes())
		return err
	}
	return writeNewFile(file, text.Bytes())
}

// heldAbout reads the file before the journal, which a round that ends meanwhile has told more.
func (a *app) heldAbout(ctx context.Context, holder string) (held *access.Copy, err error) {
	cfg, opened, err := a.openPublished(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	log, err := journal.Open(cfg.Layout().Journal())
	if err != nil {
		return nil, err
	}
	return access.Of(ctx, opened, access.Question{
		Holder: holder, Layout: cfg.Layout(), Journal: log, Now: a.timeOf(cfg, log),
	})
}

// writeNewFile writes a file that only its owner reads. One that is there already stays as it is.
func writeNewFile(path string, content []byte) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return existsAlready(err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(content); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return errors.Join(file.Sync(), durable.SyncName(path))
}

// checkNewFile refuses a name that writeNewFile would refuse, before the work is done.
func checkNewFile(path string) error {
	if path == "" {
		return nil
	}
	exists, err := durable.FileExists(path)
	if err == nil && exists {
		err = existsAlready(&os.PathError{Op: "open", Path: path, Err: syscall.EEXIST})
	}
	return err
}

// existsAlready is the refusal to replace a file.
func existsAlready(err error) error {
	return hint(usageError{err}, "choose another name for -o, or remove that file")
}
