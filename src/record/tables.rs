//! CSV: RFC 4180 quoting, `\n`, UTF-8, one header line, shortest floats that read back the same, empty for missing.

#![expect(non_snake_case, reason = "the symbol of the contract: real_income_R")]

use super::sweep::Statistic;
use crate::compare::{Comparison, Member, Parts};
use crate::control::Control;
use crate::model::equilibria::Candidate;
use crate::summary::Verdict;
use crate::trajectory::{
    Column, DECOMPOSITION, DIFFERENCES, EQUILIBRIA, EVENTS, GAINS, SECTORS, STATISTICS, TRAJECTORY, Trajectory,
};
use std::io::{self, Write};

/// Writes numbers as text.
pub(crate) struct Digits {
    shortest: zmij::Buffer,
    large: String,
}

impl Digits {
    pub fn new() -> Self {
        Self { shortest: zmij::Buffer::new(), large: String::new() }
    }

    /// Shortest text that reads back as the same number; a whole number without its `.0`, an exponent without a plus.
    /// What is not finite is empty.
    pub fn of(&mut self, value: f64) -> &str {
        if !value.is_finite() {
            return "";
        }
        let text = self.shortest.format_finite(value);
        if value.abs() < 1e16 {
            return text.strip_suffix(".0").unwrap_or(text);
        }
        self.large = text.replace('+', "");
        &self.large
    }
}

/// A table being written.
struct Table<W: Write> {
    writer: csv::Writer<W>,
    floats: Digits,
    integers: itoa::Buffer,
}

