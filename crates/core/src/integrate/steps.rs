//! Variables followed by adaptive steps, one or two at a time; the only importer of `ode_solvers`. Between steps their
//! values are those of the polynomial of degree five that has the right value, slope and curvature at both ends: the
//! equation gives all three, and the polynomial is as good as the steps themselves.

use super::Reason;
use super::real::Real;
use crate::column::Col;
use nalgebra::SVector;
use ode_solvers::dop_shared::IntegrationError;
use ode_solvers::{Dopri5, OutputType, System};
use std::ops::{Add, Mul};

/// dy/dx as a function of x and y.
pub(super) trait Rate {
    fn rate(&self, x: f64, y: f64) -> f64;
}

/// dy/dx as a function of y alone, and its derivative.
pub(super) trait Flow: Rate {
    fn slope(&self, y: f64) -> f64;
}

/// Where an integration ended too early, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// x there.
    pub after: f64,
    pub reason: Reason,
}

/// The share of the tolerances that a step may use: the library bounds the mean of the squared errors of two variables,
/// so that one of them may take √2 times as much.
const STEP_SHARE: f64 = 0.7;

/// Steps after which an integration gives up: a second's work or two.
pub(super) const STEP_LIMIT: u32 = 2_000_000;

/// Points between steps that are computed at once.
const LANES: usize = 8;

/// y at x = `length`, from y = `start` at x = 0; relative and absolute tolerance.
pub(super) fn arrive(rate: &impl Rate, length: f64, start: f64, tolerances: [f64; 2]) -> Result<f64, Stop> {
    let (stepper, outcome) = walk([rate], length, [start], tolerances, STEP_LIMIT);
    // The last accepted step ends there.
    outcome.map(|()| stepper.y_out().last().map_or(f64::NAN, |y| y[0].0))
}

/// y along a way whose steps are kept, to be asked for at any x of it.
#[derive(Debug, Clone)]
pub(super) struct Trail {
    /// The ends of the steps, from x = 0 on.
    ends: Vec<End>,
}

impl Trail {
    /// A trail that begins with y = `start` at x = 0.
    pub fn new(flow: &impl Flow, start: f64) -> Self {
        Self { ends: vec![End::new(flow, 0.0, start)] }
    }

    /// How far it leads, and y there.
    pub fn end(&self) -> (f64, f64) {
        self.ends.last().map_or((0.0, f64::NAN), |end| (end.x, end.y))
    }

    /// Goes on by `length`.
    pub fn extend<F: Flow>(&mut self, flow: &F, length: f64, tolerances: [f64; 2]) -> Result<(), Stop> {
        let (so_far, start) = self.end();
        let (stepper, outcome) = walk([flow], length, [start], tolerances, STEP_LIMIT);
        let steps = stepper.x_out().iter().zip(stepper.y_out()).skip(1);
        self.ends.extend(steps.map(|(&Real(x), y)| End::new(flow, so_far + x, y[0].0)));
        outcome.map_err(|stop| Stop { after: so_far + stop.after, ..stop })
    }

    /// y at an x that it has come to.
    pub fn at(&self, x: f64) -> f64 {
        let right = self.ends.partition_point(|end| end.x < x).clamp(1, self.ends.len().max(2) - 1);
        match self.ends.get(right - 1..=right) {
            Some([left, right]) => Quintic::between(left, right).at(x),
            _ => self.end().1,
        }
    }
}

/// What [`sample`] did.
pub(super) struct Sampled {
    /// How many points there are.
    pub found: usize,
    /// Steps that it took.
    pub steps: u32,
    /// Why there are no more.
    pub outcome: Result<(), Stop>,
}

/// `finish` of each y at x = 1, 2, … `wanted`, from y = `start` at x = 0, written to the front of its `points`, which have
/// room for seven more, in `limit` steps at most.
#[inline(always)]
pub(super) fn sample<F: Flow, const N: usize>(
    flows: [&F; N],
    start: [f64; N],
    tolerances: [f64; 2],
    limit: u32,
    wanted: usize,
    points: &mut [&mut [f64]; N],
    finish: impl Fn(Col<LANES>) -> Col<LANES>,
) -> Sampled {
    if wanted == 0 {
        return Sampled { found: 0, steps: 0, outcome: Ok(()) };
    }
    let (stepper, outcome) = walk(flows, wanted as f64, start, tolerances, limit);
    let steps = stepper.x_out().len();
    let mut found = 0;
    let mut left: [End; N] = std::array::from_fn(|i| End::new(flows[i], 0.0, start[i]));
    for (j, (&Real(x), y)) in stepper.x_out().iter().zip(stepper.y_out()).enumerate().skip(1) {
        let right: [End; N] = std::array::from_fn(|i| End::new(flows[i], x, y[i].0));
        // The last step ends at the last point, or a rounding error before it.
        let last = outcome.is_ok() && j + 1 == steps;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ x ≤ wanted")]
        let reached = if last { wanted } else { (x as usize).min(wanted) };
        if reached > found {
            for i in 0..N {
                let curve = Quintic::between(&left[i], &right[i]);
                for point in (found..reached).step_by(LANES) {
                    finish(curve.at(Col::count() + (point + 1) as f64)).store(&mut points[i][point..]);
                }
            }
            found = reached;
        }
        left = right;
    }
    // Rejected steps cost as much, and are few.
    Sampled { found, steps: u32::try_from(steps).unwrap_or(u32::MAX), outcome }
}

