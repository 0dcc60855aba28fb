package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"fcpipe/schema/durable"
)

// ErrCorrupt is returned when a line fails its checksum that was not torn by a crash.
var ErrCorrupt = errors.New("journal is corrupt")

// Journal is the append-only file that knows what was asked for and paid, whatever crashed: one record a line, each
// with a checksum, each fsynced before its Record… method returns. A torn last line (a crash while appending) is cut
// off; a damaged one is not: it may be money. Safe for concurrent use, by several processes too: each appends behind
// what the others wrote, and knows it from then on.
type Journal struct {
	mutex sync.Mutex
	path  string
	file  os.FileInfo // the file that was read; nil before there is one
	size  int64       // bytes of whole records
	index index
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Open reads the journal at path; a missing file is an empty journal. ErrCorrupt means that it must be repaired.
func Open(path string) (*Journal, error) {
	j := &Journal{path: path, index: newIndex()}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	defer func() { _ = file.Close() }()
	if j.file, err = file.Stat(); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	return j, j.load(file, j.file.Size())
}

// ErrRemoved is returned when the file of a journal is gone that had records: nothing is recorded in a new one.
var ErrRemoved = errors.New("the journal was removed")

// catchUp reads what other processes appended to the open file since it was read. A file that took its place, of an
// erasure or a repair, is read whole.
func (j *Journal) catchUp(file *os.File) error {
	now, err := file.Stat()
	if err != nil {
		return err
	}
	if j.size > 0 && now.Size() == 0 {
		return fmt.Errorf("%w: %s", ErrRemoved, j.path)
	}
	if j.file != nil && !os.SameFile(j.file, now) {
		j.size, j.index = 0, newIndex()
	}
	if j.file = now; now.Size() <= j.size {
		return nil
	}
	if _, err := file.Seek(j.size, io.SeekStart); err != nil {
		return err
	}
	return j.load(file, now.Size()-j.size)
}

// longLine is more bytes than nearly all lines have: a run of 10,000 accounts takes one and a half million.
const longLine = 2 << 20

// load reads records from about so many bytes.
func (j *Journal) load(file io.Reader, size int64) error {
	reader := bufio.NewReaderSize(file, int(min(longLine, size)))
	for line := 1; ; line++ {
		text, err := reader.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read journal: %w", err)
		}
		isLast := err != nil
		r, err := decodeRecord(text)
		if isLast && isTail(text) {
			return nil // empty, or the torn tail of a crash: not counted in size
		}
		if err != nil || isLast {
			if _, peek := reader.Peek(1); errors.Is(peek, io.EOF) && isTorn(text, j.size) {
				return nil
			}
			return fmt.Errorf("%w: %s line %d: %w", ErrCorrupt, j.path, line, cmp.Or(err, errNoRecord))
		}
		j.index.add(r)
		j.size += int64(len(text))
	}
}

var errNoRecord = errors.New("its end is not that of a record")

// isTail reports whether a text without a newline was cut off while it was written. One that
// is whole but for its last byte was not: that byte is damaged.
func isTail(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	_, err := decodeRecord(text[:len(text)-1])
	return err != nil
}

// sectorSize is what a disk writes whole.
const sectorSize = 512

// isTorn reports whether a line at an offset of the file lacks a sector: a power cut that lets
// the end of a line reach the disk and not its middle leaves zeros there. Damage does not.
func isTorn(line []byte, offset int64) bool {
	for len(line) > 0 {
		part := line[:min(int64(len(line)), sectorSize-offset%sectorSize)]
		if len(bytes.Trim(part, "\x00")) == 0 {
			return true
		}
		line, offset = line[len(part):], offset+int64(len(part))
	}
	return false
}

func encodeRecord(r Record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return checked(body), nil
}

// checked is a line: a record with its checksum.
func checked(body []byte) []byte {
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(body, castagnoli), body)
}

func decodeRecord(line []byte) (Record, error) {
	sum, body, found := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
	if !found || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(body, castagnoli)) {
		return Record{}, errors.New("checksum does not match")
	}
	r, err := unmarshalRecord(body)
	if err != nil {
		return r, errors.New("not a record")
	}
	return r, nil
}

