// Package service is the server that an application's own front end asks when it links accounts: React Native, iOS,
// Android or web. It gives a client the publishable key and the client secret of a session for its holder, and learns
// from Stripe what came of the session when the client says that it is over. sync/collect/README.md shows the clients.
//
// Who may ask for whom is decided by bearer tokens of two kinds:
//
//   - A server token belongs to a server of the operator's, which knows who its user is. It names any holder. The file
//     of tokens is the operator's; the service keeps hashes.
//   - A ticket is what such a server fetches for one user and hands to the user's app or browser: it names one holder,
//     for ten minutes, and is signed with a key that lives as long as this process. Whoever has it links accounts of
//     that holder alone; a session of another holder does not exist for it.
//
// The service bounds what anybody can make it do: bytes, time, connections, requests at once and a second. It holds no
// session and no secret beyond an answer: the client secret is in the body of one answer, and what a session ended with
// is asked of Stripe. TLS is the proxy's in front of it.
//
// Where to look: service.go has the addresses and lets cheap refusals go first (ServeHTTP), and finds out who asks
// (as); handlers.go answers each address, answers.go writes answers; tokens.go and ticket.go are the two kinds of
// tokens; limits.go bounds clients; work.go records what was linked, and reads it.
//
// It imports sync/collect, sync/stripe and schema.
package service
