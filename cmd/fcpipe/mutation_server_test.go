package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"fcpipe/sync/simulator"
)

// mutant stands between a round and the simulator: each of its targets is served with one field
// that is another, the others as they are.
type mutant struct {
	server   *simulator.Server
	targets  map[string]mutation // by account
	lists    *mutation           // of the list of accounts
	others   map[string][]byte   // an object of each kind, of an account that is no target
	requests int

	mutex sync.Mutex
	sent  map[string][]byte // what a target was served, by account
	was   map[string][]byte // and what that had been
}

// RoundTrip serves one answer.
func (m *mutant) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := m.server.Transport().RoundTrip(r)
	if err != nil {
		return response, err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.requests++
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode == http.StatusOK {
		body = m.changed(r, body)
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return response, err
}

func (m *mutant) changed(r *http.Request, body []byte) []byte {
	switch path := strings.TrimPrefix(r.URL.Path, "/v1/financial_connections/"); {
	case path == "accounts":
		body = editRows(body, func(rows []json.RawMessage) {
			for i := range rows {
				rows[i] = m.object("account", textField(rows[i], "id"), rows[i])
			}
		})
		if m.lists != nil {
			changed := m.lists.apply(body, nil)
			m.note("", body, changed)
			return changed
		}
	case path == "transactions":
		return m.page("transaction", r.URL.Query().Get("account"), body)
	case strings.HasSuffix(path, "/owners"):
		return m.page("owner", strings.Split(path, "/")[1], body)
	case strings.HasPrefix(path, "accounts/"):
		return m.object("account", textField(body, "id"), body)
	}
	return body
}

// page changes a row of a list, or the list.
func (m *mutant) page(kind, account string, body []byte) []byte {
	target := m.targets[account]
	if target.object == kind+"s" {
		changed := target.apply(body, nil)
		m.note(account, body, changed)
		return changed
	}
	return editRows(body, func(rows []json.RawMessage) {
		i := len(target.String()) % len(rows)
		if was, before := m.was[account]; before { // always the same row
			i = slices.IndexFunc(rows, func(row json.RawMessage) bool {
				return textField(row, "id") == textField(was,
					"id")
			})
		}
		if i >= 0 {
			rows[i] = m.object(kind, account, rows[i])
		}
	})
}

// object changes an object that is its account's target.
func (m *mutant) object(kind, account string, raw []byte) []byte {
	target := m.targets[account]
	if target.object != kind {
		return raw
	}
	changed := target.apply(raw, m.others[kind])
	m.note(account, raw, changed)
	return changed
}

func (m *mutant) note(account string, was, sent []byte) {
	if !bytes.Equal(was, sent) {
		m.was[account], m.sent[account] = bytes.Clone(was), bytes.Clone(sent)
	}
}
