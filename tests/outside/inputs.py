"""Writes a table of draws and prices as pandas does, in several manners, into the folder given; says nothing."""

import sys
from pathlib import Path

import pandas as pd

folder = Path(sys.argv[1])
table = pd.DataFrame(
    {
        "catch_up.beta": [0.03, 0.045, None],
        "name": ["Ærø", "one, two", "x; y"],
        "poor.tau": [0.5, 2.0, 1.25],
    }
)
prices = pd.DataFrame({"year": [2025, 2030, 2040], "textiles": [1.0, 1.25, 0.8], "note": ["a", None, "c"]})
manners = {
    "plain": {"index": False},
    "index": {},
    "semicolons": {"index": False, "sep": ";", "decimal": ",", "encoding": "utf-8-sig", "lineterminator": "\r\n"},
    "tabs": {"index": False, "sep": "\t"},
    "missing": {"index": False, "na_rep": "NaN"},
}
for name, how in manners.items():
    table.to_csv(folder / f"{name}-table.csv", **how)
    prices.to_csv(folder / f"{name}-prices.csv", **how)
