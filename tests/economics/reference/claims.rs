//! Protects what a comparison says: each claim of its sentences is held against far longer runs of the same random worlds. What is
//! paid, who is paid, where incomes end and which clusters stand are read from rows, which the sentences do not look at.

#![expect(clippy::cast_possible_truncation, reason = "periods of a few thousand years at most")]

use super::against::{left_alone, program};
use super::draw::draw;
use super::for_all;
use super::world::{Form, Policy, Promote, Rule, Sustain, World};
use catchup::compare::{Comparison, Member, ROUNDING};
use catchup::integrate::Method;
use catchup::measure::Measure;
use catchup::model::trade::{Regime, ties};
use catchup::summary::Status;
use catchup::trajectory::{Cause, Row};
use catchup::words::comparison::answer;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// First seed, and number, of the worlds.
const SEED: u64 = 58_000_000;
const WORLDS: u64 = 240;
/// How many times as long the run is that a claim is held against.
const LONGER: usize = 50;
/// Years after which what is said to come to the same must have come so near.
const YEARS: f64 = 3_000.0;
const LEVEL: f64 = 1e-5;

/// A comparison, with a far longer run of each of its paths.
struct Held {
    all: Comparison,
    worlds: Vec<World>,
    far: Vec<Member>,
    found: RefCell<Vec<String>>,
}

impl Held {
    /// `None` where a path fails on its rows or, but for want of money, later; or takes too long.
    fn new(worlds: Vec<World>) -> Option<Self> {
        let mut members = Vec::new();
        let mut far = Vec::new();
        for (place, world) in worlds.iter().enumerate() {
            let mut member = program(&world.toml(), Method::Exact).ok()?;
            member.summary.name = format!("T{place}");
            let longer = longer(world, LONGER * world.periods)?;
            let ruined = longer.trajectory.failure.as_ref().is_some_and(|failure| failure.cause == Cause::Ruin);
            if member.summary.measures.status() == Status::Failed || (longer.trajectory.failure.is_some() && !ruined) {
                return None;
            }
            members.push(member);
            far.push(longer);
        }
        let all = Comparison::new("held".to_owned(), 0, members);
        Some(Self { all, worlds, far, found: RefCell::default() })
    }

    fn claim(&self, kind: &str, holds: bool, sentence: &str) {
        let wrong = if holds { "" } else { "WRONG " };
        self.found.borrow_mut().push(format!("{wrong}{kind}: {sentence}"));
    }

    fn rows(&self, run: usize) -> &[Row] {
        &self.far[run].trajectory.rows
    }

    fn is_paid(&self, run: usize) -> bool {
        self.rows(run).iter().any(|row| row.subsidy > 0.0)
    }

    /// Whether a cluster in a sector stands at a row of the longer run.
    fn stands(&self, run: usize, k: usize, sector: usize) -> bool {
        self.far[run].trajectory.sectors_at(k)[sector].cluster_P
    }

    /// All claims of all sentences.
    fn check(self) -> Vec<String> {
        for sentence in answer(&self.all) {
            let run = (0..self.far.len()).find(|run| {
                let name = format!("“T{run}”");
                sentence.starts_with(&name) || sentence.starts_with(&format!("Under {name}"))
            });
            if let Some(run) = run {
                self.subsidy(run, &sentence);
                self.income(run, &sentence);
                self.infant(run, &sentence);
            }
            self.same_worth(&sentence);
            self.start(&sentence);
            self.paradox(&sentence);
        }
        self.table();
        self.found.into_inner()
    }

