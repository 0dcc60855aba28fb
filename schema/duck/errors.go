package duck

import (
	"errors"
	"slices"
	"strings"
	"syscall"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema"
)

// IsIO reports whether DuckDB failed to read or write a file: a full disk, a lost device.
func IsIO(err error) bool {
	failure, ok := errors.AsType[*duckdb.Error](err)
	if !ok {
		return false
	}
	if IsDamaged(err) { // DuckDB calls it an IO error
		return false
	}
	if failure.Type == duckdb.ErrorTypeIO {
		return true
	}
	// a failed commit or checkpoint comes as an error of another kind
	for _, text := range []string{
		"IO Error", "No space left", "fsync failed", "Could not fsync", "Could not write", "Could not read",
		"Could not remove file", "Could not truncate", "Could not rename", "Cannot open file", "Could not seek",
	} {
		if strings.Contains(failure.Msg, text) {
			return true
		}
	}
	return false
}

// IsDamaged reports whether DuckDB read a block that fails its checksum, or met the end of a file before the end of its
// data: trying again will not help.
func IsDamaged(err error) bool {
	failure, ok := errors.AsType[*duckdb.Error](err)
	return ok &&
		(strings.Contains(failure.Msg, "Corrupt database file") ||
			strings.Contains(failure.Msg, "Could not read enough bytes"))
}

// IsEnvironmental reports whether the machine kept us from reading a file, or ran out of something. Such an error says
// nothing about the contents of the file.
func IsEnvironmental(err error) bool {
	return isDeviceFailure(err) || IsResourceExhausted(err) || IsAccessDenied(err)
}

// IsInconclusive reports whether an error leaves open what a file is: the machine failed, or a newer fcpipe made it.
func IsInconclusive(err error) bool {
	return IsEnvironmental(err) || errors.Is(err, schema.ErrNewerSchema)
}

// IsAccessDenied reports whether this user may not read a file, or another program holds it.
func IsAccessDenied(err error) bool {
	return errors.Is(err, schema.ErrHeldOpen) || hasErrno(err, syscall.EACCES, syscall.EPERM)
}

// isLockConflict reports whether DuckDB could not open a file because another process has it.
func isLockConflict(err error) bool {
	failure, ok := errors.AsType[*duckdb.Error](err)
	return ok && strings.Contains(failure.Msg, "Could not set lock")
}

// IsOutOfMemory reports whether DuckDB needed more memory at once than its limit is.
func IsOutOfMemory(err error) bool {
	failure, ok := errors.AsType[*duckdb.Error](err)
	return ok && failure.Type == duckdb.ErrorTypeOutOfMemory
}

// concise is an error whose DuckDB error says its first line alone.
type concise struct{ error }

func (c concise) Error() string {
	failure, ok := errors.AsType[*duckdb.Error](c.error)
	if !ok {
		return c.error.Error()
	}
	said, _, _ := strings.Cut(failure.Msg, "\n")
	return strings.Replace(c.error.Error(), failure.Msg, said, 1)
}

func (c concise) Unwrap() error { return c.error }

// Concise is the same error, of a want of memory without DuckDB's advice: it is about settings that are ours to make
// (see Open). Nil stays nil.
func Concise(err error) error {
	if !IsOutOfMemory(err) {
		return err
	}
	return concise{err}
}

// hasNoTable reports whether a query asked for a table or schema that the file does not have.
func hasNoTable(err error) bool {
	failure, ok := errors.AsType[*duckdb.Error](err)
	return ok && failure.Type == duckdb.ErrorTypeCatalog
}

// IsResourceExhausted reports whether memory, disk or file handles ran out.
func IsResourceExhausted(err error) bool {
	return IsOutOfMemory(err) || hasErrno(err, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOSPC)
}

// isDeviceFailure reports whether the operating system could not read a file, whatever is in it.
func isDeviceFailure(err error) bool {
	return hasErrno(
		err, syscall.EIO, syscall.ESTALE, syscall.ENXIO, syscall.ENODEV, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
	)
}

// hasErrno reports whether an error is, or tells of, one of the error numbers of the operating system. Go's errors keep
// the number. DuckDB's keep only the C library's message, which is Go's message but for its capital letter.
func hasErrno(err error, numbers ...syscall.Errno) bool {
	if slices.ContainsFunc(numbers, func(number syscall.Errno) bool { return errors.Is(err, number) }) {
		return true
	}
	failure, ok := errors.AsType[*duckdb.Error](err)
	if !ok {
		return false
	}
	said := strings.ToLower(failure.Msg)
	return slices.ContainsFunc(
		numbers, func(number syscall.Errno) bool { return strings.Contains(said, number.Error()) },
	)
}

// Failure is what DuckDB said is wrong outside of database/sql, as an error that the functions above know.
func Failure(message string) error {
	kinds := map[string]duckdb.ErrorType{
		"IO Error": duckdb.ErrorTypeIO, "Out of Memory Error": duckdb.ErrorTypeOutOfMemory,
		"Catalog Error": duckdb.ErrorTypeCatalog,
	}
	kind, _, _ := strings.Cut(message, ": ")
	return &duckdb.Error{Type: kinds[kind], Msg: message}
}

// IsFromDuckDB reports whether DuckDB reported the error; otherwise it is one of this program.
func IsFromDuckDB(err error) bool {
	_, ok := errors.AsType[*duckdb.Error](err)
	return ok
}
