package reader

import (
	"context"
	"sync"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// Kept is the published file of a data directory, which a run that has the lock opens once, as a plan does: that costs
// about as much as all that a round without changes asks of it. Without the lock another run may replace the file at
// any time, so what lives longer than a plan opens it for each question. The zero value is for that.
type Kept struct {
	mutex  sync.Mutex
	stays  bool
	reader *Reader
}

// Open opens the file, or shows it as it is open; errors are those of Open. The caller calls done when it has read.
func (k *Kept) Open(
	ctx context.Context, layout schema.Layout, settings duck.Settings,
) (published *Reader, done func() error, err error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.reader == nil {
		if published, err = Open(ctx, layout, settings); err != nil {
			return nil, nil, err
		}
		if !k.stays {
			return published, published.Close, nil
		}
		k.reader = published
	}
	return k.reader, func() error { return nil }, nil
}

// Stay lets the file stay open until Close, from the next time it is opened: the lock is taken.
func (k *Kept) Stay() {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.stays = true
}

// Close closes the file before it is replaced: what is open under its path would be shown in place of the one that
// replaces it. The next Open opens that one.
func (k *Kept) Close() error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.reader == nil {
		return nil
	}
	err := k.reader.Close()
	k.reader = nil
	return err
}

// Leave closes the file and lets it stay open no longer: the lock is released.
func (k *Kept) Leave() error {
	k.mutex.Lock()
	k.stays = false
	k.mutex.Unlock()
	return k.Close()
}
