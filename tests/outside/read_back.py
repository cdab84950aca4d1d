"""Reads a run's folder with tools that know nothing of the program that wrote it.

usage: read_back.py validate FOLDER   the data package passes the Frictionless validator
       read_back.py duckdb FOLDER     every table loads in DuckDB with the declared types, value for value
"""

import csv
import json
import pathlib
import sys

TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}


def validate(folder):
    from frictionless import validate as check

    report = check(str(folder / "datapackage.json"))
    for error in report.errors:
        print(error.message)
    for task in report.tasks:
        print(task.name, "valid" if task.valid else [error.message for error in task.errors][:3])
    return report.valid


def parsed(kind, text):
    if text == "":
        return None
    return {"string": str, "integer": int, "number": float, "boolean": lambda t: {"true": True, "false": False}[t]}[kind](text)


def duckdb(folder):
    import duckdb as engine

    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = [resource for resource in package["resources"] if resource["type"] == "table"]
    assert tables, package
    for table in tables:
        fields = [(field["name"], field["type"]) for field in table["schema"]["fields"]]
        columns = {name: TYPES[kind] for name, kind in fields}
        path = str(folder / table["path"])
        rows = engine.sql(f"SELECT * FROM read_csv('{path}', header = true, columns = {columns})").fetchall()
        with open(path, encoding="utf-8", newline="") as text:
            lines = list(csv.reader(text))
        assert lines[0] == [name for name, _ in fields], table["name"]
        assert len(rows) == len(lines) - 1, table["name"]
        for got, line in zip(rows, lines[1:]):
            expected = tuple(parsed(kind, cell) for (_, kind), cell in zip(fields, line))
            assert got == expected, (table["name"], got, expected)
        print(table["name"], len(rows), "rows")
    return True


if __name__ == "__main__":
    ok = {"validate": validate, "duckdb": duckdb}[sys.argv[1]](pathlib.Path(sys.argv[2]))
    sys.exit(0 if ok else 1)
