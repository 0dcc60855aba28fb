package stripe

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestReplyIsTheBodyAsItCame: nothing is decoded, nothing lost; what is JSON is the reader's to say.
func TestReplyIsTheBodyAsItCame(t *testing.T) {
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) // deeper than encoding/json goes
	for _, body := range []string{`{"a": null, "a": 1.0e2,  "b":"\ud800"}`, `[]`, `1`, deep} {
		c := newTestClient(t, always(body))
		c.options.IsJSON = func(shown []byte) bool { return string(shown) == body }
		reply, err := c.Get(t.Context(), "read", Path("thing"), nil)
		if err != nil || string(reply.Body) != body || reply.RequestID != "req_fault" {
			t.Errorf("%.40s: %v", body, err)
		}
	}
}

// TestWhatIsNoAnswerIsNamedAndNeverQuoted: by its code, after as many attempts as there may be.
func TestWhatIsNoAnswerIsNamedAndNeverQuoted(t *testing.T) {
	text := func(body string) func() io.Reader { return func() io.Reader { return strings.NewReader(body) } }
	cut := io.MultiReader(strings.NewReader(`{"secret":`), failing{io.ErrUnexpectedEOF})
	for name, test := range map[string]struct {
		body  func() io.Reader
		text  string
		code  string
		reads int64
	}{
		"page of a proxy": {text("<html>secret"), problemNoJSON, "answer_not_json", readAttempts},
		"empty":           {text(""), problemNoJSON, "answer_not_json", readAttempts},
		"cut off":         {func() io.Reader { return cut }, problemCut, "no_answer", readAttempts},
		"too large":       {func() io.Reader { return endless{} }, problemNoJSON, "answer_not_json", readAttempts},
	} {
		c := newTestClient(t, tripper(func(r *http.Request) (*http.Response, error) {
			answer := answered(r, http.StatusOK, nil, "")
			answer.Body = io.NopCloser(test.body())
			return answer, nil
		}))
		_, err := c.Get(t.Context(), "read", Path("thing"), nil)
		if !errors.Is(err, ErrUnreachable) {
			t.Fatalf("%s: %v", name, err)
		}
		if said := err.Error(); !strings.Contains(said, test.text) || strings.Contains(said, "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if code, request := Code(err); code != test.code || request != "" || c.Reads() != test.reads {
			t.Errorf("%s: code %q of request %q after %d reads", name, code, request, c.Reads())
		}
	}
}

// failing is a body that breaks off.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// stalling is a body that sends nothing more, until it is closed.
type stalling struct{ closed <-chan struct{} }

func (s stalling) Read([]byte) (int, error) {
	<-s.closed
	return 0, errors.New("closed")
}

// TestAnswerThatStopsIsATimeout: it is not waited for longer than a pause may take.
func TestAnswerThatStopsIsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{
			Key: "sk_test_x", APIBase: "http://simulator", Clock: bubbleClock{}, Random: func() float64 { return 0 },
			Transport: tripper(func(r *http.Request) (*http.Response, error) {
				answer := answered(r, http.StatusOK, nil, "")
				answer.Body = io.NopCloser(stalling{r.Context().Done()})
				return answer, nil
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, err = c.Get(t.Context(), "read", Path("thing"), nil)
		if !timedOut(err) || time.Since(begun) != readAttempts*idleBody {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}
