package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// connections are used by fcpipe and by the baselines that read.
const connections = 16

// pageReader reads the pages a first sync reads and throws them away: what the server and the network cost.
type pageReader struct {
	api            string
	client         *http.Client
	rows, requests atomic.Int64
}

// readPages takes the address of the server.
func readPages(ctx context.Context, arguments []string) (told, error) {
	r := &pageReader{api: arguments[0], client: &http.Client{Transport: transport()}}
	did, err := timed(func() error { return r.readAll(ctx) })
	did.Rows, did.Requests = r.rows.Load(), r.requests.Load()
	return did, err
}

// transport keeps as many connections as are used at the same time.
func transport() *http.Transport {
	return &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, DisableCompression: true}
}

func (r *pageReader) readAll(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(connections)
	listed := r.pages(ctx, "/v1/financial_connections/accounts?limit=100", "fca_", func(ids [][]byte) {
		for _, id := range ids {
			path := "/v1/financial_connections/transactions?limit=100&account=" + string(id)
			group.Go(func() error {
				return r.pages(ctx, path, "fctxn_", func(ids [][]byte) { r.rows.Add(int64(len(ids))) })
			})
		}
	})
	return errors.Join(group.Wait(), listed)
}

// pages reads a list to its end. A page is searched for the ids of its entries and whether more follow, and no more.
func (r *pageReader) pages(ctx context.Context, path, prefix string, take func(ids [][]byte)) error {
	after := ""
	for {
		body, err := r.get(ctx, path+after)
		if err != nil {
			return err
		}
		ids := idsOf(body, prefix)
		take(ids)
		if len(ids) == 0 || !bytes.Contains(body, []byte(`"has_more": true`)) &&
			!bytes.Contains(body, []byte(`"has_more":true`)) {
			return nil
		}
		after = "&starting_after=" + string(ids[len(ids)-1])
	}
}

// idsOf finds the ids of a page's entries: the values of "id" that begin so.
func idsOf(body []byte, prefix string) (ids [][]byte) {
	for {
		_, rest, found := bytes.Cut(body, []byte(`"id":`))
		if !found {
			return ids
		}
		rest = bytes.TrimLeft(rest, ` "`)
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			return ids
		}
		if bytes.HasPrefix(rest, []byte(prefix)) {
			ids = append(ids, rest[:end])
		}
		body = rest[end:]
	}
}

func (r *pageReader) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.api+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer sk_test_bench")
	r.requests.Add(1)
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