/// One end of a step: x, y, y', y''.
#[derive(Debug, Clone, Copy)]
struct End {
    x: f64,
    y: f64,
    slope: f64,
    curvature: f64,
}

impl End {
    #[inline(always)]
    fn new(flow: &impl Flow, x: f64, y: f64) -> Self {
        let slope = flow.rate(x, y);
        Self { x, y, slope, curvature: flow.slope(y) * slope }
    }
}

/// The polynomial of degree five in (x − x_0)/h with given value, slope and curvature at x_0 and x_0 + h.
struct Quintic {
    x_0: f64,
    h: f64,
    coefficients: [f64; 6],
}

impl Quintic {
    #[inline(always)]
    fn between(left: &End, right: &End) -> Self {
        let h = right.x - left.x;
        let rise = right.y - left.y;
        let [slope_0, slope_1] = [left.slope * h, right.slope * h];
        let [curvature_0, curvature_1] = [0.5 * left.curvature * h * h, 0.5 * right.curvature * h * h];
        let cubic = 10.0 * rise - 6.0 * slope_0 - 4.0 * slope_1 - 3.0 * curvature_0 + curvature_1;
        let quartic = -15.0 * rise + 8.0 * slope_0 + 7.0 * slope_1 + 3.0 * curvature_0 - 2.0 * curvature_1;
        let quintic = 6.0 * rise - 3.0 * (slope_0 + slope_1) - curvature_0 + curvature_1;
        Self { x_0: left.x, h, coefficients: [left.y, slope_0, curvature_0, cubic, quartic, quintic] }
    }

    #[inline(always)]
    fn at<X>(&self, x: X) -> X
    where
        X: Copy + Add<f64, Output = X> + Mul<f64, Output = X> + Mul<Output = X>,
    {
        let theta = (x + -self.x_0) * (1.0 / self.h);
        let [c_0, c_1, c_2, c_3, c_4, c_5] = self.coefficients;
        ((((theta * c_5 + c_4) * theta + c_3) * theta + c_2) * theta + c_1) * theta + c_0
    }
}

/// What the library is given to integrate: variables that do not touch each other.
struct Equations<'a, R, const N: usize>([&'a R; N]);

impl<R: Rate, const N: usize> System<Real, SVector<Real, N>> for Equations<'_, R, N> {
    fn system(&self, x: Real, y: &SVector<Real, N>, dy: &mut SVector<Real, N>) {
        for (i, rate) in self.0.iter().enumerate() {
            dy[i] = Real(rate.rate(x.0, y[i].0));
        }
    }
}

type Stepper<'a, R, const N: usize> = Dopri5<Real, SVector<Real, N>, Equations<'a, R, N>>;

