"""Samples of a known function with their indices by SALib, as JSON: read by indices.rs."""

import json

import numpy as np
from SALib.analyze import morris, pawn, sobol
from SALib.sample import latin
from SALib.sample import morris as trajectories
from SALib.sample import sobol as crossings
from SALib.test_functions import Ishigami

PROBLEM = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
LEVELS = 4
SLIDES = 10


def of_crossings(second_order):
    x = crossings.sample(PROBLEM, 1024, calc_second_order=second_order, seed=7)
    y = Ishigami.evaluate(x)
    found = sobol.analyze(PROBLEM, y, calc_second_order=second_order, num_resamples=2000, seed=7)
    second = [found["S2"][i, j] for i in range(3) for j in range(i + 1, 3)] if second_order else []
    conf = {"first_conf": list(found["S1_conf"]), "total_conf": list(found["ST_conf"])}
    return {"y": list(y), "first": list(found["S1"]), "total": list(found["ST"]), "second": second, **conf}


def of_trajectories():
    x = trajectories.sample(PROBLEM, 60, num_levels=LEVELS, seed=7)
    y = Ishigami.evaluate(x)
    found = morris.analyze(PROBLEM, x, y, num_levels=LEVELS, seed=7)
    effects = {name: [float(value) for value in found[name]] for name in ("mu", "mu_star", "sigma")}
    return {"x": x.T.tolist(), "y": list(y), "step": LEVELS / (2 * (LEVELS - 1)), **effects}


def of_any():
    x = latin.sample(PROBLEM, 4096, seed=7)
    y = Ishigami.evaluate(x)
    found = pawn.analyze(PROBLEM, x, y, S=SLIDES)
    # SALib's own classes: the row of the largest value is in none.
    codes = []
    for column in x.T:
        bounds = np.nanquantile(column, np.arange(0, 1 + 1 / SLIDES, 1 / SLIDES))
        code = np.searchsorted(bounds, column, side="right") - 1
        codes.append([int(c) if c < SLIDES else None for c in code])
    return {"y": list(y), "codes": codes, "median": list(found["median"]), "maximum": list(found["maximum"])}


print(
    json.dumps(
        {
            "first_order": of_crossings(False),
            "second_order": of_crossings(True),
            "trajectories": of_trajectories(),
            "any": of_any(),
        }
    )
)
