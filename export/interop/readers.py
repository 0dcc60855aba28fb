"""Reads every dataset of lake/current the way a newcomer does: the folder, no options.

usage: readers.py DEMO_DIRECTORY

Each reader must find as many rows as the manifest lists. Exits 1 when one does not.
"""

import json
import sys
import warnings

import duckdb
import fastparquet
import pandas
import polars
import pyarrow.dataset
import pyarrow.parquet

warnings.simplefilter("ignore")  # pandas: its fastparquet engine will go
READERS = {
    "pandas.read_parquet": lambda d: len(pandas.read_parquet(d)),
    "pandas.read_parquet, fastparquet": lambda d: len(pandas.read_parquet(d, engine="fastparquet")),
    "fastparquet.ParquetFile": lambda d: len(fastparquet.ParquetFile(d).to_pandas()),
    "pyarrow.parquet.read_table": lambda d: pyarrow.parquet.read_table(d).num_rows,
    "pyarrow.dataset": lambda d: pyarrow.dataset.dataset(d).to_table().num_rows,
    "pyarrow.dataset, hive": lambda d: pyarrow.dataset.dataset(d, partitioning="hive").to_table().num_rows,
    "polars.read_parquet": lambda d: polars.read_parquet(d).height,
    "polars.scan_parquet, hive": lambda d: polars.scan_parquet(d, hive_partitioning=True).collect().height,
    "polars.scan_parquet, glob": lambda d: polars.scan_parquet(d + "/**/*.parquet").collect().height,
    "duckdb, glob": lambda d: len(duckdb.sql(f"FROM '{d}/**/*.parquet'").fetchall()),
    "duckdb, hive": lambda d: len(duckdb.sql(f"FROM read_parquet('{d}/**/*.parquet', hive_partitioning = 1)").fetchall()),
}


def main():
    lake, failed = sys.argv[1].rstrip("/") + "/lake", 0
    manifest = json.load(open(lake + "/" + json.load(open(lake + "/latest.json"))["manifest"]))
    for dataset in manifest["datasets"]:
        before = failed
        for name, read in READERS.items():
            try:
                found = read(f"{lake}/current/{dataset['name']}")
            except Exception as e:  # whatever a reader throws, the others are tried
                found = f"{type(e).__name__} {e}"
            if found != dataset["rows"]:
                failed += 1
                print(f"FAIL  {name}: {dataset['name']}: {str(found)[:300]}, want {dataset['rows']}")
        if failed == before:
            print(f"ok    {len(READERS)} readers: {dataset['name']}, {dataset['rows']} rows")
    print(f"{failed} failed")
    sys.exit(1 if failed else 0)


main()
