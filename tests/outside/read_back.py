"""Reads the folder of a run or a sweep with tools that know nothing of the program that wrote it.

usage: read_back.py validate FOLDER   the data package passes the Frictionless validator
       read_back.py duckdb FOLDER     every table loads in DuckDB with the declared types, value for value
       read_back.py export FOLDER     its workbook and its CSV with decimal commas hold the values of its tables
       read_back.py parquet FOLDER    a sweep's runs.parquet and runs.csv hold the same values, trajectories.parquet those
                                      of single runs in ../<variant>-<run>/; DuckDB and pandas read the same
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


def cells(path, types):
    """The rows of a CSV file by name, read by nothing but Python."""
    with open(path, encoding="utf-8", newline="") as text:
        lines = csv.DictReader(text)
        return [{name: parsed(types[name], cell) for name, cell in line.items() if name in types} for line in lines]


def records(frame):
    """The rows of a data frame by name; missing values are None."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def same(what, found, expected):
    assert len(found) == len(expected) > 0, (what, len(found), len(expected))
    for got, row in zip(found, expected):
        # repr tells 0.0 from -0.0 and 1 from 1.0.
        differing = [(name, got.get(name), value) for name, value in row.items() if repr(got.get(name)) != repr(value)]
        assert got.keys() == row.keys() and not differing, (what, row, differing)
    print(what, len(found), "rows")


def parquet(folder):
    import duckdb as engine
    import pandas

    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}

    def types(name):
        return {field["name"]: field["type"] for field in resources[name]["schema"]["fields"]}

    def both(name):
        path, fields = str(folder / f"{name}.parquet"), types(f"{name}-parquet")
        relation = engine.sql(f"SELECT * FROM read_parquet('{path}')")
        assert dict(zip(relation.columns, map(str, relation.types))) == {key: TYPES[kind] for key, kind in fields.items()}
        rows = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
        # Nullable columns, so that a missing whole number does not make the others fractions.
        frame = pandas.read_parquet(path, dtype_backend="numpy_nullable")
        return {"DuckDB": rows, "pandas": records(frame)}

    fields = types("runs")
    runs = cells(folder / "runs.csv", fields)
    kinds = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}
    frame = pandas.read_csv(
        folder / "runs.csv",
        dtype={name: kinds[kind] for name, kind in fields.items()},
        keep_default_na=False,
        na_values=[""],
    )
    same("runs.csv in pandas:", records(frame), runs)
    for reader, rows in both("runs").items():
        same(f"runs.parquet in {reader}:", rows, runs)
    kept = both("trajectories")
    columns = types("trajectories-parquet")
    expected = []
    for run, variant in dict.fromkeys((row["run"], row["variant"]) for row in kept["DuckDB"]):
        alone = cells(folder.parent / f"{variant}-{run}" / "trajectory.csv", columns)
        expected += [{"run": run, "variant": variant} | row for row in alone]
    for reader, rows in kept.items():
        same(f"trajectories.parquet in {reader}:", rows, expected)
    return True


def export(folder):
    """The workbook and the CSV with decimal commas beside the tables hold their values, and say what the columns mean."""
    import openpyxl

    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {}
    for resource in package["resources"]:
        if "schema" in resource and "/" not in resource["path"]:
            stem = resource["path"].rsplit(".", 1)[0]
            if stem not in tables or resource["path"].endswith(".csv"):
                tables[stem] = resource
    book = openpyxl.load_workbook(folder / f"{folder.name}.xlsx")
    assert set(tables) <= set(book.sheetnames), (list(tables), book.sheetnames)
    for stem, resource in tables.items():
        if not resource["path"].endswith(".csv"):
            continue
        fields = resource["schema"]["fields"]
        with open(folder / resource["path"], encoding="utf-8", newline="") as text:
            lines = list(csv.reader(text))[1:]
        expected = [[parsed(field["type"], cell) for field, cell in zip(fields, line)] for line in lines]
        sheet = book[stem]
        assert sheet.freeze_panes == "A2", stem
        for cell, field in zip(sheet[1], fields):
            assert cell.value == field["name"] and cell.font.bold, (stem, cell.value)
            assert field["description"] in cell.comment.text and field.get("unit", "") in cell.comment.text, cell.comment
        found = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert len(found) == len(expected), (stem, len(found), len(expected))
        for got, row in zip(found, expected):
            for value, wanted in zip(got, row):
                same_kind = isinstance(value, bool) == isinstance(wanted, bool) and isinstance(value, str) == isinstance(wanted, str)
                assert value == wanted and same_kind, (stem, got, row)
        with open(folder / f"{stem}.csv2.csv", encoding="utf-8-sig", newline="") as text:
            found = list(csv.reader(text, delimiter=";"))
        assert found[0] == [field["name"] for field in fields], stem
        for got, row in zip(found[1:], expected, strict=True):
            cells = [cell.replace(",", ".") if field["type"] == "number" else cell for field, cell in zip(fields, got)]
            assert [parsed(field["type"], cell) for field, cell in zip(fields, cells)] == row, (stem, got, row)
        print(stem, len(expected), "rows")
    return True


if __name__ == "__main__":
    ok = {"validate": validate, "duckdb": duckdb, "export": export, "parquet": parquet}[sys.argv[1]](pathlib.Path(sys.argv[2]))
    sys.exit(0 if ok else 1)
