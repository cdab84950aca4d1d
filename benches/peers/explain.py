"""Which key matters, beside SALib, on the same draws: seconds and peak memory; explain.sh calls it in the environment it needs."""

import json
import os
import pathlib
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "target" / "peers"
KEYS, MEASURES = 5, 12


def salib(draws):
    """PAWN of every key for one measure, without intervals: the one of SALib's analyses that takes any design and ends at this size."""
    import numpy as np
    from SALib.analyze import pawn

    columns = np.memmap(WORK / "explain.bin", dtype="<f8", mode="r", shape=(KEYS + MEASURES, draws))
    problem = {"num_vars": KEYS, "names": [f"x{i}" for i in range(KEYS)], "bounds": [[0, 1]] * KEYS}
    x, y = np.ascontiguousarray(columns[:KEYS].T), np.array(columns[KEYS])
    start = time.process_time()
    pawn.analyze(problem, x, y)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    print(json.dumps({"seconds": seconds, "memory": memory}))


def main():
    options = ["--threads", "1", "--columns", WORK / "explain.bin", "--json", WORK / "explain.json"]
    subprocess.run(["cargo", "bench", "--quiet", "--bench", "explain", "--", *options], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    own = json.loads((WORK / "explain.json").read_text())
    one = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    line = [sys.executable, "-B", __file__, "salib", str(own["draws"])]
    peer = json.loads(subprocess.run(line, env={**os.environ, **one}, check=True, capture_output=True, text=True).stdout)
    seconds = own["seconds"] / MEASURES
    print(f"{own['draws']:,} draws of {KEYS} keys, one measure, one core")
    print(f"{'':<66} {'s':>7} {'MB':>6}")
    print(f"{'catchup: first order, Shapley, δ and PAWN with intervals':<66} {seconds:>7.3f} {own['memory'] >> 20:>6}")
    print(f"{'SALib: PAWN':<66} {peer['seconds']:>7.3f} {peer['memory'] >> 20:>6}")
    print(f"catchup takes 1/{peer['seconds'] / seconds:.0f} of the time; its memory is that of all {KEYS + MEASURES} columns, SALib's of all too")


if sys.argv[1:2] == ["salib"]:
    salib(int(sys.argv[2]))
else:
    main()