    fn subsidy(&self, run: usize, sentence: &str) {
        let broke = self.far[run].trajectory.failure.is_some();
        for none in ["; it needs no subsidy", "; no subsidy is paid"] {
            if sentence.contains(none) {
                self.claim("no subsidy", !self.is_paid(run) && !broke, sentence);
            }
        }
        for paid in ["; the subsidy that ", " a subsidy of up to ", " a subsidy after the last row"] {
            if sentence.contains(paid) {
                self.claim("a subsidy", self.is_paid(run) || broke, sentence);
            }
        }
        if sentence.contains("; it needs no subsidy") {
            let own = self.all.members[run].summary.measures.promoted;
            let ends = |row: &Row| row.regime == Regime::Closed || row.regime.sector() == own;
            let stands = self.rows(run).last().is_some_and(ends);
            self.claim("needs none", stands, sentence);
        }
        // What P cannot pay is told where it is told who pays, and at its date.
        if sentence.contains("subsidy") && sentence.contains("; ") {
            let told = sentence.contains("cannot pay it");
            let (far, said) = (&self.far[run].trajectory, self.all.members[run].summary.ruin);
            let seen = far.failure.as_ref().map(|failure| failure.t);
            if said.is_none_or(|year| year < far.grid.t(far.grid.periods)) {
                self.claim(if told { "ruin" } else { "no ruin" }, told == seen.is_some(), sentence);
            }
            if let Some((t, said)) = seen.zip(said) {
                self.claim("date of ruin", (t - said).abs() < 1e-6, sentence);
            }
        }
    }

    fn income(&self, run: usize, sentence: &str) {
        if self.far.iter().any(|member| member.trajectory.failure.is_some()) {
            return;
        }
        let ahead: Vec<f64> = self
            .rows(run)
            .iter()
            .zip(self.rows(0))
            .map(|(own, base)| own.ln_real_income_P - base.ln_real_income_P)
            .collect();
        let higher = |ahead: &f64| *ahead > 1e-9;
        let grid = self.far[0].trajectory.grid;
        if let Some((_, from)) = sentence.split_once("real income is higher for good from year ") {
            let year: f64 = from.split(' ').next().and_then(|year| year.parse().ok()).expect("a year");
            let first = ahead.iter().rposition(|ahead| !higher(ahead)).map_or(0, |last| last + 1);
            let holds = first == ahead.len() || (grid.t(first) - year).abs() < 0.006 * year.max(1.0);
            self.claim("higher for good", holds, sentence);
        } else if sentence.contains("real income is higher from the start") {
            self.claim("higher from the start", ahead.iter().all(higher), sentence);
        } else if sentence.contains("in the end real income is as high as in") {
            let apart = [0, run].map(|run| {
                let world = &self.worlds[run];
                let last = longer(world, (YEARS / world.period) as usize).map(|member| member.trajectory);
                last.and_then(|last| Some(last.rows.last()?.ln_real_income_P)).unwrap_or(f64::NAN)
            });
            self.claim("as high in the end", (apart[0] - apart[1]).abs() <= LEVEL, sentence);
        } else if sentence.contains("real income is never higher for good") {
            let last = ahead.last().copied().unwrap_or_default();
            self.claim("never higher", !(last > 1e-6 && ahead.iter().rev().take(9).all(higher)), sentence);
        }
    }

    fn infant(&self, run: usize, sentence: &str) {
        if !sentence.contains("Mill's test") {
            return;
        }
        let (far, own) = (&self.far[run].trajectory, &self.all.members[run]);
        let sector = own.summary.measures.promoted.expect("one is promoted");
        let helped = |row: &Row| row.regime == Regime::Cluster(sector) && row.subsidy > 0.0 && row.margin < Some(0.0);
        self.claim("an infant is helped", far.rows.iter().any(helped), sentence);
        let problem = &self.far[run].scenario.problem;
        let periods = problem.policy_periods();
        let promoted = (0..far.rows.len()).find(|&k| {
            let policy = problem.in_force(k, &periods);
            far.rows[k].regime != Regime::Closed
                && policy.and_then(|index| far.promoted_by(problem, index, k)) == Some(sector)
        });
        let stood = promoted.is_some_and(|k| k > 0 && self.stands(run, k - 1, sector));
        self.claim("an infant is new", !stood, sentence);
        let last = far.rows[far.rows.len() - 1];
        let listed = last.regime == Regime::Closed && problem.closed_clusters[sector];
        let grown = listed || (last.regime == Regime::Cluster(sector) && last.margin >= Some(-1e-9));
        let passes = sentence.contains("passes Mill's test");
        self.claim(if passes { "passes Mill's test" } else { "fails Mill's test" }, passes == grown, sentence);
        if sentence.contains("Bastable") {
            let (world, base) = (&self.worlds[run], &self.worlds[0]);
            let named = |policy: &Policy| match policy.promote {
                Some((Promote::Sector(i), _)) => Some(i),
                _ => None,
            };
            let one = world.policies.iter().filter_map(named).all(|i| i == sector);
            let chosen = own.trajectory.choices.iter().all(|choice| choice.sector.is_none_or(|i| i == sector));
            let alone = one && chosen && base.policies.iter().all(|policy| policy.promote.is_none());
            self.claim("Bastable's test is of one cluster", alone, sentence);
            let variation = self.all.gains[run].equivalent_variation.unwrap_or(f64::NAN);
            let better = sentence.contains("fares better");
            self.claim("fares", better == (variation > ROUNDING) && !variation.is_nan(), sentence);
        }
    }

