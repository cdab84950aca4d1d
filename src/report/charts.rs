//! The charts, as plotly's own types; the page's script draws them.

use super::look::{Look, PARTS};
use crate::compare::{Comparison, Member, Parts};
use crate::model::trade::Regime;
use crate::summary::describe_regime;
use crate::trajectory::EventKind;
use plotly::common::{DashType, HoverInfo, Label, Line, LineShape, Marker, MarkerSymbol, Mode, Title};
use plotly::configuration::{DisplayModeBar, ModeBarButtonName};
use plotly::layout::{Axis, AxisType, HoverMode, Margin};
use plotly::{Configuration, Layout, Plot, Scatter};

/// Names of the six parts, in the order of [`Parts::columns`] after the change itself, as `decomposition.csv` has them.
pub(super) const PART_NAMES: [&str; 6] = ["static", "respecialisation", "catch_up", "learning", "shock", "trade"];

/// Sectors with a chart of their own.
const SECTORS_DRAWN: usize = 8;

const GRID: &str = "#e6e6e6";
const INK: &str = "#222222";

/// Which dates and which runs the charts show.
pub(super) struct Charts<'a> {
    comparison: &'a Comparison,
    /// Runs drawn, in the order of the call.
    pub runs: Vec<usize>,
    /// Dates drawn, ascending; the last is the horizon.
    pub dates: Vec<usize>,
    years: Vec<f64>,
}

impl<'a> Charts<'a> {
    /// Charts of `runs` with at most `points` points altogether, as far as that can be.
    pub fn new(comparison: &'a Comparison, runs: Vec<usize>, points: usize) -> Self {
        let grid = comparison.members[comparison.baseline].trajectory.grid;
        let lines = runs.len()
            * (12 + comparison.members[comparison.baseline].trajectory.sector_names.len().min(SECTORS_DRAWN));
        let most = (points / lines.max(1)).max(20);
        let step = (grid.periods + 1).div_ceil(most);
        let mut dates: Vec<usize> = (0..=grid.periods).step_by(step).collect();
        if dates.last() != Some(&grid.periods) {
            dates.push(grid.periods);
        }
        let years = dates.iter().map(|&k| grid.start + grid.t(k)).collect();
        Self { comparison, runs, dates, years }
    }

    /// Whether dates were left out.
    pub fn thinned(&self) -> bool {
        self.dates.len() <= self.comparison.members[self.comparison.baseline].trajectory.grid.periods
    }

    fn members(&self) -> impl Iterator<Item = (&'a Member, Look)> {
        // The baseline first: it lies below the others, and is drawn thicker, so that what equals it shows both.
        let (members, baseline) = (&self.comparison.members, self.comparison.baseline);
        let others = self.runs.iter().copied().filter(move |&index| index != baseline);
        std::iter::once(baseline).chain(others).map(move |index| (&members[index], Look::of(index, baseline)))
    }

    fn x_axis(&self) -> Axis {
        let title = if self.years[0] == 0.0 { "years after the start" } else { "" };
        let ends = [self.years[0], self.years[self.years.len() - 1]];
        axis(title).range(vec![ends[0], ends[1]]).show_spikes(true).spike_color("#999999").spike_thickness(1)
    }

    fn plot(&self, y: Axis, traces: Vec<Box<dyn plotly::Trace>>) -> Plot {
        let mut plot = Plot::new();
        plot.add_traces(traces);
        plot.set_layout(
            Layout::new()
                .auto_size(true)
                .show_legend(false)
                .margin(Margin::new().left(58).right(14).top(32).bottom(if self.years[0] == 0.0 { 46 } else { 30 }))
                .font(plotly::common::Font::new().family("system-ui, sans-serif").size(13).color(INK))
                .hover_mode(HoverMode::XUnified)
                .hover_label(Label::new().name_length(-1).font(plotly::common::Font::new().size(12)))
                .paper_background_color("#ffffff")
                .plot_background_color("#ffffff")
                .x_axis(self.x_axis())
                .y_axis(y),
        );
        plot.set_configuration(
            Configuration::new()
                .responsive(true)
                .display_logo(false)
                .display_mode_bar(DisplayModeBar::Hover)
                .mode_bar_buttons_to_remove(vec![
                    ModeBarButtonName::Select2d,
                    ModeBarButtonName::Lasso2d,
                    ModeBarButtonName::AutoScale2d,
                ]),
        );
        plot
    }

