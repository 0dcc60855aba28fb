package linking

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fcpipe/sync/collect"
)

// Choice is how a command line names a holder.
type Choice struct {
	Email, Name, Phone string
	AccountsV2         bool
	Customer           string
	CustomerAccount    string
	Account            string
	Holder             string
}

// named are the ways in which a holder is named.
func (c Choice) named() (flags []string) {
	for _, way := range []struct{ flag, value string }{
		{"--email", c.Email},
		{"--customer", c.Customer},
		{"--customer-account", c.CustomerAccount},
		{"--account", c.Account},
		{"--holder", c.Holder},
	} {
		if way.value != "" {
			flags = append(flags, way.flag)
		}
	}
	return flags
}

// Check wants exactly one holder.
func (c Choice) Check() error {
	flags := c.named()
	switch {
	case len(flags) == 0:
		return errors.New("whose accounts? --email, --customer, --customer-account, --account or --holder")
	case c.Email != "" && len(flags) == 2 && flags[1] == "--customer":
		return nil // which of several with one e-mail
	case len(flags) > 1:
		return fmt.Errorf("%s: choose one", strings.Join(flags, " and "))
	case c.Email == "" && (c.Name != "" || c.Phone != "" || c.AccountsV2):
		return errors.New("--name, --phone and --accounts-v2 go with --email")
	case c.Email != "":
		return collect.Person{Email: c.Email}.CheckEmail()
	}
	_, err := c.parse()
	return err
}

// CheckNone wants no holder: a session, or an account, has its own.
func (c Choice) CheckNone() error {
	if flags := c.named(); len(flags) > 0 {
		return fmt.Errorf("%s: the holder is known already; leave it out", strings.Join(flags, " and "))
	}
	return nil
}

func (c Choice) parse() (collect.Holder, error) {
	switch {
	case c.Customer != "":
		return parseAs(collect.Customer, c.Customer)
	case c.CustomerAccount != "":
		return parseAs(collect.CustomerAccount, collect.CustomerAccount+":"+c.CustomerAccount)
	case c.Account != "":
		return parseAs(collect.Account, c.Account)
	}
	return collect.ParseHolder(c.Holder)
}

func parseAs(kind, text string) (collect.Holder, error) {
	h, err := collect.ParseHolder(text)
	if err == nil && h.Kind != kind {
		err = fmt.Errorf("%q is another kind of holder", text)
	}
	return h, err
}

// Found is a holder who is there.
type Found struct {
	Holder collect.Holder
	Made   bool // now
}

// Sentence says who it is.
func (f Found) Sentence() string {
	kinds := map[string]string{
		collect.Customer: "customer", collect.CustomerAccount: "account (v2)", collect.Account: "connected account",
	}
	made := ""
	if f.Made {
		made = ", made now"
	}
	return fmt.Sprintf("holder: %s %s%s", kinds[f.Holder.Kind], f.Holder.ID, made)
}

// Find finds the holder at Stripe, or makes one for an e-mail.
func (c Choice) Find(ctx context.Context, collector *collect.Collector) (Found, error) {
	person := collect.Person{Email: c.Email, Name: c.Name, Phone: c.Phone}
	switch {
	case c.Email != "" && c.Customer == "" && c.AccountsV2:
		h, err := collector.CreateAccountV2(ctx, person)
		return Found{h, true}, err
	case c.Email != "" && c.Customer == "":
		h, made, err := collector.FindOrCreate(ctx, person)
		return Found{h, made}, err
	}
	h, err := c.parse()
	if err == nil {
		err = collector.Check(ctx, h)
	}
	return Found{Holder: h}, err
}
