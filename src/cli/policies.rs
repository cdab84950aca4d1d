//! The policies that `catchup optimise` looks at, of a scenario or of a sweep file: which are asked for, and how threads share them.

use super::dates::years_after_start;
use super::output::Output;
use super::{Scenarios, named};
use crate::control::{Control, Stopped};
use crate::error::Error;
use crate::model::grid::{DATE_TOLERANCE, Grid};
use crate::model::policy::Payer;
use crate::numbers::counted;
use crate::optimise::{Looked, MOST, Objective, Search, Space};
use crate::scenario::Scenario;
use crate::scenario::diagnostics::did_you_mean;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Policies that a thread looks at before it says how far it is, at most.
const BLOCK: usize = 512;
/// Blocks that every thread gets at least where there are the policies: one may take longer than another.
const BLOCKS: usize = 4;
/// The latest date of a policy, years after t = 0: a path goes on for ever, but its numbers do not.
const LATEST: f64 = 10_000.0;
/// How long a trial takes.
pub(super) const TRIAL: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) scenario: Scenarios,

    /// When promotion may begin, years after t = 0 or calendar years of the path: one date or a range A:B, which may go beyond the last row
    /// [default: from 0 to the last date but one]
    #[arg(long, value_name = "A:B", value_parser = span, allow_hyphen_values = true)]
    from: Option<Span>,

    /// When promotion may end, given the same way: one date, a range A:B, `never`, or a range and `never` (20:60,never)
    /// [default: every later date, and never]
    #[arg(long, value_name = "A:B", value_parser = ends, allow_hyphen_values = true)]
    until: Option<Ends>,

    /// Sectors that may be promoted, several with commas [default: all]
    #[arg(long, value_name = "SECTOR", value_delimiter = ',')]
    sectors: Vec<String>,

    /// What the best policy is best at [default: equivalent_variation, or long_run_gap where present values do not converge]
    #[arg(long, value_name = "MEASURE", value_parser = named::<Objective>())]
    pub(super) objective: Option<Objective>,

    /// The most that a policy may cost: the present value of its subsidy, R-wages per worker of P
    #[arg(long, value_name = "MAX_SUBSIDY_PV", value_parser = budget, allow_hyphen_values = true)]
    pub(super) budget: Option<f64>,

    /// Who pays the subsidies [default: who pays in the scenario's promotion listed last, or P]
    #[arg(long, value_name = "WHO", value_parser = named::<Payer>())]
    pub(super) funded_by: Option<Payer>,

    /// Write to optimum.csv only the policies of which no other costs as little and is worth as much
    #[arg(long)]
    pub(super) front: bool,

    /// Write nothing: say how many policies there are, and about how long it takes to look at all of them
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Threads, 1 to 1024 [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// Of a sweep file: the variant whose draws are the states of the world [default: its first]
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Option<String>,

    /// Of a sweep file: drop what an earlier call has seen, of this search or of a changed one, and start over
    #[arg(long)]
    pub(super) fresh: bool,

    #[command(flatten)]
    pub(super) output: Output,
}

/// Dates from one to another, as they were given: years after t = 0, or calendar years.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    first: f64,
    last: f64,
}

/// Dates at which promotion may end, and whether it may never do so.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ends {
    at: Option<Span>,
    never: bool,
}

/// `A` or `A:B`.
fn span(text: &str) -> Result<Span, String> {
    const RULE: &str = "expected a date or a range A:B, years after t = 0, such as 0:50";
    let date = |text: &str| match text.trim().parse::<f64>() {
        Ok(date) if (0.0..=LATEST).contains(&date) => Ok(date),
        Ok(date) if date.is_finite() => {
            Err(format!("{date} is off the path: dates are 0 to {LATEST} years after t = 0"))
        }
        _ => Err(format!("`{text}` is no date; {RULE}")),
    };
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (date(first)?, date(last)?);
    if first > last {
        return Err(format!("the range is reversed: did you mean {last}:{first}?"));
    }
    Ok(Span { first, last })
}

/// `A`, `A:B`, `never`, or one of the first two, a comma and `never`.
fn ends(text: &str) -> Result<Ends, String> {
    match text.rsplit_once(',') {
        None if text == "never" => Ok(Ends { at: None, never: true }),
        None => Ok(Ends { at: Some(span(text)?), never: false }),
        Some((dates, "never")) => Ok(Ends { at: Some(span(dates)?), never: true }),
        Some((_, other)) => Err(format!("`{other}` cannot stand behind a comma; only `never` can, as in 20:60,never")),
    }
}

/// A number ≥ 0.
fn budget(text: &str) -> Result<f64, String> {
    let found = text.trim().parse::<f64>().ok().filter(|found| found.is_finite() && *found >= 0.0);
    found.ok_or_else(|| "expected a number >= 0: the present value of the subsidy, R-wages per worker of P".to_owned())
}

