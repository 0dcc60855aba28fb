"""Runs the recipes of ../README.md as they stand there, in the engines they are for.

usage: recipes.py DEMO_DIRECTORY python|spark|clickhouse|postgres|csv|iceberg

Each must find the rows and the sum that main.transactions has. Exits 1 when one does not.
"""

import glob
import os
import re
import sys
import tempfile

import duckdb

HERE = os.path.dirname(os.path.abspath(__file__))
failures = 0


def recipe(name):
    """The block of the guide that its first line names."""
    page = open(os.path.join(HERE, "..", "README.md")).read()
    found = re.search(r"^```" + re.escape(name) + r"\n(.*?)^```", page, re.S | re.M)
    assert found, f"the guide has no recipe {name!r}"
    return found.group(1)


def check(name, got, want):
    global failures
    print(f"ok    {name}: {got}" if got == want else f"FAIL  {name}: {got}, want {want}")
    failures += got != want


def truth():
    with duckdb.connect("data/fcpipe.duckdb", read_only=True) as file:
        return file.execute("SELECT count(*), sum(amount_minor)::BIGINT FROM main.transactions").fetchall()[0]


def lines_of(name):
    return [line for line in recipe(name).splitlines() if line and not line.startswith("import ")]


def with_python(want):
    names = {}
    exec(recipe("python first"), names)
    for line in lines_of("python first"):
        table = eval(line, names)
        check(line, (len(table), int(table["amount_minor"].to_pandas().sum() if hasattr(table, "num_rows")
                                     else table["amount_minor"].sum())), want)
    names = {}
    exec(recipe("python manifest"), names)
    lazy, table = names["lazy"].collect(), names["table"]
    check("by the manifest, polars", (lazy.height, lazy["amount_minor"].sum()), want)
    check("by the manifest, pyarrow", (table.num_rows, int(table["amount_minor"].to_pandas().sum())), want)


def with_spark(want):
    from pyspark.sql import SparkSession, functions

    names = {}
    exec(recipe("python manifest"), names)
    names["spark"] = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
                      .config("spark.ui.showConsoleProgress", "false")
                      .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    names["spark"].sparkContext.setLogLevel("ERROR")
    for line in lines_of("python spark"):
        row = eval(line, names).agg(functions.count("*"), functions.sum("amount_minor")).collect()[0]
        check(line, (row[0], row[1]), want)
    columns = names["spark"].read.parquet("data/lake/current/transactions").columns
    check("spark: the folder is one column more", (columns.count("transacted_month"), columns.count("month")), (1, 1))
    names["spark"].stop()


def with_clickhouse(want):
    from chdb import session

    database = session.Session()
    database.query("CREATE DATABASE bank")
    database.query("USE bank")
    text = re.sub(r"s3\('https://BUCKET/(lake/[^']*)'", lambda m: f"file('{os.path.realpath('data')}/{m.group(1)}'", recipe("sql clickhouse"))
    for statement in text.split(";"):
        if statement.strip():
            answer = str(database.query(statement, "CSV")).strip()
    check("clickhouse " + str(database.query("SELECT version()", "CSV")).strip(), tuple(int(n) for n in answer.split(",")), want)
    nullable = str(database.query("SELECT name FROM system.columns WHERE database = 'bank' AND type LIKE 'Nullable%' ORDER BY name", "CSV"))
    # a row of the feed that says "delete" has the ids of what is gone, and nothing else
    emptied = ["amount_minor", "currency", "description", "extra", "first_observed_at", "livemode", "posted_at", "status",
               "transacted_at", "transaction_refresh_id", "updated_at", "version", "void_at"]
    check("clickhouse: what may be null", nullable.replace('"', "").split(), emptied)


def with_postgres(want):
    import duckdb_extension_postgres as package

    # the wheel brings what INSTALL would download
    [wheel] = glob.glob(os.path.join(os.path.dirname(package.__file__), "extensions", "*", "postgres.duckdb_extension"))
    extension = os.path.join(os.getcwd(), "postgres_scanner.duckdb_extension")
    os.symlink(wheel, extension)
    text = recipe("sql postgres").replace("INSTALL postgres;", "").replace("LOAD postgres;", f"LOAD '{extension}';")
    connection = duckdb.connect()
    connection.execute(text)
    connection.execute("DETACH bank")
    connection.execute(text)  # a second load replaces the first
    check("postgres, through DuckDB", connection.execute(
        "SELECT count(*), sum(amount_minor)::BIGINT FROM bank.public.transactions").fetchall()[0], want)


def with_csv(want):
    duckdb.connect().execute(recipe("sql csv"))
    os.replace("transactions.csv", os.environ["CSV"])
    print("ok    transactions.csv for \\copy")


def with_iceberg(_):
    import pyarrow.parquet
    from pyiceberg.io.pyarrow import pyarrow_to_schema

    for dataset in sorted({os.path.dirname(p).split("/lake/current/")[1].split("/month=")[0].split("/date=")[0]
                           for p in glob.glob("data/lake/current/**/*.parquet", recursive=True)}):
        file = glob.glob(f"data/lake/current/{dataset}/**/*.parquet", recursive=True)[0]
        try:
            fields = list(pyarrow_to_schema(pyarrow.parquet.read_schema(file))._lazy_id_to_name)
            check(f"iceberg takes the field ids of {dataset}", min(fields) > 0, True)
        except Exception as e:  # a column or element without one
            check(f"iceberg takes the field ids of {dataset}", f"{type(e).__name__} {e}"[:300], True)


def main():
    demo, engine = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.symlink(demo, "data")  # the guide's paths begin with data/lake
        globals()["with_" + engine](truth())
        os.chdir("/")
    sys.exit(1 if failures else 0)


main()
