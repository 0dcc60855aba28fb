package linking

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"fcpipe/sync/simulator/answer"
)

// readJSON reads the body of a request of API v2, or of the client, and refuses what its endpoint does not know.
func readJSON(body []byte, into any) *answer.Error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return answer.Invalid("", "", "Invalid JSON: more follows the request.")
	}
	if field, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return answer.UnknownParam(strings.Trim(field, `"`))
	}
	if mistyped, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		return answer.Invalid("", mistyped.Field, "Invalid "+mistyped.Field+": it cannot be a "+mistyped.Value)
	}
	return answer.Invalid("", "", "Invalid JSON: the request cannot be parsed.")
}
