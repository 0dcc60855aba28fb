package linking

import (
	"time"

	"fcpipe/sync/collect/service"
)

// Service is the server that an application asks, for the holders that rounds read.
func (d Desk) Service(w Wanted, tokens service.Tokens) (*service.Service, error) {
	if err := d.CheckTexts(); err != nil {
		return nil, err
	}
	terms, err := Terms(d.Config, w, d.mayBuy())
	if err != nil {
		return nil, err
	}
	told, err := Notice(d.Config, d.Livemode, terms.Permissions, nil)
	if err != nil {
		return nil, err
	}
	d.sayTerms(terms)
	return service.New(service.Options{
		Collector: d.Collector, Terms: terms, Notice: told, PublishableKey: d.Browser.PublishableKey,
		StripeAccount: d.Client.Account(), Holders: d.Config.Sync.Holders, Tokens: tokens,
		Origins: d.Config.Collect.Serve.Origins, Now: d.Client.Now,
		Clock:      func() time.Time { return d.Clock.Now() },
		Afterwards: d.Afterwards, Limits: service.DefaultLimits,
		Tell: func(text string) { d.Say("fcpipe: %s", text) },
	}), nil
}