    fn same_worth(&self, sentence: &str) {
        let named: Vec<usize> = (0..self.far.len()).filter(|run| sentence.contains(&format!("“T{run}”"))).collect();
        if sentence.contains("worth the same") {
            let variations: Vec<_> = named.iter().map(|&run| self.all.gains[run].equivalent_variation).collect();
            let tie = variations.iter().all(|found| found.is_some_and(|found| found.abs() <= 2.0 * ROUNDING));
            self.claim("worth the same", tie && named.len() == self.far.len(), sentence);
        }
        if sentence.contains("paths end with the same gap") {
            let gaps: Vec<_> = named.iter().map(|&run| self.all.members[run].summary[Measure::LongRunGap]).collect();
            let alike = gaps.windows(2).all(|pair| match (pair[0], pair[1]) {
                (Some(a), Some(b)) => ties(a, b),
                (a, b) => a == b,
            });
            self.claim("the same gap", alike && named.len() == self.far.len(), sentence);
        }
        if sentence.contains("is best for") || sentence.contains(" % of income ") {
            let valued = self.all.gains.iter().all(|gains| gains.equivalent_variation.is_some());
            self.claim("worth more", valued, sentence);
        }
    }

    /// What becomes of the cluster that the baseline starts with.
    fn start(&self, sentence: &str) {
        for (says, through, end) in [("keeps", true, true), ("loses and regains", false, true), ("loses", false, false)]
        {
            if !sentence.contains(&format!("“T0”, which {says} its cluster in")) {
                continue;
            }
            let start = self.worlds[0].start.expect("it starts with one");
            let rows = self.rows(0).len();
            let throughout = (0..rows).all(|k| self.stands(0, k, start));
            self.claim(says, (throughout, self.stands(0, rows - 1, start)) == (through, end), sentence);
        }
    }

    fn paradox(&self, sentence: &str) {
        let Some((_, reasons)) = sentence.split_once("is still the worse choice, since ") else { return };
        let pair = |what: &str, symbol: &str| -> Option<[f64; 2]> {
            let (_, tail) = reasons.split_once(what)?.1.split_once(&format!("({symbol} = "))?;
            let (own, other) = tail.split_once(')')?.0.split_once(" against ")?;
            Some([own.parse().ok()?, other.parse().ok()?])
        };
        let check = |kind: &str, holds: Option<bool>| {
            if let Some(holds) = holds {
                self.claim(kind, holds, sentence);
            }
        };
        check("greater disadvantage", pair("greater disadvantage there", "y_R/y_P").map(|[a, b]| a >= b && b >= 1.0));
        check("disadvantage", pair("a disadvantage there and not", "y_R/y_P").map(|[a, b]| a >= 1.0 && b < 1.0));
        check("smaller advantage", pair("advantage is smaller there", "y_P/y_R").map(|[a, b]| a >= 1.0 && b >= a));
        check("stays further behind", pair("stays further behind", "z").map(|[a, b]| a <= b && b <= 1.0));
        check("starts further behind", pair("starts further behind", "z").map(|[a, b]| a <= b && b <= 1.0));
        check("starts behind", pair("starts behind", "z").map(|[a, b]| a < 1.0 && b >= 1.0));
        check("starts less far ahead", pair("starts less far ahead", "z").map(|[a, b]| a >= 1.0 && b >= a));
        check("build-up", pair("years to build up", "τ").map(|[a, b]| a > b));
        let costs = self.worlds[0].cost_of_funds > 1.0;
        let by_P = self.worlds.iter().any(|world| world.policies.iter().any(|policy| !policy.paid_by_R));
        if reasons.contains("raising the money") {
            self.claim("cost of funds", costs && by_P, sentence);
        }
    }

