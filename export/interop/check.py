"""Reads a demo directory with tools nobody here wrote and compares them.

usage: check.py DEMO_DIRECTORY [TRUTH_JSON]

Every dataset of the lake must equal its table, both ways, whatever reads the Parquet.
With TRUTH_JSON (what the simulator says is so) the tables must equal it row by row.
Exits 1 and names the first differences when anything differs.
"""

import datetime
import glob
import json
import sys

import duckdb

failures = []


def check(name, ok, detail=""):
    print(("ok    " if ok else "FAIL  ") + name + ("" if ok else ": " + str(detail)[:400]))
    if not ok:
        failures.append(name)


def datasets(directory):
    latest = json.load(open(f"{directory}/lake/latest.json"))
    manifest = json.load(open(f"{directory}/lake/{latest['manifest']}"))
    files = {}
    for entry in manifest["files"]:
        files.setdefault(entry["dataset"], []).append(f"{directory}/lake/{entry['path']}")
    return files


def table_of(dataset):
    return dataset.replace("/", ".") if "/" in dataset else f"main.{dataset}"


def columns_of(connection, table):
    schema, name = table.split(".")
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position", [schema, name]).fetchall()
    return [name for name, _ in rows], dict(rows)


def select(columns, types):
    # JSON is text in Parquet
    return ", ".join(f'"{c}"::VARCHAR AS "{c}"' if types[c] == "JSON" else f'"{c}"' for c in columns)


def check_duckdb(connection, dataset, files, reader):
    table = table_of(dataset)
    columns, types = columns_of(connection, table)
    left = f"SELECT {select(columns, types)} FROM {table}"
    right = f"SELECT {', '.join(columns)} FROM {reader}"
    extra = connection.execute(f"SELECT count(*) FROM ({left} EXCEPT ALL {right})").fetchall()[0][0]
    missing = connection.execute(f"SELECT count(*) FROM ({right} EXCEPT ALL {left})").fetchall()[0][0]
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    return rows, extra, missing


def with_duckdb(directory):
    connection = duckdb.connect(f"{directory}/fcpipe.duckdb", read_only=True)
    connection.execute("SET TimeZone = 'UTC'")
    for dataset, files in sorted(datasets(directory).items()):
        if dataset.startswith("changes/"):
            continue
        rows, extra, missing = check_duckdb(connection, dataset, files, f"read_parquet({files}, hive_partitioning=false)")
        check(f"duckdb {duckdb.__version__}: {dataset}, {rows} rows, manifest", extra == missing == 0, (extra, missing))
        globbed = f"read_parquet('{directory}/lake/current/{dataset}/**/*.parquet', hive_partitioning=false)"
        rows, extra, missing = check_duckdb(connection, dataset, files, globbed)
        check(f"duckdb {duckdb.__version__}: {dataset}, lake/current", extra == missing == 0, (extra, missing))
    return connection


def with_arrow(directory, connection):
    import polars
    import pyarrow
    import pyarrow.parquet

    for dataset, files in sorted(datasets(directory).items()):
        if dataset.startswith("changes/"):
            continue
        read = {
            f"pyarrow {pyarrow.__version__}": pyarrow.concat_tables(
                [pyarrow.parquet.read_table(f, partitioning=None) for f in files]),
            f"polars {polars.__version__}": polars.concat(
                [polars.read_parquet(f, hive_partitioning=False) for f in files]).to_arrow(),
        }
        for reader, table in read.items():
            connection.register("from_reader", table)
            rows, extra, missing = check_duckdb(connection, dataset, files, "from_reader")
            check(f"{reader}: {dataset}, {rows} rows", extra == missing == 0, (extra, missing))
            connection.unregister("from_reader")


def with_macros(connection):
    """What the file carries beside tables: as-of questions, and comments on everything."""
    for table in ["transactions", "accounts", "balances"]:
        asked = connection.execute(f"SELECT count(*) FROM main.{table}_as_of((SELECT watermark FROM meta.store))").fetchall()[0][0]
        held = connection.execute({
            "balances": "SELECT count(*) FROM (SELECT DISTINCT account_id, currency FROM main.balances)",
        }.get(table, f"SELECT count(*) FROM main.{table}")).fetchall()[0][0]
        check(f"duckdb {duckdb.__version__}: {table}_as_of now, {held} rows", asked == held > 0, asked)
    first = connection.execute("SELECT min(observed_at) FROM main.transaction_versions").fetchall()[0][0]
    asked, held = connection.execute(
        "SELECT (SELECT count(*) FROM main.transactions_as_of(?::TIMESTAMPTZ)),"
        " (SELECT count(DISTINCT transaction_id) FROM main.transaction_versions WHERE observed_at <= ?::TIMESTAMPTZ)",
        [first, first]).fetchall()[0]
    check(f"duckdb {duckdb.__version__}: transactions_as_of the first round, {held} rows", asked == held > 0, asked)
    bare = connection.execute(
        "SELECT count(*) FILTER (comment IS NULL), count(*) FROM duckdb_columns()"
        " WHERE NOT internal AND schema_name IN ('main', 'ledger', 'quality', 'underwriting', 'expenses')").fetchall()[0]
    check(f"duckdb {duckdb.__version__}: {bare[1]} columns have comments", bare[0] == 0 < bare[1], bare)


def instant(seconds):
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def with_truth(connection, path):
    truth = json.load(open(path))
    transactions = {
        (t["id"], t["account"], t["amount"], t["currency"], t["description"], t["status"], instant(t["transacted_at"]),
         instant(t["status_transitions"]["posted_at"]), instant(t["status_transitions"]["void_at"]),
         instant(t["updated"]), t["transaction_refresh"]) for t in truth["transactions"]}
    stored = {tuple(r) for r in connection.execute(
        "SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at,"
        " posted_at, void_at, updated_at, transaction_refresh_id FROM main.transactions").fetchall()}
    check(f"truth: {len(transactions)} transactions", stored == transactions,
          f"{len(stored - transactions)} too many or different, {len(transactions - stored)} missing")
    accounts = {(a["id"], a["status"], a["institution_name"], a["category"], a["subcategory"]) for a in truth["accounts"]}
    held = {tuple(r) for r in connection.execute(
        "SELECT account_id, status, institution_name, category, subcategory FROM main.accounts").fetchall()}
    check(f"truth: {len(accounts)} accounts", held == accounts,
          f"{len(held - accounts)} too many or different, {len(accounts - held)} missing")


def main():
    directory = sys.argv[1].rstrip("/")
    assert glob.glob(f"{directory}/lake/latest.json"), f"no lake in {directory}: run make demo first"
    connection = with_duckdb(directory)
    with_macros(connection)
    try:
        import pyarrow  # noqa: F401
        with_arrow(directory, connection)
    except ImportError:
        print("      pyarrow is not here: DuckDB alone")
    if len(sys.argv) > 2:
        with_truth(connection, sys.argv[2])
    print(f"{len(failures)} failed")
    sys.exit(1 if failures else 0)


main()
