"""numbalsoda: dop853, right-hand side and loop over the runs compiled by numba."""

import numba
import numpy as np
from numbalsoda import dop853, lsoda_sig

from w1 import ATOL, DATES, RTOL, main


@numba.cfunc(lsoda_sig)
def motion(_, state, change, parameters):
    x, learning, beta = parameters[0], parameters[1], parameters[2]
    change[0] = x * state[0]
    change[1] = x * state[1]
    change[2] = state[2] * (learning + beta * (1 - state[2] / state[0]))
    change[3] = state[3] * (beta * (1 - state[3] / state[1]))


ADDRESS = motion.address


@numba.njit(boundscheck=False)
def ensemble(parameters, z_0, first, second, dates, summaries):
    gaps = np.empty(dates.size)
    for run in range(summaries.shape[0]):
        start = np.array([1.0, 1.0, z_0[run], z_0[run]])
        states, success = dop853(ADDRESS, start, dates, parameters[run], rtol=RTOL, atol=ATOL)
        if not success:
            raise RuntimeError("dop853 gave up")
        least = np.inf
        for date in range(dates.size):
            v_1 = first[run] * states[date, 2] / states[date, 0]
            v_2 = second[run] * states[date, 3] / states[date, 1]
            gaps[date] = 1 / max(v_1, v_2)
            least = min(least, gaps[date])
        last, near = gaps[-1], 0
        while abs(gaps[near] - last) > 0.05 * last:
            near += 1
        summaries[run, 0], summaries[run, 1], summaries[run, 2] = last, least, near


def prepare(draws):
    parameters = np.column_stack([draws.x, draws.learning, draws.beta])

    def solve(runs):
        summaries = np.empty((runs, 3))
        ensemble(parameters, draws.z_0, draws.first, draws.second, DATES, summaries)
        return summaries

    return solve


main("numbalsoda dop853", prepare)
