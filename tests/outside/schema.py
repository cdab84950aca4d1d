"""Holds TOML files against a JSON Schema: for each a line "valid NAME", "invalid NAME: why" or "no-toml NAME".

usage: schema.py SCHEMA FILE…
"""

import json
import pathlib
import sys
import tomllib

import jsonschema


def main(schema, *files):
    schema = json.loads(pathlib.Path(schema).read_text(encoding="utf-8"))
    # Editors read it as draft 7, others as what it says it is: both must find the same.
    validators = []
    for draft in (jsonschema.Draft202012Validator, jsonschema.Draft7Validator):
        draft.check_schema({key: value for key, value in schema.items() if key != "$schema"})
        validators.append(draft(schema))
    for file in map(pathlib.Path, files):
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            print("no-toml", file.name)
            continue
        found = [next(iter(validator.iter_errors(content)), None) for validator in validators]
        assert (found[0] is None) == (found[1] is None), (file, found)
        if found[0] is None:
            print("valid", file.name)
        else:
            where = ".".join(map(str, found[0].absolute_path))
            print(f"invalid {file.name}: {where}: {found[0].message[:100]}")


main(*sys.argv[1:])
