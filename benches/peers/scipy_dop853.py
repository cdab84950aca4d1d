"""scipy: DOP853 through solve_ivp, one run at a time."""

import numpy as np
from scipy.integrate import solve_ivp

from w1 import ATOL, DATES, PERIODS, RTOL, main, summary


def prepare(draws):
    def path(run):
        x, learning = float(draws.x[run]), float(draws.learning[run])
        beta, z_0 = float(draws.beta[run]), float(draws.z_0[run])

        def motion(_, state):
            r_1, r_2, p_1, p_2 = state.tolist()
            return [x * r_1, x * r_2, p_1 * (learning + beta * (1 - p_1 / r_1)), p_2 * (beta * (1 - p_2 / r_2))]

        start = [1.0, 1.0, z_0, z_0]
        solved = solve_ivp(motion, (0, PERIODS), start, method="DOP853", t_eval=DATES, rtol=RTOL, atol=ATOL)
        assert solved.success, solved.message
        return solved.y

    def solve(runs):
        return np.concatenate([summary(draws.gaps(path(run)[None], slice(run, run + 1))) for run in range(runs)])

    return solve


main("scipy DOP853 (solve_ivp)", prepare)