    /// Cells are empty where there is no value.
    fn table(&self) {
        let lines = self.all.lines();
        let column = |heading: &str| lines[0].iter().position(|cell| cell == heading).expect("a column");
        let [worth, paid] = ["equiv. variation", "subsidy pv"].map(column);
        for (line, run) in lines[1..].iter().zip(self.all.ranked()) {
            let (variation, pv) =
                (self.all.gains[run].equivalent_variation, self.all.members[run].summary[Measure::SubsidyPv]);
            let fits = line[worth].is_empty() == variation.is_none() && line[paid].is_empty() == pv.is_none();
            self.claim("cells", fits && (line[paid] != "0" || pv == Some(0.0)), &line.join(" | "));
        }
    }
}

/// The same world for more periods; nothing is cut off from what it is worth.
fn longer(world: &World, periods: usize) -> Option<Member> {
    program(&World { periods, ..world.clone() }.toml(), Method::Exact).ok()
}

/// A world against itself left alone, and each of two clusters against that.
fn compared(seed: u64) -> Vec<String> {
    let world = draw(seed);
    let slow = |policy: &Policy| matches!(&policy.promote, Some((Promote::ByRule(by), _)) if by.rule == Rule::Index);
    if world.form == Form::Verspagen || world.policies.iter().any(slow) {
        return Vec::new();
    }
    let alone = left_alone(&world);
    let cluster = |i: usize| {
        let own = Policy {
            from: if seed.is_multiple_of(2) { 0.0 } else { 3.0 * world.period },
            until: (seed.is_multiple_of(3)).then_some(20.0 * world.period),
            promote: Some((Promote::Sector(i), Sustain::Always)),
            paid_by_R: seed.is_multiple_of(5),
            closed: None,
        };
        World { policies: alone.policies.iter().cloned().chain([own]).collect(), ..world.clone() }
    };
    // Money that costs five times what it is, for support that begins after the rows.
    let dear = |world: &World| World { cost_of_funds: 5.0, ..world.clone() };
    let late = Policy {
        from: (world.periods as f64 + 3.0) * world.period,
        until: None,
        promote: Some((Promote::Sector(1), Sustain::Always)),
        paid_by_R: false,
        closed: None,
    };
    let late = World { policies: alone.policies.iter().cloned().chain([late]).collect(), ..world.clone() };
    let comparisons = [
        vec![alone.clone(), world.clone()],
        vec![alone.clone(), cluster(0), cluster(1)],
        if seed.is_multiple_of(3) { vec![dear(&alone), dear(&late)] } else { vec![alone.clone(), cluster(1)] },
    ];
    comparisons
        .into_iter()
        .filter_map(Held::new)
        .flat_map(Held::check)
        .map(|claim| if claim.starts_with("WRONG") { format!("{claim}\nseed {seed}\n{}", world.toml()) } else { claim })
        .collect()
}

#[test]
fn what_a_comparison_says_holds_of_far_longer_runs() {
    let found: Vec<String> = for_all(SEED, super::asked("CLAIMS", WORLDS), compared).into_iter().flatten().collect();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for claim in &found {
        *kinds.entry(claim.split(':').next().unwrap_or_default()).or_default() += 1;
    }
    let wrong: Vec<&String> = found.iter().filter(|claim| claim.starts_with("WRONG")).collect();
    let shown = wrong.iter().take(3).map(|claim| claim.as_str()).collect::<Vec<_>>().join("\n\n");
    assert!(
        wrong.is_empty(),
        "{} of {} claims are wrong, in {kinds:#?}; the first:\n{shown}",
        wrong.len(),
        found.len()
    );
    for kind in [
        "no subsidy",
        "needs none",
        "a subsidy",
        "ruin",
        "date of ruin",
        "higher for good",
        "as high in the end",
        "never higher",
        "an infant is helped",
        "passes Mill's test",
        "fails Mill's test",
        "Bastable's test is of one cluster",
        "worth the same",
        "the same gap",
        "keeps",
        "loses",
        "greater disadvantage",
        "smaller advantage",
        "cost of funds",
    ] {
        assert!(kinds.contains_key(kind), "nothing claims {kind}: {kinds:#?}");
    }
}
