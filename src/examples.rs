//! The shipped scenarios, comparisons and sweeps: they travel in the program. The folder `scenarios` is their list.

use crate::scenario::{Heading, heading};

/// Name and text of every file in `scenarios`, by name; written by the build script.
const ALL: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// A shipped scenario or sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Its path below `scenarios`, without `.toml`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

/// All of them, by name.
pub fn all() -> impl Iterator<Item = Example> {
    ALL.iter().map(|&(name, text)| Example { name, text })
}

/// The one called `name`, or those in the folder of that name; none where there is neither.
pub fn called(name: &str) -> Vec<Example> {
    let inside = |example: &Example| example.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    let one: Vec<Example> = all().filter(|example| example.name == name).collect();
    if one.is_empty() { all().filter(inside).collect() } else { one }
}

impl Example {
    /// Its title, and what else it says about itself.
    pub fn heading(&self) -> Heading {
        heading(self.text)
    }

    /// The one it extends or sweeps over.
    pub fn rests_on(&self) -> Option<Self> {
        let file = self.heading().rests_on?;
        let mut name: Vec<&str> = self.name.split('/').collect();
        name.pop();
        for part in file.trim_end_matches(".toml").split('/') {
            if part == ".." {
                name.pop();
            } else {
                name.push(part);
            }
        }
        let name = name.join("/");
        all().find(|example| example.name == name)
    }
}