    /// A run's line through what `value` gives at each date.
    fn line(&self, member: &Member, look: &Look, value: impl Fn(usize) -> f64) -> Box<Scatter<f64, f64>> {
        let name = member.summary.name.as_str();
        Scatter::new(self.years.clone(), self.dates.iter().map(|&k| value(k)).collect())
            .mode(Mode::Lines)
            .name(name)
            .legend_group(name)
            .hover_template(format!("%{{customdata}}<extra>{name}</extra>"))
            .line(Line::new().color(look.color).dash(look.dash.clone()).width(look.width))
    }

    /// A thin grey line across, at what both regions have in common.
    fn parity(&self) -> Box<Scatter<f64, f64>> {
        Scatter::new(vec![self.years[0], self.years[self.years.len() - 1]], vec![1.0, 1.0])
            .mode(Mode::Lines)
            .hover_info(HoverInfo::Skip)
            .line(Line::new().color("#999999").width(1.0))
    }

    /// Where the regime of a run changes: open circles, and crosses where a cluster breaks off.
    fn turns(&self, member: &Member, look: &Look, value: impl Fn(usize) -> f64) -> Vec<Box<dyn plotly::Trace>> {
        let grid = member.trajectory.grid;
        let name = member.summary.name.as_str();
        let turns = turns(member);
        let kind = |broken: bool| {
            let chosen: Vec<&(usize, bool, String)> = turns.iter().filter(|turn| turn.1 == broken).collect();
            let symbol = if broken { MarkerSymbol::X } else { MarkerSymbol::CircleOpen };
            let trace: Box<dyn plotly::Trace> = Scatter::new(
                chosen.iter().map(|turn| grid.start + grid.t(turn.0)).collect(),
                chosen.iter().map(|turn| value(turn.0)).collect::<Vec<f64>>(),
            )
            .mode(Mode::Markers)
            .name(name)
            .legend_group(name)
            .text_array(chosen.iter().map(|turn| turn.2.as_str()).collect())
            .hover_template("%{text}<extra></extra>")
            .marker(
                Marker::new().symbol(symbol).size(9).color(look.color).line(Line::new().width(2.0).color(look.color)),
            );
            (!chosen.is_empty()).then_some(trace)
        };
        [kind(false), kind(true)].into_iter().flatten().collect()
    }

    /// The income gap, with the gap of the long run and the changes of regime.
    pub fn gap(&self) -> Plot {
        let mut traces: Vec<Box<dyn plotly::Trace>> = vec![self.parity()];
        let (mut low, mut high) = (1.0_f64, 1.0_f64);
        for (member, look) in self.members() {
            let trajectory = &member.trajectory;
            let gap = |k: usize| trajectory.rows[k].income_gap();
            let name = member.summary.name.as_str();
            for &k in &self.dates {
                (low, high) = (low.min(gap(k)), high.max(gap(k)));
            }
            if let Some(limit) = member.summary.long_run_gap.filter(|limit| *limit > 0.0) {
                let since = trajectory.grid.start + trajectory.grid.t(trajectory.last_change);
                (low, high) = (low.min(limit), high.max(limit));
                traces.push(
                    Scatter::new(vec![since, self.years[self.years.len() - 1]], vec![limit, limit])
                        .mode(Mode::Lines)
                        .name(format!("{name}, long run"))
                        .legend_group(name)
                        .hover_info(HoverInfo::Skip)
                        .opacity(0.8)
                        .line(Line::new().color(look.color).dash(DashType::Dash).width(1.2)),
                );
            }
            traces.push(self.line(member, &look, gap));
            traces.extend(self.turns(member, &look, gap));
        }
        self.plot(ratio_axis("income gap, w<sub>R</sub> / w<sub>P</sub>", low, high), traces)
    }

    /// Sectors with a chart: those that P makes or clusters in some run first, then the others in their order.
    pub fn sectors(&self) -> (Vec<String>, usize) {
        let mut made: Vec<String> = Vec::new();
        for (member, _) in self.members() {
            let names = &member.trajectory.sector_names;
            for sector in member.trajectory.rows.iter().filter_map(|row| row.regime.sector()) {
                if !made.contains(&names[sector]) {
                    made.push(names[sector].clone());
                }
            }
        }
        let all = &self.comparison.members[self.comparison.baseline].trajectory.sector_names;
        let mut chosen: Vec<String> = made;
        chosen.extend(all.iter().filter(|name| !chosen.contains(name)).cloned().collect::<Vec<_>>());
        chosen.truncate(SECTORS_DRAWN);
        let left_out = all.len() - chosen.len();
        let shown = all.iter().filter(|name| chosen.contains(name)).cloned().collect();
        (shown, left_out)
    }

