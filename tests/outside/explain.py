"""What others compute of the same table of draws.

cases DIR   writes DIR/cases.csv: the 882 cases of Bryant and Lempert (2010), as they come with ema_workbench
boxes DIR   compares DIR/boxes.json with what the EMA Workbench finds in DIR/cases.csv
choice DIR  compares DIR/choice.json with what pandas computes from DIR/runs.csv
tables DIR  compares the tables in DIR/explained with what pandas computes from DIR/runs.parquet
"""

import json
import sys
import warnings
from math import isclose, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

TIE = 1e-9
folder = Path(sys.argv[2])


def near(found, known, what):
    assert isclose(found, known, rel_tol=1e-10, abs_tol=1e-12), f"{what}: {found!r}, but {known!r}"


def cases():
    import ema_workbench

    data = pd.read_csv(Path(ema_workbench.__file__).parent / "examples/data/bryant et al 2010 data.csv", index_col=False)
    assert len(data) == 882
    # Nine uncertainties, and whether the cost is in its highest tenth.
    table = data.iloc[:, 2:11].copy()
    table["holds"] = data.iloc[:, 15]
    table.to_csv(folder / "cases.csv", index=False)


def boxes():
    from ema_workbench.analysis import prim

    table = pd.read_csv(folder / "cases.csv", float_precision="round_trip")
    told = json.loads((folder / "boxes.json").read_text())
    keys, holds = table[told["names"]], table["holds"].to_numpy()
    # Every hit is a case of interest, and no box too sparse.
    search = prim.Prim(keys, holds, threshold=1e-9, peel_alpha=told["peeling"])
    levels = {name: sorted(keys[name].unique()) for name in keys.select_dtypes(exclude=np.number)}
    for course in told["courses"]:
        box = search.find_box()
        trajectory = box.peeling_trajectory
        assert len(course) == len(trajectory), f"{len(course)} steps, but {len(trajectory)}"
        for i, step in enumerate(course):
            row = trajectory.loc[i]
            assert (step["cases"], step["hits"], step["restricted"]) == (row.n, row.k, row.res_dim), f"step {i}: {step}"
            for ours, theirs in [("coverage", "coverage"), ("density", "density"), ("density", "mean"), ("mass", "mass")]:
                near(step[ours], row[theirs], f"step {i}: {theirs}")
            for name, limit in zip(told["names"], step["limits"]):
                ends, all_ends = box.box_lims[i][name], search.box_init[name]
                quasi_p = [p if p >= 0 else None for p in box.qp[i].get(name, [-1, -1])]
                for ours, theirs in zip(limit["quasi_p"], quasi_p):
                    assert (ours is None) == (theirs is None), f"step {i}, {name}: {limit}, but {quasi_p}"
                    if theirs is not None:
                        near(ours, theirs, f"step {i}, {name}: quasi-p value")
                if name in levels:
                    inside = [level in ends[0] for level in levels[name]]
                    assert limit["levels"] == inside, f"step {i}, {name}: {limit}, but {inside}"
                    continue
                for ours, theirs, end in zip(limit["ends"], ends, all_ends):
                    assert (end if ours is None else ours) == theirs, f"step {i}, {name}: {limit}, but {theirs}"


def wilson(part, n):
    z = 1.959963984540054
    p = part / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = [(middle + side * half) / (1 + z * z / n) for side in (-1, 1)]
    return [p, 0 if part == 0 else low, 1 if part == n else high, sqrt(p * (1 - p) / n)]


def mean(of, to=lambda x: x, slope=lambda x: 1):
    value, error = of.mean(), of.std(ddof=1) / sqrt(len(of))
    half = stats.t.ppf(0.975, len(of) - 1) * error
    return [to(value), to(value - half), to(value + half), error * slope(value)]


def same(found, known, what):
    for i, (ours, theirs) in enumerate(zip(found, known, strict=True)):
        near(ours, theirs, f"{what}, {['value', 'low', 'high', 'error'][i]}")


