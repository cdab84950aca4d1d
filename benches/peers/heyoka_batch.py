"""heyoka: Taylor integrator, 8 runs in step."""

import heyoka as hy
import numpy as np

from w1 import DATES, RTOL, main, summary

LANES = 8  # RUNS is at least this
# Summaries are made of this many batches at once, so that numpy's fixed cost does not count.
BATCHES = 100


def prepare(draws):
    r_1, r_2, p_1, p_2 = hy.make_vars("r_1", "r_2", "p_1", "p_2")
    x, learning, beta = hy.par[0], hy.par[1], hy.par[2]
    system = [
        (r_1, x * r_1),
        (r_2, x * r_2),
        (p_1, p_1 * (learning + beta * (1.0 - p_1 / r_1))),
        (p_2, p_2 * (beta * (1.0 - p_2 / r_2))),
    ]
    integrator = hy.taylor_adaptive_batch(system, np.ones((4, LANES)), pars=np.full((3, LANES), 0.05), tol=RTOL)
    dates = np.repeat(DATES[:, None], LANES, axis=1)

    def batch(runs):
        integrator.set_time(0.0)
        integrator.state[:2] = 1.0
        integrator.state[2:] = draws.z_0[runs]
        integrator.pars[0] = draws.x[runs]
        integrator.pars[1] = draws.learning[runs]
        integrator.pars[2] = draws.beta[runs]
        solved = integrator.propagate_grid(dates)
        states = solved[1] if isinstance(solved, tuple) else solved
        return states.transpose(2, 1, 0)

    def solve(runs):
        summaries = []
        whole = runs - runs % LANES
        for low in range(0, whole, LANES * BATCHES):
            high = min(low + LANES * BATCHES, whole)
            states = np.concatenate([batch(slice(run, run + LANES)) for run in range(low, high, LANES)])
            summaries.append(summary(draws.gaps(states, slice(low, high))))
        if whole < runs:
            # The last few, with runs before them to fill the lanes.
            states = batch(slice(runs - LANES, runs))
            summaries.append(summary(draws.gaps(states, slice(runs - LANES, runs)))[whole - runs :])
        return np.concatenate(summaries)

    return solve


main("heyoka, batch of 8", prepare)
