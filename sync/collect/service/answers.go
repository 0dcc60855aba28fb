package service

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"fcpipe/sync/collect"
	"fcpipe/sync/stripe"
)

// write answers with JSON.
func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// refuse answers with a code for programs and a sentence for those who write them.
func refuse(w http.ResponseWriter, status int, code, message string) {
	write(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

// read decodes what a client sent, strictly. It answers itself, and returns false, where that is not what it should be.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "not_json", "Send JSON, with Content-Type: application/json.")
		return false
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = errors.New("more than one value")
		}
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuse(w, http.StatusRequestEntityTooLarge, "too_large", "The body is too large.")
		return false
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "bad_request", "The body is not what this endpoint takes.")
	}
	return err == nil
}

// fail says why something could not be done. What Stripe said goes to the operator alone.
func (s *Service) fail(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, collect.ErrNoHolder):
		refuse(w, http.StatusNotFound, "unknown_holder", "There is no such holder.")
	case errors.Is(err, collect.ErrNoSession):
		refuse(w, http.StatusNotFound, "unknown_session", "There is no such session.")
	case errors.Is(err, stripe.ErrUnreachable):
		w.Header().Set("Retry-After", "30")
		refuse(w, http.StatusServiceUnavailable, "stripe_unreachable", "Stripe does not answer. Try again later.")
	default:
		refuse(w, http.StatusBadGateway, "stripe_refused", "Stripe did not do this. The operator's log says why.")
	}
	s.options.Tell(err.Error())
}
