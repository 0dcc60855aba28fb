// Package collect links accounts: it finds or makes the holder, opens a Financial Connections session, lets the holder
// link accounts in a browser or an app, and learns from Stripe what was shared.
//
// Three clients are served: [Page] is one page on this machine, for one holder and one session after another;
// [Service] is what an application's own front end asks, for many holders; a hosted session, or one printed for another
// front end, needs none of them. Whoever serves, what was linked is what Stripe says of the session afterwards
// ([Collector.Linked]), never what a browser claims.
//
// Where to look: holder.go says who links, customers.go finds or makes a customer (FindOrCreate); session.go opens a
// session, with permission.go; notice.go is what a holder is told, duration.go a part of it. flow.go is a visit from
// its session to what was linked, run.go its life, state.go what a page shows; page.go with visit.go serves it to one
// browser. hosted.go is a page of Stripe's. ending.go is what a client says of the end, linked.go what Stripe says
// (Linked), consent.go what is recorded of it. collector.go sends requests.
//
// It promises:
//
//   - The client secret goes to the client in the body of an answer, and nowhere else: it is in no log, no error, no
//     file and no address.
//   - Every parameter of a session is explicit, because Stripe's defaults differ by API version.
//   - A permission that nothing reads is asked for only where a person named it.
//   - Of one e-mail there is one customer: several are named, and none is chosen.
//   - A holder reaches no accounts but their own: a client that was given a ticket for one holder cannot name another.
//
// It imports schema, for the nouns, sync/stripe, which sends its requests, and sync/wire, which decodes accounts. The
// clock and what happens after linking come in as values; it reads no configuration, file or environment.
package collect
