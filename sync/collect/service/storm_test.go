package service

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAThousandRequestsAtOnceAreAnsweredInBounds: served, or refused at once; never more in work than there are places.
func TestAThousandRequestsAtOnceAreAnsweredInBounds(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limits.AtOnce, o.Limits.PerSecond = 8, 1e6 })
	holder := w.customer("jo@example.com")
	var mutex sync.Mutex
	statuses, sessions := map[int]int{}, map[string]bool{}
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			a := w.ask(serverToken, "POST", "/v1/sessions", `{"holder":"`+holder+`"}`)
			mutex.Lock()
			defer mutex.Unlock()
			statuses[a.status]++
			if a.status == http.StatusCreated {
				sessions[a.value.ClientSecret] = true
			}
		})
	}
	all.Wait()
	if statuses[http.StatusCreated]+statuses[http.StatusServiceUnavailable] != 1000 ||
		statuses[http.StatusCreated] == 0 || len(sessions) != statuses[http.StatusCreated] {
		t.Errorf("%v, %d sessions", statuses, len(sessions))
	}
	if len(w.service.places) != 0 {
		t.Errorf("%d places are still taken", len(w.service.places))
	}
}

// TestASlowClientIsCutOff, and keeps no connection that another one waits for.
func TestASlowClientIsCutOff(t *testing.T) {
	w := newWorld(t, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{
		Handler: w.service, ReadHeaderTimeout: 50 * time.Millisecond, ReadTimeout: 50 * time.Millisecond,
	}
	go func() { _ = web.Serve(Limit(listener, 1)) }()
	defer func() { _ = web.Close() }()
	for _, start := range []string{
		"POST /v1/sess", "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + serverToken +
			"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		slow, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(slow, start); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(slow) // ends when the server cuts it off
		if err != nil || strings.Contains(string(answer), "200 OK") || strings.Contains(string(answer), "201") {
			t.Errorf("%q: %q, %v", start, answer, err)
		}
		_ = slow.Close()
	}
	next, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = next.Close() }()
	_, _ = io.WriteString(next, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if answer, err := http.ReadResponse(bufio.NewReader(next), nil); err != nil || answer.StatusCode != 200 {
		t.Errorf("the next one: %v, %v", answer, err)
	}
}
