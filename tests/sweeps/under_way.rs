//! Protects what can be done with a sweep under way: it is told how far it is, drawn and read by others while a process computes,
//! which notices nothing of that; and it goes on with more draws and other names.

use crate::common::study::{csv_rows, files, same};
use crate::common::{Bench, Ran, column};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A sweep of `samples` draws over `horizon` periods by small steps.
fn sweep(samples: u64, horizon: u64) -> String {
    format!(
        "schema_version = 1\nname = \"night\"\ntitle = \"A night\"\nseed = 1
[design]\nkind = \"sobol\"\nsamples = {samples}
[vary]\n\"catch_up.beta\" = {{ uniform = [0.03, 0.12] }}\n\"sector.chips.lambda\" = {{ values = [1.3, 1.5, 1.7] }}
[variants.none]\n[variants.promoted]\npolicy = [{{ from = 0, promote = \"chips\" }}]
[keep]\ntrajectories = 9
[scenario]\nschema_version = 1\ntime.horizon = {horizon}\ngrowth.x = 0.02\ncatch_up.beta = 0.05\nsolver.rtol = 1e-12
sector.wool = {{ lambda = 1.2, y_R = 1, y_P = 0.9, Z_P = 0.5 }}
sector.chips = {{ lambda = 1.5, y_R = 1, y_P = 0.7, Z_P = 0.4 }}\n"
    )
}

fn bench(samples: u64, horizon: u64) -> Bench {
    let bench = Bench::new();
    bench.write("night.toml", sweep(samples, horizon));
    bench
}

fn told(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn status(bench: &Bench, more: &[&str]) -> (Option<i32>, serde_json::Value) {
    let ran = bench.run(&[&["sweep", "night.toml", "--status", "--json"], more].concat());
    (ran.code, told(&ran))
}

fn start(bench: &Bench) -> Child {
    bench.command().args(["sweep", "night.toml"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// Waits until so many chunks stand.
fn until(bench: &Bench, chunks: usize) {
    let begun = Instant::now();
    let folder = bench.path().join("output/night/chunks");
    while std::fs::read_dir(&folder).map_or(0, Iterator::count) < chunks {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited too long");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn done(ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_status_tells_how_far_a_sweep_is_and_disturbs_nobody() {
    let bench = bench(4000, 1000);
    done(&bench.run(&["sweep", "night.toml", "--out", "undisturbed"]));
    let undisturbed = files(&bench.path().join("undisturbed/night"));
    let (code, about) = status(&bench, &[]);
    assert_eq!(
        (code, &about["state"], &about["standing"], &about["runs"]),
        (Some(1), &"not-begun".into(), &0.into(), &8000.into())
    );
    assert!(about["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{about}");
    assert!(!bench.exists("output"), "nothing is written");

    let mut child = start(&bench);
    until(&bench, 5);
    let (code, about) = status(&bench, &[]);
    assert_eq!(
        (code, &about["state"], &about["process"]),
        (Some(4), &"computing".into(), &child.id().into()),
        "{about}"
    );
    let standing = about["standing"].as_u64().expect("runs");
    assert_eq!(about["missing"], 8000 - standing);
    // Drawn and read, again and again.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(300) {
        status(&bench, &[]);
        let ran = bench.run(&["sweep", "night.toml", "--snapshot", "--json"]);
        done(&ran);
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("ends");
    let (code, about) = status(&bench, &[]);
    assert_eq!((code, &about["state"], &about["process"]), (Some(1), &"stopped".into(), &serde_json::Value::Null));
    let ran = bench.run(&["sweep", "night.toml", "--status"]);
    assert!(ran.out.contains("of 8,000 runs stand") && ran.out.contains("nobody is computing"), "{}", ran.out);

    let mut child = start(&bench);
    while child.try_wait().expect("a state").is_none() {
        status(&bench, &[]);
        bench.run(&["sweep", "night.toml", "--snapshot"]);
    }
    assert!(child.wait().expect("ends").success());
    same(&files(&bench.path().join("output/night")), &undisturbed, "looked at all the while");
    let (code, about) = status(&bench, &[]);
    assert_eq!(
        (code, &about["state"], &about["standing"], &about["missing"]),
        (Some(0), &"finished".into(), &8000.into(), &0.into())
    );

    bench.write("night.toml", sweep(4000, 1000).replace("0.12", "0.13"));
    let ran = bench.run(&["sweep", "night.toml", "--status"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(ran.err.contains("catch_up.beta"), "{}", ran.err);
}

#[test]
fn parts_have_a_status_of_their_own() {
    let bench = bench(100, 20);
    done(&bench.run(&["sweep", "night.toml", "--shard", "1/2"]));
    let of = |shard: &str| status(&bench, &["--shard", shard]);
    let (code, about) = of("1/2");
    assert_eq!((code, &about["state"], &about["standing"]), (Some(0), &"finished".into(), &100.into()));
    let (code, about) = of("2/2");
    assert_eq!(
        (code, &about["state"], &about["standing"], &about["runs"]),
        (Some(1), &"not-begun".into(), &0.into(), &100.into())
    );
    let (code, about) = status(&bench, &[]);
    assert_eq!((code, &about["state"], &about["standing"]), (Some(1), &"stopped".into(), &100.into()));
}

#[test]
fn a_snapshot_holds_the_runs_that_stand_as_they_will_be() {
    let bench = bench(100, 20);
    let nothing = bench.run(&["sweep", "night.toml", "--snapshot"]);
    assert_eq!(nothing.code, Some(1), "{nothing:?}");
    assert!(nothing.err.contains("nothing stands"), "{}", nothing.err);
    done(&bench.run(&["sweep", "night.toml", "--shard", "2/3"]));
    let ran = bench.run(&["sweep", "night.toml", "--snapshot", "--json"]);
    done(&ran);
    let about = told(&ran);
    let standing = about["standing"].as_u64().expect("runs");
    assert!(standing > 50 && standing < 80 && about["runs"] == 200, "{about}");
    assert_eq!(about["file"], "output/night/snapshot.parquet");
    // A damaged chunk is left out.
    let chunk = std::fs::read_dir(bench.path().join("output/night/chunks")).expect("chunks").next().expect("one");
    let chunk = chunk.expect("one").path();
    let whole = std::fs::read(&chunk).expect("a chunk");
    let mut bytes = whole.clone();
    bytes[200] ^= 1;
    std::fs::write(&chunk, bytes).expect("written");
    let fewer = told(&bench.run(&["sweep", "night.toml", "--snapshot", "--json"]));
    assert!(fewer["standing"].as_u64().is_some_and(|fewer| fewer < standing), "{fewer}");
    std::fs::write(&chunk, whole).expect("written");
    // Read back, it is the rows of the finished table.
    bench.run(&["sweep", "night.toml", "--snapshot"]);
    let path = bench.path().join("output/night/snapshot.parquet");
    let rows = parquet_rows(&std::fs::read(&path).expect("a snapshot"));
    assert_eq!(rows.len() as u64, standing);
    done(&bench.run(&["sweep", "night.toml"]));
    assert!(!path.exists(), "the whole table stands");
    let all = csv_rows(bench.read("output/night/runs.csv").as_bytes());
    for row in &rows {
        assert!(all.contains(row), "{row:?}");
    }
    let ran = bench.run(&["sweep", "night.toml", "--snapshot"]);
    done(&ran);
    assert!(ran.out.contains("runs.parquet") && !path.exists(), "{}", ran.out);
}

/// The rows of a Parquet file as the cells of a CSV table.
fn parquet_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes.to_vec())).expect("parquet");
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(value) => value.clone(),
        Field::Double(value) => ryu::Buffer::new().format_finite(*value).to_owned(),
        other => other.to_string(),
    };
    let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row"));
    rows.map(|row| row.get_column_iter().map(|(_, field)| cell(field)).collect()).collect()
}

#[test]
fn a_picture_of_a_sweep_under_way_says_of_how_many_runs_it_is() {
    let bench = bench(100, 20);
    done(&bench.run(&["sweep", "night.toml", "--shard", "1/2"]));
    let ran = bench.run(&["plot", "output/night", "--what", "ecdf"]);
    done(&ran);
    assert!(ran.err.contains("output/night is a sweep under way: drawn of 100 of 200 runs"), "{}", ran.err);
    let picture = bench.read("output/night/ecdf.svg");
    assert!(picture.contains("100 of 200 runs") && picture.contains("A night"), "{picture}");
    let refused = bench.run(&["plot", "output/night", "--what", "gap"]);
    assert!(refused.code == Some(2) && refused.err.contains("output/night is a sweep"), "{}", refused.err);
    // Of the finished sweep it says nothing of the kind.
    done(&bench.run(&["sweep", "night.toml"]));
    let ran = bench.run(&["plot", "output/night", "--what", "ecdf"]);
    done(&ran);
    assert!(ran.err.is_empty() && !bench.read("output/night/ecdf.svg").contains("under way"), "{}", ran.err);
}

/// Runs computed by a call.
fn computed(bench: &Bench) -> u64 {
    let ran = bench.run(&["sweep", "night.toml", "--json"]);
    done(&ran);
    told(&ran)["computed"].as_u64().expect("a number of runs")
}

#[test]
fn more_samples_go_on_from_the_finished_sweep() {
    let bench = bench(100, 20);
    assert_eq!(computed(&bench), 200);
    for (samples, new) in [(150, 100), (1000, 1700)] {
        bench.write("night.toml", sweep(samples, 20));
        let (code, about) = status(&bench, &[]);
        assert_eq!((code, &about["missing"]), (Some(1), &new.into()), "{about}");
        assert_eq!(computed(&bench), new);
        assert_eq!(computed(&bench), 0, "complete");
        done(&bench.run(&["sweep", "night.toml", "--out", "whole"]));
        let whole = files(&bench.path().join("whole/night"));
        same(&files(&bench.path().join("output/night")), &whole, &format!("{samples}"));
        std::fs::remove_dir_all(bench.path().join("whole")).expect("removed");
    }
    bench.write("night.toml", sweep(500, 20));
    let ran = bench.run(&["sweep", "night.toml"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(ran.err.contains("samples: 1000 there, 500 now") && ran.err.contains("run is below 500"), "{}", ran.err);
    // A hypercube is laid out for its size.
    let hypercube = |samples| sweep(samples, 20).replace("sobol", "latin-hypercube").replace("\"night\"", "\"cube\"");
    bench.write("cube.toml", hypercube(50));
    done(&bench.run(&["sweep", "cube.toml"]));
    bench.write("cube.toml", hypercube(60));
    let ran = bench.run(&["sweep", "cube.toml"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(ran.err.contains("samples"), "{}", ran.err);
}

#[test]
fn other_names_for_people_cost_no_run() {
    let bench = bench(64, 20);
    assert_eq!(computed(&bench), 128);
    let text = sweep(64, 20);
    let renamed = [
        text.replace("A night", "Another night"),
        text.replace("seed = 1", "description = \"Words\"\nseed = 1"),
        text.replace("lambda = 1.5,", "lambda = 1.5, label = \"Microchips\","),
        text.replace("promote = \"chips\"", "promote = \"chips\", label = \"The programme\""),
        text.replace("[scenario]\n", "[scenario]\nregions.poor = \"Norte\"\ntitle = \"A region\"\n"),
        text.replace("sobol\"", "sobol\" # a comment"),
        text.replace("uniform = [0.03, 0.12]", "uniform = [0.03, 0.12], as = \"beta\""),
        text.clone(),
    ];
    for text in renamed {
        bench.write("night.toml", &text);
        assert_eq!(computed(&bench), 0, "{text}");
        done(&bench.run(&["sweep", "night.toml", "--out", "whole"]));
        let whole = files(&bench.path().join("whole/night"));
        same(&files(&bench.path().join("output/night")), &whole, &text);
        std::fs::remove_dir_all(bench.path().join("whole")).expect("removed");
    }
    bench.write("night.toml", sweep(64, 20).replace("lambda = 1.2", "lambda = 1.3"));
    assert_eq!(bench.run(&["sweep", "night.toml"]).code, Some(5), "what a run depends on");
    let betas = column(&bench.read("output/night/runs.csv"), "catch_up.beta");
    assert_eq!(betas.len(), 128);
}
