"""What the peers share: the draws of workload W1, the closed form they are checked against, and how they report.

The draws come from one generator, `cargo bench --bench sweep -- --draws FILE`: x, beta, z(0), lambda_1, lambda_2, y_1P, y_2P.
States are Z_1R, Z_2R, Z_1P, Z_2P at the dates t = 0, 1, ..., 200.
"""

import json
import resource
import sys

import numpy as np

PERIODS = 200
DATES = np.arange(PERIODS + 1.0)
RTOL, ATOL = 1e-8, 1e-10


class Draws:
    """Draws, and per run what follows from them: whether the promoted cluster is an equilibrium, and what sectors earn."""

    def __init__(self, file):
        numbers = np.fromfile(file, dtype="<f8").reshape(-1, 7)
        self.x, self.beta, self.z_0, lambda_1, lambda_2, y_1P, y_2P = numbers.T
        isolated = np.maximum(y_1P / lambda_1, y_2P / lambda_2)
        clustered = y_1P >= isolated
        # Growth of Z_1P beside catch-up.
        self.learning = np.where(clustered, self.x, 0.0)
        # w_P = max(first z_1, second z_2).
        self.first = np.where(clustered, y_1P, y_1P / lambda_1)
        self.second = y_2P / lambda_2

    def __len__(self):
        return len(self.x)

    def gaps(self, states, runs):
        """Income gaps at all dates of `runs` (a slice), from states of shape (runs, 4, dates)."""
        z_1, z_2 = states[:, 2] / states[:, 0], states[:, 3] / states[:, 1]
        return 1 / np.maximum(self.first[runs, None] * z_1, self.second[runs, None] * z_2)

    def reference(self, count):
        """The same from the closed form, in extended precision, for the first `count` runs."""
        def column(values):
            return values[:count, None].astype(np.longdouble)

        def z(d):
            k = column(self.beta) - d
            return k / (column(self.beta) + (k / column(self.z_0) - column(self.beta)) * np.exp(-k * DATES))

        z_1, z_2 = z(column(self.x) - column(self.learning)), z(column(self.x))
        return 1 / np.maximum(column(self.first) * z_1, column(self.second) * z_2)


def summary(gaps):
    """Last and least gap, and the first date at which it is within 5 % of the last; gaps of shape (runs, dates)."""
    last = gaps[:, -1:]
    first_near = np.argmax(np.abs(gaps - last) <= 0.05 * last, axis=1)
    return np.column_stack([last[:, 0], gaps.min(axis=1), first_near])


def main(name, prepare):
    """PEER.py DRAWS RUNS: prints the peer's speed and error as JSON.

    `prepare(draws)` compiles and gives a function from a number of runs to their summaries, an array of shape (runs, 3).
    """
    draws, runs = Draws(sys.argv[1]), int(sys.argv[2])
    if not 0 < runs <= len(draws):
        sys.exit(f"RUNS is between 1 and {len(draws)}")
    solve = prepare(draws)
    solve(min(runs, 16))  # whatever the first call still compiles
    start = cpu_seconds()
    summaries = solve(runs)
    seconds = cpu_seconds() - start
    expected = summary(draws.reference(runs))
    error = np.abs(summaries[:, :2] / expected[:, :2] - 1).max()
    dates_off = int((summaries[:, 2] != expected[:, 2]).sum())
    report = {"name": name, "runs_per_second": runs / seconds, "error": float(error), "dates_off": dates_off}
    print(json.dumps(report))


def cpu_seconds():
    """Seconds of this process on all its threads: a peer that uses several cores gains nothing by it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
