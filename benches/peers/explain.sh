#!/usr/bin/env bash
# Which key matters, beside SALib: see README.md.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
venv=target/peers/venv
mkdir -p target/peers
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check SALib -c benches/peers/requirements.txt
exec "$venv/bin/python" benches/peers/explain.py "$@"