// append makes one record durable.
func (j *Journal) append(r Record) (err error) {
	line, err := encodeRecord(r)
	if err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	file, err := durable.OpenLocked(j.path)
	if err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := j.catchUp(file); err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	isNew := j.size == 0
	if err := file.Truncate(j.size); err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Truncate(j.size) // what could not be made durable is no record
		}
	}()
	if _, err := file.WriteAt(line, j.size); err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	if isNew {
		if err := durable.SyncDirectory(filepath.Dir(j.path)); err != nil {
			return err
		}
	}
	j.size += int64(len(line))
	j.index.add(r)
	return nil
}

// Path is where the file lies, or will lie once there is a record.
func (j *Journal) Path() string { return j.path }

// RecordIdentity remembers which Stripe account a key belongs to.
func (j *Journal) RecordIdentity(identity Identity) error {
	return j.append(Record{Kind: recordIdentity, Identity: &identity})
}

// RecordIntent makes a purchase durable before it is asked for.
func (j *Journal) RecordIntent(intent Intent) error {
	return j.append(Record{Kind: recordIntent, Intent: &intent})
}

// RecordResult closes an intent.
func (j *Journal) RecordResult(result RefreshResult) error {
	if result.AttemptedAt != nil {
		at := journaled(*result.AttemptedAt)
		result.AttemptedAt = &at
	}
	return j.append(Record{Kind: recordResult, Result: &result})
}

// chargesPerRecord bounds a line of the journal, to some hundred kilobytes.
const chargesPerRecord = 1000

// RecordCharges counts charges and returns their sum in micro-USD; a ChargeKey a second time changes
// nothing. Many charges are few records: each record is an fsync, and a first round charges for every account.
func (j *Journal) RecordCharges(charges ...Charge) (counted int64, err error) {
	uncounted, known := make([]Charge, 0, len(charges)), map[string]bool{}
	for _, charge := range charges {
		if known[charge.ChargeKey] || j.Charged(charge.ChargeKey) {
			continue
		}
		known[charge.ChargeKey] = true
		charge.ChargedAt = journaled(charge.ChargedAt)
		uncounted = append(uncounted, charge)
	}
	for part := range slices.Chunk(uncounted, chargesPerRecord) {
		if err := j.append(Record{Kind: recordCharges, Charges: part}); err != nil {
			return counted, err
		}
		for _, charge := range part {
			counted += charge.AmountMicroUSD
		}
	}
	return counted, nil
}

// RecordReads counts requests against the read allowance.
func (j *Journal) RecordReads(reads Reads) error {
	if reads.Count == 0 {
		return nil
	}
	return j.append(Record{Kind: recordReads, Reads: &reads})
}

// RecordRunStarted says that a run began.
func (j *Journal) RecordRunStarted(run RunRecord) error {
	return j.append(Record{Kind: recordRunStarted, Run: &FinishedRun{RunRecord: run}})
}

// RecordRunFinished says how a run ended.
func (j *Journal) RecordRunFinished(run FinishedRun) error {
	return j.append(Record{Kind: recordRunFinished, Run: &run})
}

// RecordAudit remembers an audit.
func (j *Journal) RecordAudit(audit Audit) error {
	return j.append(Record{Kind: recordAudit, Audit: &audit})
}

// journaled is an instant as the journal can write it: of the years 1 to 9999, else the nearest one.
func journaled(at time.Time) time.Time {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case at.Before(first):
		return first
	case at.After(last):
		return last
	}
	return at
}

// RecordSettlement keeps what a person settled of an account that is not listed any more.
func (j *Journal) RecordSettlement(settlement Settlement) error {
	return j.append(Record{Kind: recordSettlement, Settlement: &settlement})
}

// index is what the records add up to.
type index struct {
	identities map[string]Identity
	intents    map[string]Intent // by key
	results    map[string]RefreshResult
	order      []string                // intent keys, oldest first
	started    map[attempt]string      // intent keys by the attempt they started
	last       map[featureOf]time.Time // of the newest attempt that was started
	charges    []Charge                // oldest first
	charged    map[string]bool         // by ChargeKey
	reads      []Reads
	runs       []FinishedRun  // oldest first; a started run is replaced when it finishes
	runAt      map[string]int // where in runs, by id
	audits     []Audit
	audited    map[string]time.Time // last audit by account
	settled    map[string]Settlement

	consents       []Consent                // in the order of their records
	consentEnds    map[string]ConsentEnd    // by account; what we ended and was not given again
	disconnections map[string]Disconnection // the newest by account
	erasures       erasures
}
