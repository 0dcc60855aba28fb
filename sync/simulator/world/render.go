package world

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"
)

func renderTransaction(a *Account, v *VisibleRow, refreshID string) []byte {
	text, _ := json.Marshal(v.Version.Description)
	b := make([]byte, 0, 480)
	b = append(b, `{"id":"`...)
	b = append(b, v.ID...)
	b = append(b, `","object":"financial_connections.transaction","account":"`...)
	b = append(b, a.ID...)
	b = append(b, `","amount":`...)
	b = strconv.AppendInt(b, v.Version.Amount, 10)
	b = append(b, `,"currency":"`...)
	b = append(b, cmp.Or(v.Version.currency, "usd")...)
	b = append(b, `","description":`...)
	b = append(b, text...)
	b = append(b, `,"livemode":false,"status":"`...)
	b = append(b, v.Version.Status...)
	b = append(b, `","status_transitions":{"posted_at":`...)
	b = appendTime(b, v.Version.PostedAt)
	b = append(b, `,"void_at":`...)
	b = appendTime(b, v.Version.VoidAt)
	b = append(b, `},"transacted_at":`...)
	b = appendTime(b, v.Version.At)
	b = append(b, `,"transaction_refresh":"`...)
	b = append(b, refreshID...)
	b = append(b, `","updated":`...)
	b = appendTime(b, v.updated)
	return append(b, '}')
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, t.Unix(), 10)
}