def worths(runs, against):
    """Of the draws in which every variant can be compared."""
    gains = runs.pivot(index="run", columns="variant", values="equivalent_variation")
    worth = pd.DataFrame(index=gains.index)
    for name, base in against.items():
        worth[name] = (1.0 if base == name else worth[base]) * (1 + gains[name])
    return worth[np.isfinite(worth).all(axis=1) & (worth > 0).all(axis=1)]


def check(told, worth, against):
    names, n = list(against), len(worth)
    log = np.log(worth)
    best = worth.max(axis=1)
    regret = worth.rdiv(best, axis=0) - 1
    held = (regret <= TIE).to_numpy()
    for name, found in zip(names, told["variants"], strict=True):
        same(found["best"], wilson((regret[name] <= TIE).sum(), n), f"{name}: best")
        if against[name] == name:
            assert found["better"] is None
        else:
            better = (worth[name] / worth[against[name]] - 1 > TIE).sum()
            same(found["better"], wilson(better, n), f"{name}: better")
        same(found["expected"], mean(log[name], np.expm1, np.exp), f"{name}: expected")
        near(found["worst"], worth[name].min() - 1, f"{name}: worst")
        same(found["regret"], mean(regret[name]), f"{name}: regret")
        near(found["worst_regret"], regret[name].max(), f"{name}: worst regret")
        value, low, high, _ = found["regret_90"]
        near(value, regret[name].quantile(0.9), f"{name}: 90th percentile")
        # Where the binomial distribution is all but normal, the two ranks are known to within one.
        ranks = [0.9 * n + side * 1.959963984540054 * sqrt(n * 0.09) for side in (-1, 1)]
        ordered = np.sort(regret[name])
        for end, rank in zip((low, high), ranks):
            assert ordered[int(rank) - 2] <= end <= ordered[int(rank) + 2], f"{name}: {end} beside rank {rank}"
    for pair in told["pairs"]:
        v, u = pair["of"]
        same(pair["better"], wilson((worth[v] / worth[u] - 1 > TIE).sum(), n), f"{v} over {u}")
        same(pair["worse"], wilson((worth[u] / worth[v] - 1 > TIE).sum(), n), f"{u} over {v}")
        same(pair["ahead"], mean(log[v] - log[u], np.expm1, np.exp), f"{v} ahead of {u}")
    expected = log.mean()
    same(told["perfect"], mean(np.log(best) - log[expected.idxmax()], np.expm1, np.exp), "perfect information")
    # The fewest variants that hold a best one in every draw.
    sets = [[v for v in range(len(names)) if chosen >> v & 1] for chosen in range(1, 1 << len(names))]
    least = min(len(of) for of in sets if held[:, of].any(axis=1).all())
    smallest = [names.index(name) for name in told["smallest"]]
    assert len(smallest) == least and held[:, smallest].any(axis=1).all(), told["smallest"]
    levels = np.unique(worth.to_numpy())
    beaten = [set(), set()]
    for (v, u), (first, second, excess, shortfall) in told["over"].items():
        mine, theirs = np.sort(worth[v]), np.sort(worth[u])
        # Levels nearer to each other than a tie are one.
        below = [np.searchsorted(of, levels * (1 + TIE), side="right") / n for of in (mine, theirs)]
        apart = below[0] - below[1]
        assert first == bool((apart <= 0).all() and (apart < 0).any()), f"{v} over {u}"
        near(excess, max(apart.max(), 0), f"{v} over {u}: excess")
        lead = np.cumsum(mine - theirs)
        assert second == bool((lead >= -1e-7).all() and (lead > 1e-7).any()), f"{v} over {u}, second order"
        if shortfall is not None:
            assert abs(shortfall - max(-lead.min() / n, 0)) < 1e-9, f"{v} over {u}: shortfall"
        beaten[0] |= {u} if first else set()
        beaten[1] |= {u} if second else set()
    for found, out in zip(told["undominated"], beaten, strict=True):
        assert found == [name for name in names if name not in out]
    return log, expected, regret


