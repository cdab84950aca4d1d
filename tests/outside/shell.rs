//! Protects what `catchup completions` promises: in a real Bash, commands, options, and the keys and values of `--set` are completed,
//! those of the scenario on the command line among them.

use crate::common::Bench;
use crate::{ensure, trial};
use libtest_mimic::{Failed, Trial};
use std::path::Path;
use std::process::Command;

/// What Bash would offer for the last of these words, which it takes apart at `=` and `:`.
fn offered(bench: &Bench, words: &[&str]) -> Result<Vec<String>, Failed> {
    const SCRIPT: &str = "source completions.bash\nCOMP_WORDS=(\"$@\")\nCOMP_CWORD=$(($# - 1))\nlast=${!#}\n\
                          case $last in [=:]) last= ;; esac\n_catchup catchup \"$last\"\nprintf '%s\\n' \"${COMPREPLY[@]}\"";
    bench.write("completions.bash", bench.run(&["completions", "bash"]).out);
    let folder = Path::new(env!("CARGO_BIN_EXE_catchup")).parent().unwrap_or(Path::new(""));
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", SCRIPT, "bash"]).args(words).env("PATH", path).current_dir(bench.path());
    let output = bash.output()?;
    let offered = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    ensure(output.status.success(), || String::from_utf8_lossy(&output.stderr).into_owned()).map(|()| offered)
}

fn bash_completes_keys_and_values() -> Result<(), Failed> {
    let bench = Bench::new();
    bench.write("region.toml", catchup::scenario::STARTER);
    let set = ["catchup", "run", "region.toml", "--set"];
    for (words, wanted) in [
        (vec!["catchup", "ru"], vec!["run"]),
        ([&set[..], &["catch_up.b"]].concat(), vec!["catch_up.beta="]),
        ([&set[..], &["sector.textiles.y"]].concat(), vec!["sector.textiles.y_P=", "sector.textiles.y_R="]),
        ([&set[..], &["policy.0.s"]].concat(), vec!["policy.0.sustain="]),
        ([&set[..], &["catch_up.form", "=", "ver"]].concat(), vec!["verspagen"]),
        ([&set[..], &["policy.0.promote", "="]].concat(), vec!["electronics", "textiles"]),
        ([&set[..], &["poor.start", "=", "cluster", ":", "t"]].concat(), vec!["textiles"]),
        ([&set[..], &["=", "growth."]].concat(), vec!["growth.x="]),
        (vec!["catchup", "schema", "sw"], vec!["sweep"]),
        (vec!["catchup", "flip", "region.toml", "--key", "policy.0.u"], vec!["policy.0.until"]),
        (vec!["catchup", "flip", "region.toml", "--key", "catch_up.form", "=", "ver"], vec!["verspagen"]),
        (
            vec!["catchup", "map", "region.toml", "--x", "sector.textiles.y"],
            vec!["sector.textiles.y_P=", "sector.textiles.y_R="],
        ),
        // A side has numbers.
        (vec!["catchup", "map", "region.toml", "--y", "poor.t"], vec!["poor.tau="]),
    ] {
        let offered = offered(&bench, &words)?;
        ensure(offered == wanted, || format!("{words:?}: {offered:?}, not {wanted:?}"))?;
    }
    // Without a scenario there are no sectors.
    let plain = offered(&bench, &["catchup", "run", "--set", ""])?;
    let sectors = plain.iter().any(|key| key.starts_with("sector."));
    ensure(!sectors && plain.contains(&"time.horizon=".to_owned()), || format!("{plain:?}"))
}

fn every_shell_gets_a_script() -> Result<(), Failed> {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = bench.run(&["completions", shell]);
        ensure(ran.code == Some(0) && ran.out.contains("CATCHUP_COMPLETE"), || format!("{shell}: {ran:?}"))?;
    }
    Ok(())
}

fn the_manual_has_a_page_for_each_command() -> Result<(), Failed> {
    let bench = Bench::new();
    let ran = bench.run(&["man", "--out", "man"]);
    ensure(ran.code == Some(0), || format!("{ran:?}"))?;
    for page in ["catchup", "catchup-run", "catchup-check", "catchup-sweep", "catchup-schema"] {
        let text = bench.read(&format!("man/{page}.1"));
        ensure(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), || format!("{page}: {text}"))?;
    }
    ensure(bench.read("man/catchup-run.1").contains("KEY=VALUE"), || "run has no --set".to_owned())?;
    ensure(bench.run(&["man"]).out == bench.read("man/catchup.1"), || "another page is printed".to_owned())
}

pub(crate) fn trials() -> Vec<Trial> {
    let bash = Command::new("bash").arg("--version").output().is_ok_and(|output| output.status.success());
    let missing = (!bash).then(|| "bash is missing".to_owned());
    vec![
        trial("shell::bash_completes_keys_and_values", missing, bash_completes_keys_and_values),
        trial("shell::every_shell_gets_a_script", None, every_shell_gets_a_script),
        trial("shell::the_manual_has_a_page_for_each_command", None, the_manual_has_a_page_for_each_command),
    ]
}
