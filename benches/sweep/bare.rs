//! A bare loop over `ode_solvers`: the four productivities of W1 as one system, dense output at the yearly dates, the
//! summary of the peers.

use crate::limit::Summary;
use crate::w1::{Draw, PERIODS};
use nalgebra::SVector;
use ode_solvers::{Dopri5, System};

/// Z_1R, Z_2R, Z_1P, Z_2P.
type State = SVector<f64, 4>;

struct Region {
    x: f64,
    /// x where P has its cluster in sector 1, else 0.
    learning_1P: f64,
    beta: f64,
}

impl System<f64, State> for Region {
    fn system(&self, _: f64, Z: &State, dZ: &mut State) {
        dZ[0] = self.x * Z[0];
        dZ[1] = self.x * Z[1];
        dZ[2] = Z[2] * (self.learning_1P + self.beta * (1.0 - Z[2] / Z[0]));
        dZ[3] = Z[3] * (self.beta * (1.0 - Z[3] / Z[1]));
    }
}

pub fn dopri5(draw: &Draw, rtol: f64, atol: f64) -> Summary {
    let region = Region { x: draw.x, learning_1P: draw.x - draw.d()[0], beta: draw.beta };
    let start = State::new(1.0, 1.0, draw.z_0, draw.z_0);
    // One year past the end: the last point of its dense output is wrong.
    let mut solver = Dopri5::new(region, 0.0, (PERIODS + 1) as f64, 1.0, start, rtol, atol);
    solver.integrate().expect("W1 is not stiff");
    let earnings = draw.earnings();
    let mut gaps = [0.0_f64; PERIODS + 1];
    let mut least = f64::INFINITY;
    for (gap, Z) in gaps.iter_mut().zip(solver.y_out()) {
        *gap = 1.0 / (earnings[0] * Z[2] / Z[0]).max(earnings[1] * Z[3] / Z[1]);
        least = least.min(*gap);
    }
    let last = gaps[PERIODS];
    let first_near = gaps.iter().position(|gap| (gap - last).abs() <= 0.05 * last).unwrap_or(PERIODS);
    Summary { last, least, first_near }
}
