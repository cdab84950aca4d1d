//! The shipped scenarios, comparisons and sweeps: they travel in the program. The folder `scenarios` is their list.

use crate::scenario::{Heading, heading};

/// Path below `scenarios` and text of every file there, by path; written by the build script.
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
    ALL.iter().filter_map(|&(path, text)| Some(Example { name: path.strip_suffix(".toml")?, text }))
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
        let path = self.beside(&self.heading().rests_on?);
        all().find(|example| path.strip_suffix(".toml") == Some(example.name))
    }

    /// The CSV files that it reads: their paths below `scenarios`, and their texts.
    pub fn files(&self) -> Vec<(String, &'static str)> {
        let paths = self.heading().files.into_iter().map(|file| self.beside(&file));
        paths.filter_map(|path| ALL.iter().find(|(other, _)| *other == path).map(|(_, text)| (path, *text))).collect()
    }

    /// Where a file stands below `scenarios` that it names relative to its own folder.
    fn beside(&self, file: &str) -> String {
        let mut path: Vec<&str> = self.name.split('/').collect();
        path.pop();
        for part in file.split('/') {
            if part == ".." {
                path.pop();
            } else {
                path.push(part);
            }
        }
        path.join("/")
    }
}