/// Which policies are asked for.
pub(super) fn space(args: &Args, scenario: &Scenario) -> Result<Space, Error> {
    let grid = scenario.problem.grid;
    let sectors = sectors(args, scenario)?;
    let from = match args.from {
        None => 0..=grid.periods - 1,
        Some(span) => periods(&grid, span, "--from")?,
    };
    let (until, never) = match args.until {
        None => (Some(from.start() + 1..=grid.periods.max(from.end() + 1)), true),
        Some(Ends { at: None, never }) => (None, never),
        Some(Ends { at: Some(span), never }) => {
            let until = periods(&grid, span, "--until")?;
            if until.end() <= from.start() && !never {
                let title = format!("--until {} ends before promotion begins", span.last);
                let first = grid.t(*from.start());
                return Err(Error::invalid(title)
                    .note(format!("the first date at which it may begin is {first} years after t = 0"))
                    .hint("let it end later, or begin earlier with --from"));
            }
            (Some(until).filter(|until| until.end() > from.start()), never)
        }
    };
    // Ends before the first beginning end nothing.
    let until = until.map(|until| *until.start().max(&(from.start() + 1))..=*until.end());
    let size = Space::size(sectors.len(), &from, until.as_ref(), never);
    Space::new(sectors, from, until, never).ok_or_else(|| {
        Error::invalid(format!("that is {} policies to look at", counted(size)))
            .note(format!("at most {} are looked at in one call", counted(MOST as u64)))
            .hint("--from A:B, --until A:B and --sectors narrow them down, a longer time.period makes fewer dates")
    })
}

/// The places of the sectors asked for.
fn sectors(args: &Args, scenario: &Scenario) -> Result<Vec<usize>, Error> {
    let known = &scenario.problem.sectors;
    if args.sectors.is_empty() {
        return Ok((0..known.len()).collect());
    }
    let place = |typed: &String| {
        known.iter().position(|sector| sector == typed.trim()).ok_or_else(|| {
            Error::invalid(format!("--sectors {typed}: {} has no such sector", scenario.keys.name))
                .note(format!("allowed: {}", known.join(", ")))
                .hint(did_you_mean(typed, known.iter().map(String::as_str)).unwrap_or_default())
        })
    };
    let mut places = args.sectors.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// The periods whose dates lie in a span.
fn periods(grid: &Grid, span: Span, option: &str) -> Result<RangeInclusive<usize>, Error> {
    let [earliest, latest] = [span.first, span.last].map(|date| years_after_start(grid, date));
    let first = grid.first_period(earliest);
    let end = grid.first_period(latest);
    let late = grid.t(end) > latest + DATE_TOLERANCE * grid.period;
    match end.checked_sub(usize::from(late)) {
        Some(last) if last >= first => Ok(first..=last),
        _ => {
            let title = format!("{option} {}:{} holds no date of the scenario", span.first, span.last);
            let next = grid.t(first);
            Err(Error::invalid(title).note(format!("dates are {} years apart; the next is {next}", grid.period)))
        }
    }
}

/// What is called `name` has nothing by which policies could be ranked.
pub(super) fn not_in(name: &str, objective: Objective) -> Error {
    Error::invalid(format!("--objective {}: {name} has no such measure", objective.name()))
        .note("its present values do not converge")
        .hint(
            "--objective long_run_gap needs none; welfare.window = \"horizon\", or a higher welfare.discount_rate, makes \
             them finite",
        )
}

/// Looks at every policy of a space; which thread looks at which changes nothing.
pub(super) fn look_at_all(
    space: &Space,
    search: impl Fn() -> Search + Send + Sync,
    looked: &mut [Looked],
    threads: usize,
    control: &Control,
) -> Result<(), Stopped> {
    let block = looked.len().div_ceil(BLOCKS * threads.max(1)).clamp(1, BLOCK);
    // Runs note every date; policies are what is counted here.
    let dates = control.apart();
    looked.par_chunks_mut(block).enumerate().try_for_each_init(search, |search, (place, looked)| {
        for (at, looked) in looked.iter_mut().enumerate() {
            *looked = search.look(space.candidate(place * block + at), &dates)?;
        }
        control.steps(looked.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_one_or_a_range() {
        assert_eq!(span("5"), Ok(Span { first: 5.0, last: 5.0 }));
        assert_eq!(span("0:2.5"), Ok(Span { first: 0.0, last: 2.5 }));
        for (text, why) in [
            ("5:2", "did you mean 2:5?"),
            ("-1:4", "-1 is off the path"),
            ("0:20000", "20000 is off the path"),
            ("a:b", "`a` is no date"),
            ("1:2:3", "`2:3` is no date"),
            ("nan", "`nan` is no date"),
            ("0:inf", "`inf` is no date"),
            ("", "`` is no date"),
        ] {
            let refused = span(text).expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
        let at = Some(Span { first: 20.0, last: 60.0 });
        assert_eq!(ends("20:60"), Ok(Ends { at, never: false }));
        assert_eq!(ends("20:60,never"), Ok(Ends { at, never: true }));
        assert_eq!(ends("never"), Ok(Ends { at: None, never: true }));
        assert!(ends("20:60,30").is_err() && ends("ever").is_err() && ends(",never").is_err());
    }

    #[test]
    fn a_budget_is_a_number_that_can_be_spent() {
        assert_eq!(budget("1.5"), Ok(1.5));
        for text in ["-1", "nan", "inf", "much"] {
            assert!(budget(text).is_err(), "{text}");
        }
    }
}
