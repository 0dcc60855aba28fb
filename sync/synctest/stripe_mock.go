package synctest

import (
	"net/http"
	"os"
	"testing"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
)

// StripeMock is the official stripe-mock: it knows the paths and parameters of v1, and no state. It prints each request
// to the standard output, which is closed to it until the test ends: the test must not run beside others.
func StripeMock(t testing.TB) http.Handler {
	t.Helper()
	specification, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatal(err)
	}
	mock, err := server.NewStubServer(fixtures, specification, false, false)
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	if os.Stdout, err = os.Open(os.DevNull); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Stdout = stdout })
	return http.HandlerFunc(mock.HandleRequest)
}
