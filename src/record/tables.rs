//! The tables of every kind of folder: what each is called, what it holds, and its columns.

use super::sweep::{Plan, statistics, trajectories};
use crate::scenario::sweep::Varied;
use crate::table::{Field, fields};
use crate::{compare, findings, flip, map, optimise, trajectory};

/// A table of a folder.
#[derive(Debug)]
pub struct Table {
    /// Name of its file.
    pub file: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// Its columns.
    pub fields: Vec<Field>,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
}

/// The tables of a run.
pub fn of_run() -> [Table; 3] {
    [
        Table {
            file: "trajectory.csv",
            description: "state of the poor region at every date",
            fields: fields(&trajectory::states()),
            key: &["period"],
        },
        Table {
            file: "sectors.csv",
            description: "state of every sector at every date",
            fields: fields(&trajectory::sector_states()),
            key: &["period", "sector"],
        },
        Table {
            file: "events.csv",
            description: "what changed, and when",
            fields: fields(&trajectory::events()),
            key: &[],
        },
    ]
}

/// The tables of a comparison, without those in its runs' own folders.
pub fn of_comparison() -> [Table; 3] {
    [
        Table {
            file: "comparison.csv",
            description: "every run at every date, against the baseline",
            fields: fields(&compare::versus()),
            key: &["scenario", "period"],
        },
        Table {
            file: "summary.csv",
            description: "measures of every run, against the baseline",
            fields: fields(&compare::gained()),
            key: &["scenario"],
        },
        Table {
            file: "decomposition.csv",
            description: "what moved the income gap",
            fields: fields(&compare::decomposed()),
            key: &["scenario", "period"],
        },
    ]
}

/// The tables of a search for the best policy.
pub fn of_optimum() -> [Table; 3] {
    let policies =
        |file, description| Table { file, description, fields: fields(&optimise::policies()), key: &["policy"] };
    [
        policies("optimum.csv", "every policy looked at, or those of the front alone"),
        policies("front.csv", "the policies of which no other costs as little and is worth as much"),
        Table {
            file: "best.csv",
            description: "policies that stand out",
            fields: fields(&optimise::best()),
            key: &["which", "policy"],
        },
    ]
}

/// The tables of a search over the states of the world that a sweep draws.
pub fn of_robust(vary: &[Varied]) -> [Table; 3] {
    [
        Table {
            file: "robust.csv",
            description: "policies worth a row, over all states of the world",
            fields: fields(&optimise::robust()),
            key: &["policy"],
        },
        Table {
            file: "expected.csv",
            description: "every policy looked at: the objective on average over all states of the world",
            fields: fields(&optimise::averages()),
            key: &["policy"],
        },
        Table {
            file: "states.csv",
            description: "every state of the world: what is drawn, its best policy, and what the robust ones come to in it",
            fields: fields(&optimise::in_states(vary)),
            key: &["run"],
        },
    ]
}

/// The tables of an answer on flips, the second where it was asked for.
pub fn of_flip() -> [Table; 2] {
    [
        Table {
            file: "flip.csv",
            description: "where along each key the condition holds",
            fields: fields(&flip::columns()),
            key: &[],
        },
        Table {
            file: "joint.csv",
            description: "the smallest joint change of all keys that turns the answer",
            fields: fields(&flip::joint_columns()),
            key: &["key"],
        },
    ]
}

/// The tables of a map.
pub fn of_map() -> [Table; 2] {
    [
        Table {
            file: "boundaries.csv",
            description: "boundaries between regions, point by point",
            fields: fields(&map::boundaries()),
            key: &["curve", "point"],
        },
        Table {
            file: "regions.csv",
            description: "connected regions with one answer",
            fields: fields(&map::regions()),
            key: &["region"],
        },
    ]
}

/// The tables of what a sweep's table says.
pub fn of_findings() -> [Table; 7] {
    [
        Table {
            file: "importance.csv",
            description: "which key matters for which measure or share, under which variant",
            fields: fields(&findings::importance()),
            key: &[],
        },
        Table {
            file: "thresholds.csv",
            description: "the thresholds that best tell where a condition holds, of one key and of two",
            fields: fields(&findings::thresholds()),
            key: &[],
        },
        Table {
            file: "boxes.csv",
            description: "boxes of keys in which a condition holds",
            fields: fields(&findings::limits()),
            key: &["condition", "variant", "box", "key"],
        },
        Table {
            file: "peeling.csv",
            description: "every box on the way to them",
            fields: fields(&findings::peeling()),
            key: &["condition", "variant", "box", "step"],
        },
        Table {
            file: "variants.csv",
            description: "how each variant stands among the others",
            fields: fields(&findings::chosen()),
            key: &["variant"],
        },
        Table {
            file: "pairs.csv",
            description: "every two variants on the same draws",
            fields: fields(&findings::compared()),
            key: &["variant", "other"],
        },
        Table {
            file: "information.csv",
            description: "what it would be worth to know a key before choosing",
            fields: fields(&findings::information()),
            key: &[],
        },
    ]
}

/// The tables that a sweep may have.
pub fn of_sweep(plan: &Plan) -> [Table; 4] {
    let runs = |file| Table {
        file,
        description: "every run: what was drawn, and what came of it",
        fields: fields(&plan.meaning().columns()),
        key: &["run", "variant"],
    };
    [
        runs("runs.parquet"),
        runs("runs.csv"),
        Table {
            file: "trajectories.parquet",
            description: "state of the poor region at every date, of the runs that are kept",
            fields: fields(&trajectories::columns(&plan.variants)),
            key: &["run", "variant", "period"],
        },
        Table {
            file: "summary.csv",
            description: "quantiles of every measure and shares, per variant",
            fields: fields(&statistics::columns()),
            key: &["variant", "measure", "statistic"],
        },
    ]
}
