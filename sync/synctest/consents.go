package synctest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Consents stands between a client and the simulator, and holds every request for an account against what the
// simulator's answers had shown of it by then: in this round, or, before the round has shown it, in an earlier one.
type Consents struct {
	Next http.RoundTripper

	serving sync.Mutex              // one request at a time, so that histories can be told
	mutex   sync.Mutex              // of what follows
	shown   map[string]shownConsent // in this round
	before  map[string]shownConsent // in earlier ones
	Asked   map[string]int          // requests for accounts, by what they were for
	Shrinks int                     // accounts that shared less, or ended, after the round had shown them
	Broken  []string                // requests that nothing justified
}

// shownConsent is what an answer says that a holder shares of an account.
type shownConsent struct {
	ID, Object, Status string
	Permissions        []string
}

// Begin says that a round begins.
func (c *Consents) Begin() {
	if c.before == nil {
		c.before, c.Asked = map[string]shownConsent{}, map[string]int{}
	}
	maps.Copy(c.before, c.shown)
	c.shown = map[string]shownConsent{}
}

// RoundTrip judges a request, sends it, and learns what its answer shows. Judged is what answers had shown when a
// request was sent: a client with more than one request at a time may not have read the last of them yet.
func (c *Consents) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := c.judge(r); err != nil {
		return nil, err
	}
	c.serving.Lock()
	defer c.serving.Unlock()
	answer, err := c.Next.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if answer.StatusCode == http.StatusOK {
		c.learn(body)
	}
	return answer, err
}

// judge tells which account a request is for, and what it does with it.
func (c *Consents) judge(r *http.Request) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	path, isFC := strings.CutPrefix(r.URL.Path, "/v1/financial_connections/")
	parts := strings.Split(path, "/")
	switch {
	case !isFC:
	case parts[0] == "transactions":
		c.want(r.URL.Query().Get("account"), "transactions", false)
	case len(parts) == 2:
		c.want(parts[1], "", false)
	case len(parts) == 3 && parts[2] == "owners":
		c.want(parts[1], "ownership", false)
	case len(parts) == 3:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return err
		}
		for key := range form {
			if strings.HasPrefix(key, "features[") {
				c.want(parts[1], permissionOf(form.Get(key)), true)
			}
		}
	}
	return nil
}

func permissionOf(feature string) string {
	if feature == "balance" {
		return "balances"
	}
	return feature
}

// want notes a request that nothing justifies.
func (c *Consents) want(id, permission string, refreshes bool) {
	c.Asked[fmt.Sprintf("%s %v", permission, refreshes)]++
	a, isShown := c.shown[id]
	if !isShown {
		a = c.before[id] // zero where no round has shown it
	}
	isShared := permission == "" || a.Permissions != nil && slices.Contains(a.Permissions, permission)
	if a.Status == "" || a.Status == "disconnected" || !isShared || refreshes && (!isShown || a.Status != "active") {
		c.Broken = append(c.Broken, fmt.Sprintf("%s of %s, refreshes %v, shown as %+v", permission, id, refreshes, a))
	}
}

// learn reads what an answer shows of accounts. One that is malformed shows nothing.
func (c *Consents) learn(body []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var answer struct {
		shownConsent
		Data []shownConsent
	}
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	for _, a := range append(answer.Data, answer.shownConsent) {
		if a.Object != "financial_connections.account" {
			continue
		}
		if before, isShown := c.shown[a.ID]; isShown && (before.Status == "active" && a.Status != "active" ||
			len(a.Permissions) < len(before.Permissions)) {
			c.Shrinks++
		}
		c.shown[a.ID] = a
	}
}
