package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"fcpipe/sync/collect"
)

const (
	// ticketPrefix begins every ticket.
	ticketPrefix = "fct_"
	// TicketHolds is how long a ticket is good.
	TicketHolds = 10 * time.Minute
)

// signer makes and reads tickets: a holder, the second until which it is good, and an HMAC-SHA256 of both.
type signer struct{ key []byte }

var encoding = base64.RawURLEncoding

// ticket is a ticket for one holder.
func (s signer) ticket(h collect.Holder, until time.Time) string {
	content := h.String() + " " + strconv.FormatInt(until.Unix(), 10)
	return ticketPrefix + encoding.EncodeToString([]byte(content)) + "." + encoding.EncodeToString(s.sign(content))
}

func (s signer) sign(content string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(content))
	return mac.Sum(nil)
}

// read returns the holder of a ticket that is good now.
func (s signer) read(ticket string, now time.Time) (h collect.Holder, ok bool) {
	text, mac, found := strings.Cut(strings.TrimPrefix(ticket, ticketPrefix), ".")
	content, err := encoding.DecodeString(text)
	given, failed := encoding.DecodeString(mac)
	if !found || err != nil || failed != nil || !hmac.Equal(given, s.sign(string(content))) {
		return h, false
	}
	holder, until, _ := strings.Cut(string(content), " ")
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil || now.Unix() >= seconds {
		return h, false
	}
	h, err = collect.ParseHolder(holder)
	return h, err == nil
}