/// The accepted steps from 0 to `length`, or to where it went wrong.
#[inline(never)]
fn walk<'a, R: Rate, const N: usize>(
    rates: [&'a R; N],
    length: f64,
    start: [f64; N],
    tolerances: [f64; 2],
    limit: u32,
) -> (Stepper<'a, R, N>, Result<(), Stop>) {
    let [rtol, atol] = tolerances.map(|tolerance| Real(tolerance * STEP_SHARE));
    // The library's own settings, but for the step limit and the stiffness test, which legal scenarios trip.
    let [safety, beta, shrink, grow] = [0.9, 0.04, 0.2, 10.0].map(Real);
    let length = Real(length);
    let mut stepper = Dopri5::from_param(
        Equations(rates),
        Real(0.0),
        length,
        length,
        SVector::from(start.map(Real)),
        rtol,
        atol,
        safety,
        beta,
        shrink,
        grow,
        length,
        Real(0.0),
        limit,
        u32::MAX,
        OutputType::Sparse,
    );
    let outcome = stepper.integrate().map(|_| ()).map_err(|error| match error {
        IntegrationError::MaxNumStepReached { x, .. } => Stop { after: x, reason: Reason::StepLimit },
        IntegrationError::StepSizeUnderflow { x } | IntegrationError::StiffnessDetected { x } => {
            Stop { after: x, reason: Reason::Stalled }
        }
    });
    (stepper, outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// y' = r y (1 − y).
    struct Growth(f64);

    impl Growth {
        fn at(&self, start: f64, x: f64) -> f64 {
            1.0 / (1.0 + (1.0 / start - 1.0) * (-self.0 * x).exp())
        }
    }

    impl Rate for Growth {
        fn rate(&self, _: f64, y: f64) -> f64 {
            self.0 * y * (1.0 - y)
        }
    }

    impl Flow for Growth {
        fn slope(&self, y: f64) -> f64 {
            self.0 * (1.0 - 2.0 * y)
        }
    }

    /// The largest relative error at x = 1, 2, … `wanted`, alone and two at a time.
    fn errors(flows: [&Growth; 2], start: [f64; 2], rtol: f64, wanted: usize) -> [f64; 2] {
        let room = || vec![f64::NAN; wanted + LANES];
        let worst = |of: usize, points: &[f64]| {
            let error = |(k, y): (usize, &f64)| (y / flows[of].at(start[of], (k + 1) as f64) - 1.0).abs();
            points[..wanted].iter().enumerate().map(error).fold(0.0, f64::max)
        };
        let alone = [0, 1].map(|i| {
            let mut points = room();
            let tolerances = [rtol, 0.0];
            let sampled = sample([flows[i]], [start[i]], tolerances, STEP_LIMIT, wanted, &mut [&mut points], |y| y);
            assert!(sampled.found == wanted && sampled.outcome.is_ok());
            worst(i, &points)
        });
        let mut points = [room(), room()];
        let [one, other] = &mut points;
        let sampled = sample(flows, start, [rtol, 0.0], STEP_LIMIT, wanted, &mut [one, other], |y| y);
        assert!(sampled.found == wanted && sampled.outcome.is_ok());
        [alone[0].max(alone[1]), worst(0, &points[0]).max(worst(1, &points[1]))]
    }

    #[test]
    fn points_within_steps_are_as_good_as_the_steps() {
        for (rtol, limit) in [(1e-6, 3e-6), (1e-8, 3e-8), (1e-10, 3e-10), (1e-12, 3e-12)] {
            // Slow, fast, and of two speeds; from far below; steps shorter than a point apart and far longer.
            for (rates, start) in [([0.02, 0.05], [0.1, 0.9]), ([3.0, 0.1], [0.01, 0.5]), ([0.5, 0.5], [1e-6, 0.3])] {
                let [one, other] = rates.map(Growth);
                for wanted in [1, 7, 8, 9, 200] {
                    let errors = errors([&one, &other], start, rtol, wanted);
                    assert!(errors.into_iter().all(|error| error < limit), "rtol {rtol}, {wanted} points: {errors:?}");
                }
            }
        }
    }

    #[test]
    fn steps_are_counted_and_limited() {
        let growth = Growth(40.0);
        let run = |limit| {
            let mut points = vec![0.0; 100 + LANES];
            sample([&growth], [0.1], [1e-10, 0.0], limit, 100, &mut [&mut points], |y| y)
        };
        let free = run(STEP_LIMIT);
        assert!(free.outcome.is_ok() && (1_000..5_000).contains(&free.steps), "{}", free.steps);
        assert!(run(free.steps + free.steps / 10).outcome.is_ok());
        let short = run(free.steps / 2);
        let stop = short.outcome.expect_err("half of the way");
        assert!(stop.reason == Reason::StepLimit && (30.0..70.0).contains(&stop.after), "{stop:?}");
        assert!(short.found < 70 && short.steps <= free.steps / 2 + 2);
    }

    #[test]
    fn what_cannot_go_on_says_where() {
        /// y' = y².
        struct BlowsUp;
        impl Rate for BlowsUp {
            fn rate(&self, _: f64, y: f64) -> f64 {
                y * y
            }
        }
        impl Flow for BlowsUp {
            fn slope(&self, y: f64) -> f64 {
                2.0 * y
            }
        }
        let mut points = vec![0.0; 20];
        // y = 1 / (5.5 − x).
        let tolerances = [1e-10, 0.0];
        let Sampled { found, outcome, .. } =
            sample([&BlowsUp], [1.0 / 5.5], tolerances, STEP_LIMIT, 10, &mut [&mut points], |y| y);
        let stop = outcome.expect_err("no y beyond 5.5");
        assert_eq!(found, 5);
        assert!((stop.after - 5.5).abs() < 1e-6 && stop.reason == Reason::Stalled, "{stop:?}");
        for (k, y) in points[..5].iter().enumerate() {
            assert!((y * (4.5 - k as f64) - 1.0).abs() < 1e-8, "{k}: {y}");
        }
    }
}
