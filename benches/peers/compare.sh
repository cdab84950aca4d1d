#!/usr/bin/env bash
# Runs catchup and its peers on one workload, in turns, and prints one table: see README.md.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
venv=target/peers/venv
mkdir -p target/peers
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
# One by one: where one peer cannot be installed the others still run.
while read -r package; do
  "$venv/bin/pip" install --quiet --disable-pip-version-check "$package" -c benches/peers/requirements.txt >target/peers/pip.log 2>&1 ||
    echo "$package cannot be installed: target/peers/pip.log" >&2
done < <(grep '^[a-z]' benches/peers/requirements.txt)
exec "$venv/bin/python" benches/peers/compare.py "$@"