impl<W: Write> Table<W> {
    fn new(out: W, columns: &[Column]) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self { writer, floats: Digits::new(), integers: itoa::Buffer::new() })
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        Ok(self.writer.write_field(text)?)
    }

    fn integer(&mut self, value: usize) -> io::Result<()> {
        Ok(self.writer.write_field(self.integers.format(value))?)
    }

    /// Missing is empty.
    fn number(&mut self, value: impl Into<Option<f64>>) -> io::Result<()> {
        Ok(self.writer.write_field(self.floats.of(value.into().unwrap_or(f64::NAN)))?)
    }

    fn boolean(&mut self, value: bool) -> io::Result<()> {
        self.text(if value { "true" } else { "false" })
    }

    /// The cells of a row of `trajectory.csv`.
    fn state(&mut self, name: &str, trajectory: &Trajectory, k: usize) -> io::Result<()> {
        let row = &trajectory.rows[k];
        let t = trajectory.grid.t(k);
        self.text(name)?;
        self.integer(k)?;
        self.number(t)?;
        self.number(trajectory.grid.start + t)?;
        self.text(row.regime.name())?;
        self.text(row.regime.sector().map_or("", |i| &trajectory.sector_names[i]))?;
        self.number(row.w_P)?;
        self.number(row.income_gap())?;
        self.number(row.ln_real_income_R.exp())?;
        self.number(row.ln_real_income_P.exp())?;
        self.number(row.growth_R)?;
        self.number(row.growth_P)?;
        self.number(row.margin)?;
        self.number(row.subsidy)
    }

    fn end_row(&mut self) -> io::Result<()> {
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

fn stopped<T>(_: T) -> io::Error {
    io::Error::from(io::ErrorKind::Interrupted)
}

/// `trajectory.csv`.
pub(super) fn trajectory(out: impl Write, name: &str, trajectory: &Trajectory, control: &Control) -> io::Result<()> {
    let mut table = Table::new(out, &TRAJECTORY)?;
    for k in 0..trajectory.rows.len() {
        control.step().map_err(stopped)?;
        table.state(name, trajectory, k)?;
        table.end_row()?;
    }
    table.finish()
}

/// `comparison.csv`.
pub(super) fn comparison(out: impl Write, comparison: &Comparison, control: &Control) -> io::Result<()> {
    let columns: Vec<Column> = TRAJECTORY.into_iter().chain(DIFFERENCES).collect();
    let mut table = Table::new(out, &columns)?;
    let baseline = &comparison.members[comparison.baseline].trajectory;
    for member in &comparison.members {
        for (k, (row, base)) in member.trajectory.rows.iter().zip(&baseline.rows).enumerate() {
            control.step().map_err(stopped)?;
            table.state(&member.summary.name, &member.trajectory, k)?;
            table.number(row.income_gap() - base.income_gap())?;
            table.number(row.ln_real_income_P - base.ln_real_income_P)?;
            table.end_row()?;
        }
    }
    table.finish()
}

/// A comparison's `summary.csv`.
pub(super) fn gains(out: impl Write, comparison: &Comparison) -> io::Result<()> {
    let mut table = Table::new(out, &GAINS)?;
    for (index, (Member { trajectory, summary, .. }, gains)) in
        comparison.members.iter().zip(&comparison.gains).enumerate()
    {
        let year = |k: Option<usize>| k.map(|k| trajectory.grid.start + trajectory.grid.t(k));
        table.text(&summary.name)?;
        table.boolean(index == comparison.baseline)?;
        table.integer(gains.rank)?;
        table.text(summary.verdict.map_or("", Verdict::name))?;
        table.number(summary.initial_gap)?;
        table.number(summary.final_gap)?;
        table.number(summary.long_run_gap)?;
        table.number(summary.half_life)?;
        table.integer(summary.regime_changes.unwrap_or(0))?;
        table.number(summary.welfare)?;
        table.number(gains.equivalent_variation)?;
        table.number(summary.subsidy_pv)?;
        table.number(gains.net_gain_pv)?;
        table.number(year(gains.passes_baseline))?;
        table.number(year(gains.self_sustaining))?;
        table.number(gains.peak_subsidy_share)?;
        table.end_row()?;
    }
    table.finish()
}

/// `decomposition.csv`.
pub(super) fn decomposition(out: impl Write, comparison: &Comparison, control: &Control) -> io::Result<()> {
    let mut table = Table::new(out, &DECOMPOSITION)?;
    for (member, parts) in comparison.members.iter().zip(&comparison.decompositions) {
        let mut sum = Parts::default();
        for (k, parts) in parts.iter().enumerate() {
            control.step().map_err(stopped)?;
            sum = sum.plus(*parts);
            table.text(&member.summary.name)?;
            table.integer(k)?;
            table.number(member.trajectory.grid.t(k))?;
            for value in parts.columns().into_iter().chain(sum.columns()) {
                // No part is written as minus zero.
                table.number(value + 0.0)?;
            }
            table.end_row()?;
        }
    }
    table.finish()
}

/// `sectors.csv`.
pub(super) fn sectors(out: impl Write, name: &str, trajectory: &Trajectory, control: &Control) -> io::Result<()> {
    let mut table = Table::new(out, &SECTORS)?;
    for k in 0..trajectory.rows.len() {
        control.step().map_err(stopped)?;
        for (sector, row) in trajectory.sector_names.iter().zip(trajectory.sectors_at(k)) {
            table.text(name)?;
            table.integer(k)?;
            table.number(trajectory.grid.t(k))?;
            table.text(sector)?;
            for value in [row.Z_R, row.Z_P, row.z, row.g, row.p, row.v_Is, row.v_Cl] {
                table.number(value)?;
            }
            table.boolean(row.cluster_P)?;
            table.end_row()?;
        }
    }
    table.finish()
}

/// `events.csv`.
pub(super) fn events(out: impl Write, name: &str, trajectory: &Trajectory) -> io::Result<()> {
    let mut table = Table::new(out, &EVENTS)?;
    for event in &trajectory.events {
        table.text(name)?;
        table.integer(event.period)?;
        table.number(trajectory.grid.t(event.period))?;
        table.text(event.kind.name())?;
        table.text(event.sector.map_or("", |i| &trajectory.sector_names[i]))?;
        table.text(&event.detail)?;
        table.end_row()?;
    }
    table.finish()
}

/// `equilibria --format csv`, where R's real income is `real_income_R`.
pub(super) fn equilibria(
    out: impl Write,
    names: &[String],
    candidates: &[Candidate],
    real_income_R: f64,
) -> io::Result<()> {
    let mut table = Table::new(out, &EQUILIBRIA)?;
    for candidate in candidates {
        table.text(candidate.regime.name())?;
        table.text(candidate.regime.sector().map_or("", |i| &names[i]))?;
        table.boolean(candidate.equilibrium)?;
        table.number(candidate.w_P)?;
        table.number(1.0 / candidate.w_P)?;
        table.number(candidate.w_P * real_income_R)?;
        table.number(candidate.margin)?;
        table.number(candidate.subsidy)?;
        table.text(&candidate.inequality.map_or_else(String::new, |inequality| inequality.to_string()))?;
        table.text(candidate.rejected_by().map_or("", |k| &names[k]))?;
        table.integer(candidate.rank)?;
        table.end_row()?;
    }
    table.finish()
}

/// A sweep's `summary.csv`.
pub(super) fn statistics(out: impl Write, statistics: &[Statistic]) -> io::Result<()> {
    let mut table = Table::new(out, &STATISTICS)?;
    for row in statistics {
        table.text(&row.variant)?;
        table.text(&row.measure)?;
        table.text(&row.statistic)?;
        table.number(row.value)?;
        table.end_row()?;
    }
    table.finish()
}

/// `text` as a cell of a CSV table: in quotes where it must be.
pub(super) fn cell(text: &str) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    // A lone empty cell would be quoted, to tell the row from none.
    if text.is_empty() || writer.write_record([text]).is_err() {
        return String::new();
    }
    let written = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
    written.trim_end_matches('\n').to_owned()
}

/// Reads a sweep's `summary.csv` back; `None` where it is none.
pub(super) fn read_statistics(bytes: &[u8]) -> Option<Vec<Statistic>> {
    let mut rows = Vec::new();
    for record in csv::Reader::from_reader(bytes).records() {
        let record = record.ok()?;
        let text = |i: usize| record.get(i).map(str::to_owned);
        let value = record.get(3).filter(|value| !value.is_empty()).map(str::parse).transpose().ok()?;
        rows.push(Statistic { variant: text(0)?, measure: text(1)?, statistic: text(2)?, value });
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::Digits;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let (mut digits, mut random) = (Digits::new(), fastrand::Rng::with_seed(9));
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1e15, "1000000000000000"),
            (1e16, "1e16"),
            (-1.5e300, "-1.5e300"),
            (1e-5, "0.00001"),
            (1e-7, "1e-7"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(digits.of(value), text);
        }
        for _ in 0..100_000 {
            let value = f64::from_bits(random.u64(..));
            let text = ryu::Buffer::new().format(value).to_owned();
            let expected = if value.is_finite() { text.strip_suffix(".0").unwrap_or(&text) } else { "" };
            assert_eq!(digits.of(value), expected);
        }
    }
}
