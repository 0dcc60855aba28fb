package stripe

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// PageSize is the most objects Stripe puts on a page of a list.
const PageSize = 100

// pageBytes is more than a whole page of transactions has. A page of a list that has larger ones is expected to be
// about as large as the largest before it.
const pageBytes = 64 << 10

// PagesOf is how many pages a list of so many objects takes; 0 for none.
func PagesOf(objects int) int { return (objects + PageSize - 1) / PageSize }

// maxRestarts is how often a list begins again.
const maxRestarts = 3

// ErrTooManyPages is returned for a list that does not end within its MaxPages.
var ErrTooManyPages = errors.New("more pages than allowed")

// List says what to list, and how to read it.
type List[T any] struct {
	Operation string     // names the endpoint, as for Client.Get
	Path      string     // as Path makes it, or another one
	Form      url.Values // parameters, without limit and starting_after; it is not changed
	MaxPages  int        // one more, and the list ends with ErrTooManyPages; 0 reads nothing
	// Open takes the body of a page apart. It fails where that is not one JSON value. Its error must not quote it.
	Open func(body []byte) (rows [][]byte, hasMore bool, err error)
	// Decode makes a T of a row, and returns its id: "" when it has none, and if possible beside an error too.
	Decode func(row []byte) (value T, id string, err error)
	// Reserve is called before each page is asked for, with its number. An error ends the list. nil allows all.
	Reserve func(number int) error
	// Amend is called when Stripe does not know an object that Form names. It changes the form and returns true for
	// the list to begin again, or false for it to end with the error. nil is false.
	Amend func(form url.Values, missing *APIError) bool
}

// Page is one page of a list.
type Page[T any] struct {
	Rows    []Row[T] // in Stripe's order
	HasMore bool     // another page follows
	Number  int      // from 1; pages before the list began again count too
	// Restarted says that the list began again with this page: what the pages before it showed may be gone.
	Restarted bool
	Distinct  int // different ids since the list began (again), those of this page included
	Size      int // bytes
	RequestID string
}

// Row is one object of a page.
type Row[T any] struct {
	Value T
	ID    string // "" when it has none
	IsNew bool   // ID is not "", and did not come before since the list began (again)
	Raw   []byte // as Stripe sent it
	Err   error  // of Decode
}

// Pages reads a list page by page, one request each, in Stripe's order. It ends after the last page, or with an
// error beside a zero Page: those of Client.Get, of List.Reserve, ErrTooManyPages, or a *PageError for a page that is
// no list or that says more follows and brings no new id, so that no list runs for ever.
//
// When the row that a page should begin after is gone, the list begins again, at most three times: no row is left
// out, and pages come again, with Restarted set.
func Pages[T any](ctx context.Context, client *Client, list List[T]) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		p := &pager[T]{client: client, list: list, form: maps.Clone(list.Form), seen: map[string]struct{}{}}
		if p.form == nil {
			p.form = url.Values{}
		}
		p.form.Set("limit", strconv.Itoa(PageSize))
		for {
			page, err := p.next(ctx)
			if !yield(page, err) || err != nil || !page.HasMore {
				return
			}
		}
	}
}

// pager is a list on its way.
type pager[T any] struct {
	client    *Client
	list      List[T]
	form      url.Values
	seen      map[string]struct{} // ids since the list began (again)
	last      string              // the newest of them, of this page or an earlier one
	pages     int                 // that came
	largest   int                 // bytes of the largest of them
	restarts  int
	restarted bool // since the last page
}

// next is the next page.
func (p *pager[T]) next(ctx context.Context) (Page[T], error) {
	for {
		reply, body, err := p.request(ctx)
		switch {
		case err == nil:
			return p.open(reply, body)
		case !p.restart(err):
			return Page[T]{}, err
		}
	}
}

// parts are the body of a page, taken apart.
type parts struct {
	rows    [][]byte
	hasMore bool
	err     error
}

// request asks for the next page. Its body is read once: what can be taken apart is JSON.
func (p *pager[T]) request(ctx context.Context) (reply *Reply, body parts, err error) {
	if p.pages >= p.list.MaxPages {
		return nil, body, ErrTooManyPages
	}
	if p.list.Reserve != nil {
		if err := p.list.Reserve(p.pages + 1); err != nil {
			return nil, body, err
		}
	}
	reply, err = p.client.Send(ctx, Request{
		Method: http.MethodGet, Operation: p.list.Operation, Path: p.list.Path, Form: p.form,
		expected: max(pageBytes, p.largest*9/8),
		isJSON: func(answer []byte) bool {
			body.rows, body.hasMore, body.err = p.list.Open(answer)
			return body.err == nil || p.client.options.IsJSON(answer)
		},
	})
	return reply, body, err
}

// restart lets the list begin again, if that may help against an error.
func (p *pager[T]) restart(err error) bool {
	missing, is := errors.AsType[*APIError](err)
	if !is || !missing.isMissing() || p.restarts >= maxRestarts {
		return false
	}
	switch {
	case p.form.Has("starting_after"):
		p.form.Del("starting_after")
		p.last = ""
	case p.list.Amend == nil || !p.list.Amend(p.form, missing):
		return false
	}
	p.restarts++
	p.restarted = true
	clear(p.seen)
	return true
}

// open decodes a page and prepares the request for the one after it.
func (p *pager[T]) open(reply *Reply, body parts) (Page[T], error) {
	rows, hasMore := body.rows, body.hasMore
	refused := func(problem string) (Page[T], error) {
		return Page[T]{}, &PageError{RequestID: reply.RequestID, Problem: problem}
	}
	switch {
	case body.err != nil:
		return refused(fmt.Sprintf("no list (%v)", body.err))
	case hasMore && len(rows) == 0:
		return refused("an empty page that says more follows")
	}
	p.pages, p.largest = p.pages+1, max(p.largest, len(reply.Body))
	page := Page[T]{
		Rows: make([]Row[T], len(rows)), HasMore: hasMore, Number: p.pages, Restarted: p.restarted,
		Size: len(reply.Body), RequestID: reply.RequestID,
	}
	p.restarted = false
	before := len(p.seen)
	for i, raw := range rows {
		page.Rows[i] = p.row(raw)
	}
	if p.last != "" {
		p.form.Set("starting_after", p.last)
	}
	page.Distinct = len(p.seen)
	if hasMore && page.Distinct == before {
		return refused("a page without a new row that says more follows")
	}
	return page, nil
}

// row decodes a row and notes its id: the next page begins after the last row that has one.
func (p *pager[T]) row(raw []byte) Row[T] {
	row := Row[T]{Raw: raw}
	if row.Value, row.ID, row.Err = p.list.Decode(raw); row.ID == "" {
		return row
	}
	_, known := p.seen[row.ID]
	row.IsNew = !known
	p.seen[row.ID] = struct{}{}
	p.last = row.ID
	return row
}