    /// z of one sector.
    pub fn productivity(&self, sector: &str) -> Plot {
        let mut traces: Vec<Box<dyn plotly::Trace>> = vec![self.parity()];
        let (mut low, mut high) = (1.0_f64, 1.0_f64);
        for (member, look) in self.members() {
            let Some(i) = member.trajectory.sector_names.iter().position(|name| name == sector) else { continue };
            let z = |k: usize| member.trajectory.sectors_at(k)[i].z;
            for &k in &self.dates {
                (low, high) = (low.min(z(k)), high.max(z(k)));
            }
            traces.push(self.line(member, &look, z));
        }
        let axis = if high / low > 20.0 { ratio_axis("z", low, high) } else { axis("z").range(vec![0.0, 1.05 * high]) };
        self.plot(axis, traces)
    }

    /// The wage, and what P would earn outside its cluster where it has one.
    pub fn wage(&self) -> Plot {
        let mut traces: Vec<Box<dyn plotly::Trace>> = Vec::new();
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for (member, look) in self.members() {
            let trajectory = &member.trajectory;
            let name = member.summary.name.as_str();
            let wage = |k: usize| trajectory.rows[k].w_P;
            let outside = |k: usize| {
                let best = trajectory.sectors_at(k).iter().map(|sector| sector.v_Is).fold(0.0, f64::max);
                matches!(trajectory.rows[k].regime, Regime::Cluster(_)).then_some(best)
            };
            for &k in &self.dates {
                (low, high) = (low.min(wage(k)), high.max(wage(k)).max(outside(k).unwrap_or(0.0)));
            }
            traces.push(
                Scatter::new(self.years.clone(), self.dates.iter().map(|&k| outside(k)).collect())
                    .mode(Mode::Lines)
                    .name(format!("{name}, outside"))
                    .legend_group(name)
                    .hover_template(format!("%{{customdata}}<extra>{name}, outside</extra>"))
                    .line(Line::new().color(look.color).dash(DashType::Dot).width(1.3)),
            );
            traces.push(self.line(member, &look, wage));
            traces.extend(self.turns(member, &look, wage));
        }
        self.plot(ratio_axis("wage in P, R-wages", low, high), traces)
    }

    /// The subsidy of the runs that pay one; `None` where none does.
    pub fn subsidy(&self) -> Option<Plot> {
        let pays = |member: &&Member| member.trajectory.rows.iter().any(|row| row.subsidy > 0.0);
        let traces: Vec<Box<dyn plotly::Trace>> = self
            .members()
            .filter(|(member, _)| pays(member))
            .map(|(member, look)| {
                let line = self.line(member, &look, |k| member.trajectory.rows[k].subsidy);
                // It is paid from a date to the next.
                let shape = Line::new().color(look.color).dash(look.dash).width(look.width).shape(LineShape::Hv);
                let line: Box<dyn plotly::Trace> = line.line(shape);
                line
            })
            .collect();
        let y = axis("subsidy, R-wages per worker").range_mode(plotly::layout::RangeMode::ToZero);
        (!traces.is_empty()).then(|| self.plot(y, traces))
    }

    /// What moved the gap, one chart for each run, all on the same scale.
    pub fn decompositions(&self) -> Vec<(String, Plot)> {
        let runs = &self.runs;
        let sums: Vec<Vec<[f64; 7]>> =
            runs.iter().map(|&index| running(&self.comparison.decompositions[index])).collect();
        let sums: Vec<Vec<[f64; 7]>> =
            sums.into_iter().map(|rows| self.dates.iter().map(|&k| rows[k]).collect()).collect();
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for row in sums.iter().flatten() {
            let total = |keep: fn(f64) -> f64| row[1..].iter().map(|&part| keep(part)).sum::<f64>();
            (low, high) = (low.min(total(|part| part.min(0.0))), high.max(total(|part| part.max(0.0))));
        }
        let margin = 0.05 * (high - low).max(1e-9);
        runs.iter()
            .zip(&sums)
            .map(|(&index, rows)| {
                let y = axis("change of ln(gap)").range(vec![low - margin, high + margin]);
                let plot = self.plot(y, self.parts(rows));
                (self.comparison.members[index].summary.name.clone(), plot)
            })
            .collect()
    }

