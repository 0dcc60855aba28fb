// DuckDB's allocator is jemalloc, whose options of the program are in this variable; it is read after DuckDB's own.
// Each arena keeps freed pages for a second, and by default there are as many as cores: a first sync of a million rows
// peaked at 603 MiB in place of 512 with memory_limit 512MiB, on two cores, and was 6 % slower.
const char *duckdb_je_malloc_conf_2_conf_harder = "narenas:1";
