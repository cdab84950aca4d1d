//! CSV: RFC 4180 quoting, `\n`, UTF-8, one header line, shortest floats that read back the same, empty for missing.

#![expect(non_snake_case, reason = "the symbol of the contract: real_income_R")]

use crate::control::Control;
use crate::model::equilibria::Candidate;
use crate::trajectory::{Column, EQUILIBRIA, EVENTS, SECTORS, TRAJECTORY, Trajectory};
use std::io::{self, Write};

/// A table being written.
struct Table<W: Write> {
    writer: csv::Writer<W>,
    floats: ryu::Buffer,
    integers: itoa::Buffer,
}

impl<W: Write> Table<W> {
    fn new(out: W, columns: &[Column]) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self { writer, floats: ryu::Buffer::new(), integers: itoa::Buffer::new() })
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        Ok(self.writer.write_field(text)?)
    }

    fn integer(&mut self, value: usize) -> io::Result<()> {
        Ok(self.writer.write_field(self.integers.format(value))?)
    }

    /// Shortest text that reads back as the same number; a whole number without its `.0`. Missing is empty.
    fn number(&mut self, value: impl Into<Option<f64>>) -> io::Result<()> {
        let text = match value.into().filter(|value| value.is_finite()) {
            Some(value) => {
                let text = self.floats.format_finite(value);
                text.strip_suffix(".0").unwrap_or(text)
            }
            None => "",
        };
        Ok(self.writer.write_field(text)?)
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
    for (k, row) in trajectory.rows.iter().enumerate() {
        control.step().map_err(stopped)?;
        let t = trajectory.grid.t(k);
        table.text(name)?;
        table.integer(k)?;
        table.number(t)?;
        table.number(trajectory.grid.start + t)?;
        table.text(row.regime.name())?;
        table.text(row.regime.sector().map_or("", |i| &trajectory.sector_names[i]))?;
        table.number(row.w_P)?;
        table.number(row.income_gap())?;
        table.number(row.ln_real_income_R.exp())?;
        table.number(row.ln_real_income_P.exp())?;
        table.number(row.growth_R)?;
        table.number(row.growth_P)?;
        table.number(row.margin)?;
        table.number(row.subsidy)?;
        table.end_row()?;
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
            table.text(if row.cluster_P { "true" } else { "false" })?;
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
        table.text(if candidate.equilibrium { "true" } else { "false" })?;
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