    /// The six parts as areas: what widens the gap is stacked upwards, what narrows it downwards; a part that did both
    /// has two areas.
    fn parts(&self, rows: &[[f64; 7]]) -> Vec<Box<dyn plotly::Trace>> {
        let mut traces: Vec<Box<dyn plotly::Trace>> = Vec::new();
        for (part, (name, color)) in PART_NAMES.iter().zip(PARTS).enumerate() {
            let values: Vec<f64> = rows.iter().map(|row| row[part + 1]).collect();
            let widens = values.iter().any(|value| *value > 0.0);
            let narrows = values.iter().any(|value| *value < 0.0);
            let area = |up: bool| {
                let signed = values.iter().map(|value| if up { value.max(0.0) } else { value.min(0.0) }).collect();
                Scatter::new(self.years.clone(), signed)
                    .mode(Mode::Lines)
                    .name(name)
                    .legend_group(name)
                    .stack_group(if up { "widens" } else { "narrows" })
                    .fill_color(color)
                    .line(Line::new().color("#ffffff").width(0.5))
            };
            let told = area(!narrows).hover_template(format!("%{{customdata}}<extra>{name}</extra>"));
            let told = area_with(told, widens && narrows, &values);
            traces.push(told);
            if widens && narrows {
                traces.push(area(true).show_legend(false).hover_info(HoverInfo::Skip));
            }
        }
        let total: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        traces.push(
            Scatter::new(self.years.clone(), total)
                .mode(Mode::Lines)
                .name("all together")
                .legend_group("all together")
                .hover_template("%{customdata}<extra>all together</extra>")
                .line(Line::new().color("#000000").width(2.5)),
        );
        traces
    }
}

/// The area that hovering tells of; where it shows one sign only of two, it carries the whole values.
fn area_with(area: Box<Scatter<f64, f64>>, both: bool, values: &[f64]) -> Box<dyn plotly::Trace> {
    if both { area.custom_data(values.to_vec()) } else { area }
}

/// Running sums, as `decomposition.csv` has them.
fn running(parts: &[Parts]) -> Vec<[f64; 7]> {
    let mut sum = Parts::default();
    let add = |part: &Parts| {
        sum = sum.plus(*part);
        sum.columns()
    };
    parts.iter().map(add).collect()
}

fn axis(title: &str) -> Axis {
    Axis::new()
        .title(Title::with_text(title))
        .grid_color(GRID)
        .zero_line(false)
        .line_color("#888888")
        .show_line(true)
        .auto_margin(true)
        .exponent_format(plotly::common::ExponentFormat::None)
}

/// An axis for a ratio: a log scale where it spans more than a decade.
fn ratio_axis(title: &str, low: f64, high: f64) -> Axis {
    if high / low > 10.0 { axis(&format!("{title} (log scale)")).type_(AxisType::Log) } else { axis(title) }
}

/// Changes of regime or sector: row, whether a cluster breaks off without another in its place, and in words.
pub(super) fn turns(member: &Member) -> Vec<(usize, bool, String)> {
    let trajectory = &member.trajectory;
    let mut turns = Vec::new();
    for k in 1..trajectory.rows.len() {
        let regime = trajectory.rows[k].regime;
        if regime == trajectory.rows[k - 1].regime {
            continue;
        }
        let at = |kind: EventKind| trajectory.events.iter().find(|event| event.period == k && event.kind == kind);
        let gone = at(EventKind::ClusterCollapsed).map(|event| (event, "collapses"));
        let gone = gone.or(at(EventKind::ClusterEnded).map(|event| (event, "ends")));
        let to = describe_regime(regime, &trajectory.sector_names);
        let words = match gone {
            Some((event, verb)) => {
                let sector = event.sector.map_or("P", |i| trajectory.sector_names[i].as_str());
                format!("the cluster in {sector} {verb}: {to}")
            }
            None => to,
        };
        let broken = gone.is_some() && !matches!(regime, Regime::Cluster(_));
        turns.push((k, broken, words));
    }
    turns
}