def one_key(log, classes):
    """What knowing the class of each draw is worth."""
    of_class = log.groupby(classes).sum().max(axis=1).sum() - log[classes.notna()].sum().max()
    return np.expm1(of_class / classes.notna().sum())


def choice():
    told = json.loads((folder / "choice.json").read_text())
    runs = pd.read_csv(folder / "runs.csv", float_precision="round_trip")
    against = dict(zip(runs.variant, runs.against))
    names, worth = list(against), worths(runs, against)
    assert (told["draws"], told["left_out"]) == (runs.run.nunique(), runs.run.nunique() - len(worth))
    assert 0 < told["left_out"] < len(worth) / 10
    for pair in told["pairs"]:
        pair["of"] = [names[i] for i in pair["of"]]
    told["smallest"] = [names[i] for i in told["smallest"]]
    told["undominated"] = [[names[i] for i in of] for of in told["undominated"]]
    over = enumerate(told["over"])
    told["over"] = {(names[v], names[u]): of for v, row in over for u, of in enumerate(row)}
    log, expected, regret = check(told, worth, against)
    assert names[told["expected"]] == expected.idxmax()
    assert names[told["maximin"]] == worth.min().idxmax()
    assert names[told["least_regret"]] == regret.max().idxmin()
    near(told["key"][0], one_key(log, runs.groupby("run").key.first()[worth.index]), "one key")
    value, low, high, _ = told["key"]
    # The choice of each class is the same whichever draws make it: the two differ by rounding at most.
    assert value + 1e-12 >= told["cautious"] > 0 and low < value < high, told


def tables():
    """The same from the tables that the command leaves beside runs.parquet."""
    runs = pd.read_parquet(folder / "runs.parquet")
    variants, pairs, known = (pd.read_csv(folder / f"explained/{name}.csv", float_precision="round_trip") for name in ("variants", "pairs", "information"))
    against = dict(zip(variants.variant, variants.baseline))
    worth = worths(runs, against)
    assert (variants.draws == len(worth)).all() and len(worth) > 100

    def estimate(row, name):
        found = [row[name + end] for end in ("", "_low", "_high", "_error")]
        return None if np.isnan(found[0]) else found

    told = {"variants": [], "pairs": [], "over": {}}
    for _, row in variants.iterrows():
        found = {name: estimate(row, name) for name in ("best", "better", "expected", "regret")}
        told["variants"].append(found | {"worst": row.worst, "regret_90": estimate(row, "regret_p90"), "worst_regret": row.regret_max})
    for _, row in pairs.iterrows():
        of = [row.variant, row.other]
        told["pairs"].append({"of": of} | {name: estimate(row, name) for name in ("better", "worse", "ahead")})
        for (v, u), excess in ((of, row.excess), (of[::-1], row.excess_other)):
            told["over"][v, u] = [row.first_order == v, row.second_order == v, excess, None]
        near(row.noise, sqrt(np.log(20) / len(worth)), "noise")
    told["smallest"] = list(variants.variant[variants.needed])
    told["undominated"] = [list(variants.variant[variants[f"undominated_{order}"]]) for order in ("first", "second")]
    told["perfect"] = estimate(known.iloc[0], "value")
    log, _, _ = check(told, worth, against)
    # Equally filled classes: √n/2 of them.
    drawn = runs.groupby("run").first()
    n = len(drawn)
    most = min(max(int(sqrt(n)) // 2, 4), 128)
    rows = known.iloc[1:]
    assert len(rows) > 1
    for _, row in rows.iterrows():
        place = drawn[row.key].rank(method="first") - 1
        assert drawn[row.key].is_unique and row.classes == most
        near(row.value, one_key(log, (place * most // n)[worth.index]), f"{row.key}: knowing it")
        assert row.cautious <= row.value


warnings.filterwarnings("ignore")
{"cases": cases, "boxes": boxes, "choice": choice, "tables": tables}[sys.argv[1]]()
