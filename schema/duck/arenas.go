package duck

import "C" // links arenas.c, which bounds what DuckDB's allocator keeps
