package export

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"iter"
	"slices"
	"time"

	"fcpipe/schema/reader"
)

const (
	tokenBytes = 24       // of a hash: two texts never have one token
	mostHeld   = 16 << 20 // bytes of texts whose tokens are held, so that each is made once
)

// hide makes a dataset one that shows what a disguise lets it show.
func (s disguise) hide(d reader.Dataset) (made dataset, err error) {
	hidden := reader.Hidden{}
	for i, column := range d.Columns {
		if column.Personal == "" || s.of(column.Personal) == Keep {
			continue
		}
		switch {
		case column.Kind != reader.KindText:
			return made, fmt.Errorf("column %s is personal and no text", column.Name)
		case s.of(column.Personal) == Drop:
			hidden.Dropped = append(hidden.Dropped, column.Name)
		default:
			hidden.Disguised, made.tokens = append(hidden.Disguised, column.Name), append(made.tokens, i)
		}
	}
	made.Dataset, made.dropped, made.shown = d, hidden.Dropped, s
	if len(hidden.Dropped)+len(hidden.Disguised) == 0 {
		return made, nil
	}
	if s.hasTokens() {
		hidden.Order = hex.EncodeToString(s.key.derived("order of rows"))
	}
	made.Dataset = d.Hide(hidden)
	return made, nil
}

// partitions lists the partitions of a dataset. A fingerprint that goes by texts which the lake does not show is
// published as a keyed hash: by the plain one a text that was guessed could be proved.
func (d *dataset) partitions(ctx context.Context, r *reader.Reader, since time.Time) ([]reader.Partition, error) {
	found, err := r.Partitions(ctx, d.Dataset, since)
	if err != nil || len(d.tokens) == 0 {
		return found, err
	}
	key := d.shown.key.derived("fingerprints")
	for i := range found {
		if found[i].Rows > 0 {
			found[i].Fingerprint = hex.EncodeToString(keyed(key, found[i].Fingerprint)[:16])
		}
	}
	return found, nil
}

// batches streams the rows of a partition as the lake shows them.
func (d *dataset) batches(ctx context.Context, r *reader.Reader, p reader.Partition) iter.Seq2[*reader.Batch, error] {
	rows := r.Batches(ctx, d.Dataset, p) // in DuckDB's order, to which a file is held when it is verified
	if len(d.tokens) == 0 {
		return rows
	}
	return func(yield func(*reader.Batch, error) bool) {
		t := newTokenizer(d.shown.TokenKey, d.shown.key)
		for batch, err := range rows {
			if err == nil {
				d.disguise(batch, t)
			}
			if !yield(batch, err) {
				return
			}
		}
	}
}

// sorted is batches for who writes them.
func (d *dataset) sorted(ctx context.Context, r *reader.Reader, p reader.Partition) iter.Seq2[*reader.Batch, error] {
	if len(d.tokens) > 0 {
		return d.batches(ctx, r, p)
	}
	return r.SortedBatches(ctx, d.Dataset, p)
}

// disguise puts tokens into a batch.
func (d *dataset) disguise(batch *reader.Batch, t *tokenizer) {
	for _, i := range d.tokens {
		vector, token := &batch.Columns[i], t.token
		if d.Columns[i].Type == "JSON" {
			token = t.tokensInJSON
		}
		for row := range batch.Len {
			if !vector.Null(row) {
				vector.Texts[row] = token(vector.Texts[row])
			}
		}
	}
}

// tokenNames are the columns that have tokens.
func (d *dataset) tokenNames() (names []string) {
	for _, i := range d.tokens {
		names = append(names, d.Columns[i].Name)
	}
	return names
}

// tokenizer makes tokens: tok<version of the key>_<HMAC-SHA256 of the text in base64url, its first 24 bytes>.
type tokenizer struct {
	prefix string
	mac    hash.Hash
	known  map[string][]byte // of texts seen: they repeat
	held   int               // bytes in known
}

func newTokenizer(version int, key TokenKey) *tokenizer {
	return &tokenizer{
		prefix: fmt.Sprintf("tok%d_", version), mac: hmac.New(sha256.New, []byte(key)), known: map[string][]byte{},
	}
}

// Tokens makes the token of a text with every key, the newest first: by them the rows of a text are found.
func (p Privacy) Tokens(text string) (tokens []string) {
	versions := make([]int, 0, len(p.Keys))
	for version := range p.Keys {
		versions = append(versions, version)
	}
	slices.Sort(versions)
	for _, version := range slices.Backward(versions) {
		tokens = append(tokens, string(newTokenizer(version, p.Keys[version]).token([]byte(text))))
	}
	return tokens
}

// token is that of a text. A text that names no person is its own.
func (t *tokenizer) token(text []byte) []byte {
	if token, isKnown := t.known[string(text)]; isKnown {
		return token
	}
	if reader.IsPublic(text) {
		return text
	}
	t.mac.Reset()
	t.mac.Write(text)
	token := base64.RawURLEncoding.AppendEncode([]byte(t.prefix), t.mac.Sum(nil)[:tokenBytes])
	if t.held += len(text) + len(token); t.held > mostHeld {
		clear(t.known)
		t.held = len(text) + len(token)
	}
	t.known[string(text)] = token
	return token
}

// tokensInJSON replaces every text in a JSON document. Names of fields, numbers and truths stay, so that it can be
// read as before.
func (t *tokenizer) tokensInJSON(document []byte) []byte {
	made := make([]byte, 0, len(document)+64)
	for i := 0; i < len(document); {
		if document[i] != '"' {
			made = append(made, document[i])
			i++
			continue
		}
		end := endOfText(document, i)
		literal := document[i:end]
		i = end
		if rest := bytes.TrimLeft(document[end:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			made = append(made, literal...)
			continue
		}
		var text string
		if json.Unmarshal(literal, &text) != nil {
			text = string(literal)
		}
		quoted, _ := json.Marshal(string(t.token([]byte(text)))) // of a text: cannot fail
		made = append(made, quoted...)
	}
	return made
}

// endOfText is where a text in a JSON document ends, its quotes included.
func endOfText(document []byte, from int) int {
	for i := from + 1; i < len(document); i++ {
		switch document[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(document)
}
