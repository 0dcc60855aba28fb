package reader

import (
	"context"
	"errors"
	"fmt"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"fcpipe/schema/duck"
)

// stream is one statement over its own connection to the file a reader has open. Its
// result comes in chunks of up to 2,048 rows and is never whole in memory, which
// database/sql cannot do.
type stream struct {
	connection *duck.Connection
	statement  bindings.PreparedStatement
	result     bindings.Result
	release    func() // ends the watch over the context
}

// openStream prepares a statement and binds its parameters, text each.
func (r *Reader) openStream(ctx context.Context, text string, parameters ...string) (*stream, error) {
	s, err := r.connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.prepare(text); err != nil {
		s.close()
		return nil, err
	}
	for i, parameter := range parameters {
		if bindings.BindVarchar(s.statement, bindings.IdxT(i+1), parameter) == bindings.StateError {
			s.close()
			return nil, fmt.Errorf("parameter %d does not fit the statement", i+1)
		}
	}
	return s, nil
}

// connect makes a stream without a statement, which ctx interrupts.
func (r *Reader) connect(ctx context.Context) (*stream, error) {
	connection, err := duck.Connect(r.path, duck.ReadOnly, r.settings)
	if err != nil {
		return nil, err
	}
	s := &stream{connection: connection}
	s.release = s.interruptOn(ctx)
	return s, nil
}

// prepare makes a text ready to be executed, and says what kinds of statements DuckDB made of it. DuckDB makes two of a
// PIVOT whose values are not listed: the first creates the type of its columns, in the connection's own temporary
// schema, and is executed here.
func (s *stream) prepare(text string) (kinds []bindings.StatementType, err error) {
	var extracted bindings.ExtractedStatements
	count := bindings.ExtractStatements(s.connection.Raw, text, &extracted)
	defer bindings.DestroyExtracted(&extracted)
	if count == 0 {
		return nil, duck.Failure(bindings.ExtractStatementsError(extracted))
	}
	for i := range count {
		bindings.DestroyPrepare(&s.statement)
		if bindings.PrepareExtractedStatement(s.connection.Raw, extracted, i, &s.statement) == bindings.StateError {
			return nil, duck.Failure(bindings.PrepareError(s.statement))
		}
		kinds = append(kinds, bindings.PreparedStatementType(s.statement))
		if i == count-1 {
			break
		}
		if kinds[i] != bindings.StatementTypeCreate {
			return kinds, errSeveral
		}
		var result bindings.Result
		failed := bindings.ExecutePrepared(s.statement, &result) == bindings.StateError
		message := bindings.ResultError(&result)
		bindings.DestroyResult(&result)
		if failed {
			return nil, duck.Failure(message)
		}
	}
	return kinds, nil
}

var errSeveral = errors.New("DuckDB makes several statements of this; list the values of a PIVOT: ON column IN (…)")

// interruptOn stops the statement when the context ends. The returned function waits
// for the watch to end, so that nothing interrupts a connection that is gone.
func (s *stream) interruptOn(ctx context.Context) func() {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		bindings.Interrupt(s.connection.Raw)
		close(done)
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// execute starts the statement.
func (s *stream) execute(ctx context.Context) error {
	if bindings.ExecutePreparedStreaming(s.statement, &s.result) == bindings.StateError {
		return s.failure(ctx)
	}
	return nil
}

// next returns the next chunk, which the caller destroys; the last one has no Ptr.
func (s *stream) next(ctx context.Context) (bindings.DataChunk, error) {
	if err := ctx.Err(); err != nil {
		return bindings.DataChunk{}, err
	}
	chunk := bindings.FetchChunk(s.result)
	if chunk.Ptr == nil {
		return chunk, s.failure(ctx)
	}
	return chunk, nil
}

// failure is what stopped the result, nil at its ordinary end.
func (s *stream) failure(ctx context.Context) error {
	message := bindings.ResultError(&s.result)
	if message == "" {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return duck.Failure(message)
}

func (s *stream) close() {
	if s.release != nil {
		s.release()
		s.release = nil
	}
	bindings.DestroyResult(&s.result)
	bindings.DestroyPrepare(&s.statement)
	s.connection.Close()
}
