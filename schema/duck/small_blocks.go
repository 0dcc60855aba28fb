package duck

import "sync/atomic"

// hasSmallBlocks is true once SmallBlocks was called.
var hasSmallBlocks atomic.Bool

// SmallBlocks makes new files of blocks of 16 KiB, the smallest there are, from now on. It serves test programs: their
// files hold few rows, and with DuckDB's own blocks of 256 KiB most of what is written, checked and copied is air.
func SmallBlocks() { hasSmallBlocks.Store(true) }
