// Package delivery brings an answer to its client, over a socket (Write) or in the same process (Respond), and breaks
// it on its way as a fault says: late, in drips, cut short, without an end, or not at all. It imports answer and
// faults.
package delivery
