"""Runs catchup's bench and all peers in turns and prints one table; compare.sh calls it in the environment it needs."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "peers"
# Each peer's script and its runs in a round: about a second's worth.
PEERS = {"scipy_dop853.py": 400, "heyoka_batch.py": 10_000, "numbalsoda_dop853.py": 10_000}
REFERENCE = "catchup exact"


def catchup(rounds):
    """One round of everything in Rust; leaves the draws for the peers."""
    options = ["--quick", "--rounds", str(rounds), "--draws", WORK / "w1.bin", "--json", WORK / "rust.json"]
    subprocess.run(["cargo", "bench", "--quiet", "--bench", "sweep", "--", *options], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return json.loads((WORK / "rust.json").read_text())


def peer(script, runs):
    """One round of a peer, on one thread; None where it cannot run."""
    one = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}
    line = [sys.executable, "-B", HERE / script, WORK / "w1.bin", str(runs)]
    ran = subprocess.run(line, env={**os.environ, **one}, capture_output=True, text=True)
    if ran.returncode != 0:
        why = ran.stderr.strip().splitlines() or ["no reason given"]
        print(f"{script} is left out: {why[-1]}", file=sys.stderr)
        return None
    return json.loads(ran.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each takes its turn [5]")
    rounds = parser.parse_args().rounds
    WORK.mkdir(parents=True, exist_ok=True)
    peers = dict(PEERS)
    figures, ratios = {}, {}
    for _ in range(rounds):
        found = catchup(5)
        for script, runs in list(peers.items()):
            figure = peer(script, runs)
            if figure is None:
                del peers[script]
            else:
                found.append(figure)
        own = next(figure["runs_per_second"] for figure in found if figure["name"] == REFERENCE)
        for figure in found:
            figures.setdefault(figure["name"], []).append(figure)
            ratios.setdefault(figure["name"], []).append(own / figure["runs_per_second"])

    print(f"W1, one core, median of {rounds} rounds")
    print(f"{'':<36} {'runs/s':>11} {'error':>10} {REFERENCE + ' is':>18}")
    rows = [(statistics.median(figure["runs_per_second"] for figure in of), name) for name, of in figures.items()]
    for rate, name in sorted(rows):
        error = max(figure["error"] for figure in figures[name])
        times = statistics.median(ratios[name])
        note = sum(figure.get("dates_off", 0) for figure in figures[name])
        said = f"{times:,.0f}" if times >= 100 else f"{times:.3g}"
        print(f"{name:<36} {rate:>11,.0f} {error:>10.1e} {said:>11} times" + (f"  ({note} dates off)" if note else ""))


main()
