package linking

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fcpipe/sync/collect"
)

// Options are what a person chooses who links accounts: the flags of collect.
type Options struct {
	Holder        Choice
	StripeAccount string
	Wanted        Wanted
	Port          int
	Print         bool
	Hosted        bool
	Wait          bool
	Relink        string
	Session       string
	NoRound       bool
}

// AddFlags adds the flags to a command.
func (o *Options) AddFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.Holder.Email, "email", "", "e-mail of the holder")
	f.StringVar(&o.Holder.Name, "name", "", "name of a holder who is made")
	f.StringVar(&o.Holder.Phone, "phone", "", "phone of a holder who is made, with + and country code")
	f.BoolVar(&o.Holder.AccountsV2, "accounts-v2", false, "make an account of Accounts v2 instead of a customer")
	f.StringVar(&o.Holder.Customer, "customer", "", "holder: cus_…")
	f.StringVar(&o.Holder.CustomerAccount, "customer-account", "", "holder: acct_… of Accounts v2")
	f.StringVar(&o.Holder.Account, "account", "", "holder: acct_… of Connect")
	f.StringVar(&o.Holder.Holder, "holder", "", "holder: cus_…, acct_… or customer_account:acct_…")
	f.StringSliceVar(&o.Wanted.Added, "add", nil, "permission to ask for beside those that are shared already")
	f.IntVar(&o.Port, "port", 0, "port of the page on 127.0.0.1; 0 picks a free one")
	f.BoolVar(&o.Print, "print", false, "print the session as JSON for another front end, with its client secret")
	f.BoolVar(&o.Hosted, "hosted", false, "print the address of a page of Stripe's (preview); needs --return-url")
	f.BoolVar(&o.Wait, "wait", false, "with --hosted: wait until the holder has finished")
	f.StringVar(&o.Relink, "relink", "", "with --hosted: account whose connection the holder repairs, fca_…")
	f.StringVar(&o.Session, "session", "", "record what a session ended with, and read its accounts: fcsess_…")
	f.BoolVar(&o.NoRound, "no-round", false, "read no data now; the next round does")
	o.Wanted.AddFlags(c)
	AddStripeAccount(c, &o.StripeAccount)
}

// AddFlags adds the flags of what is asked for to a command, but for what is added to what is shared.
func (w *Wanted) AddFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringSliceVar(&w.Named, "permission", nil, "permission to ask for, instead of those the configuration reads: "+
		strings.Join(collect.PermissionNames(), ", "))
	f.BoolVar(&w.NoPrefetch, "no-prefetch", false, "let Stripe read nothing before a round asks for it")
	f.IntVar(&w.MaxAccounts, "max-accounts", 0, "accounts of one session; 0 is collect.max_accounts")
	f.StringVar(&w.ReturnURL, "return-url", "", "where a bank in an app, or a page of Stripe's, leads back to")
}

// AddStripeAccount adds the flag of the Stripe account that data is shared with to a command.
func AddStripeAccount(c *cobra.Command, stripeAccount *string) {
	c.Flags().StringVar(stripeAccount, "stripe-account", "",
		"connected account that data is shared with, of stripe.accounts")
}

// Check refuses flags that contradict each other.
func (o Options) Check() error {
	switch {
	case o.Wanted.MaxAccounts < 0 || o.Wanted.MaxAccounts > 100:
		return fmt.Errorf("--max-accounts %d is not between 0 and 100", o.Wanted.MaxAccounts)
	case o.Port < 0 || o.Port > 65535:
		return fmt.Errorf("--port %d is no port", o.Port)
	case o.Print && o.Hosted || (o.Print || o.Hosted) && o.Session != "":
		return errors.New("--print, --hosted and --session: choose one")
	case (o.Wait || o.Relink != "") && !o.Hosted:
		return errors.New("--wait and --relink go with --hosted")
	case o.Hosted && o.Wanted.ReturnURL == "" && o.Relink == "":
		return errors.New("--hosted needs --return-url: where Stripe's page leads back to")
	case len(o.Wanted.Added) > 0 && len(o.Wanted.Named) > 0:
		return errors.New("--add and --permission: choose one")
	case o.Relink != "" || o.Session != "":
		return o.Holder.CheckNone()
	}
	return o.Holder.Check()
}
