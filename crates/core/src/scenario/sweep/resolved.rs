//! A sweep as TOML, with its scenario inside.

use super::spec;
use super::ties::Grouped;
use super::variants::toml;
use super::{Sweep, Varied};
use crate::design::Kind;
use crate::scenario::document::Value as Node;
use crate::scenario::key::Key;
use crate::scenario::keys::{self, SCHEMA_VERSION};
use crate::scenario::resolved::{self, key, write};
use ::toml::{Table, Value};

/// A table of more rows stays the file that it is.
const INLINE: u64 = 10_000;

impl Sweep {
    /// The resolved sweep as TOML: swept again, it gives the same bytes. The scenario is part of it, with all its layers
    /// merged; only a table of more than 10,000 rows stays a file of its own, known by its SHA-256.
    pub fn resolved(&self) -> String {
        let mut scenario = toml(&self.base.root);
        if let Value::Table(scenario) = &mut scenario {
            scenario.insert("schema_version".to_owned(), Value::Integer(i64::from(SCHEMA_VERSION)));
            // A scenario without a name is called after its file, which it leaves.
            scenario.entry("name".to_owned()).or_insert_with(|| Value::String(self.stem.clone()));
        }
        let text = write(&Table::from_iter([("scenario".to_owned(), scenario)]));
        let (head, vary, variants) = (self.head(), self.varied(|varied| &varied.name), self.layers());
        let ties = [self.grouped(), self.correlated(), self.carried(|varied| &varied.name)].concat();
        format!("{head}{}{}{vary}{ties}{}{}{text}", self.plan(), self.samples(), write(&variants), self.kept())
    }

    /// What makes a sweep the one that it is, part by part: what each is called in words, and its text. Two sweeps of which
    /// every part is the same have the same rows, as far as both have them, and keep the same trajectories of those that keep
    /// any. What names things for people is no part of it, nor is the number of draws where they go on ([`Kind::goes_on`]).
    pub fn identity(&self) -> Vec<(&'static str, String)> {
        let samples = if self.kind.goes_on() { String::new() } else { self.samples() };
        let mut variants = self.layers();
        let all = variants.get_mut("variants").and_then(Value::as_table_mut);
        for variant in all.into_iter().flatten().filter_map(|(_, variant)| variant.as_table_mut()) {
            unlabelled("", variant);
        }
        let mut scenario = resolved::table(&self.base_keys);
        unlabelled("", &mut scenario);
        vec![
            ("its name", self.name.clone()),
            ("the seed", self.seed.to_string()),
            ("[design]", format!("{}{samples}", self.plan())),
            ("[vary]", self.varied(|varied| &varied.key)),
            ("[group]", self.grouped()),
            ("[correlation]", self.correlated()),
            ("[carry]", self.carried(|varied| &varied.name)),
            ("[variants]", write(&variants)),
            ("[keep]", self.dated()),
            ("the scenario", write(&scenario)),
        ]
    }

    fn label(&self) -> String {
        let text = |text: &str| Value::String(text.to_owned());
        let mut root = Table::new();
        root.insert("schema_version".to_owned(), Value::Integer(i64::from(SCHEMA_VERSION)));
        root.insert("name".to_owned(), text(&self.name));
        root.extend(self.title.as_deref().map(|title| ("title".to_owned(), text(title))));
        root.extend(self.description.as_deref().map(|long| ("description".to_owned(), text(long))));
        write(&root)
    }

    fn head(&self) -> String {
        format!("{}seed = {}\n", self.label(), self.seed)
    }

    /// Whether the design's table stays a file.
    fn filed(&self) -> Option<&(String, String)> {
        self.table.as_ref().filter(|_| self.design.draws() > INLINE)
    }

    fn plan(&self) -> String {
        let mut text = format!("\n[design]\nkind = \"{}\"\n", self.kind.name());
        let layout = self.design.layout();
        match self.kind {
            Kind::Saltelli if layout.second_order => text += "second_order = true\n",
            Kind::Morris => text += &format!("levels = {}\n", layout.levels),
            _ => {}
        }
        if let Some((file, sha256)) = self.filed() {
            let file = super::Level::Text(file.clone()).toml();
            text += &format!("file = {file}\nsha256 = \"{sha256}\"\n");
        }
        text
    }

    fn samples(&self) -> String {
        if matches!(self.kind, Kind::Grid | Kind::Table) {
            return String::new();
        }
        format!("samples = {}\n", self.design.samples())
    }

    /// `[vary]`, each key's column called `name`.
    fn varied<'a>(&'a self, name: impl Fn(&'a Varied) -> &'a str) -> String {
        if self.filed().is_some() {
            return String::new();
        }
        let line = |(varied, spec): (&'a Varied, &spec::Spec)| spec::line(&varied.key, name(varied), spec);
        let in_group = |spec: &spec::Spec| matches!(spec, spec::Spec::Share { .. });
        let keys = self.vary.iter().zip(&self.specs).filter(|(varied, spec)| varied.is_key() && !in_group(spec));
        format!("\n[vary]\n{}", keys.map(line).collect::<String>())
    }

    fn grouped(&self) -> String {
        let share = |slot: &usize| match &self.specs[*slot] {
            spec::Spec::Share { concentration, .. } => format!("{} = {concentration:?}", key(&self.vary[*slot].key)),
            _ => String::new(),
        };
        let one = |group: &Grouped| {
            let shares: Vec<String> = group.slots.iter().map(share).collect();
            let (name, sum) = (key(&group.name), group.sum);
            format!("\n[group.{name}]\nsum = {sum:?}\ndirichlet = {{ {} }}\n", shares.join(", "))
        };
        self.groups.iter().map(one).collect()
    }

    fn correlated(&self) -> String {
        if self.pairs.is_empty() {
            return String::new();
        }
        let name = |slot: usize| key(&self.vary[slot].key);
        let mut firsts: Vec<usize> = self.pairs.iter().map(|pair| pair.0).collect();
        let mut seen = Vec::new();
        firsts.retain(|slot| {
            !seen.contains(slot) && {
                seen.push(*slot);
                true
            }
        });
        let line = |first: usize| {
            let own = self.pairs.iter().filter(|pair| pair.0 == first);
            let others: Vec<String> = own.map(|(_, other, rank)| format!("{} = {rank:?}", name(*other))).collect();
            format!("{} = {{ {} }}\n", name(first), others.join(", "))
        };
        format!("\n[correlation]\n{}", firsts.into_iter().map(line).collect::<String>())
    }

    fn carried<'a>(&'a self, name: impl Fn(&'a Varied) -> &'a str) -> String {
        let mut columns = self.vary.iter().zip(&self.specs).filter(|(varied, _)| !varied.is_key()).peekable();
        if self.filed().is_some() || columns.peek().is_none() {
            return String::new();
        }
        let line = |(varied, spec): (&'a Varied, &spec::Spec)| format!("{} = {}\n", key(name(varied)), spec.list());
        format!("\n[carry]\n{}", columns.map(line).collect::<String>())
    }

    fn layers(&self) -> Table {
        let one = |variant: &super::Variant| {
            let mut layer = toml(&variant.layer);
            if let (Value::Table(layer), true) = (&mut layer, variant.baseline > 0) {
                let baseline = self.variants[variant.baseline].name.clone();
                layer.insert(super::variants::BASELINE.to_owned(), Value::String(baseline));
            }
            (variant.name.clone(), layer)
        };
        // What is not declared is not written.
        let alone = self.variants.len() == 1;
        let undeclared = |variant: &super::Variant| {
            variant.name == super::variants::ONLY
                && matches!(&variant.layer.value, Node::Table(layer) if layer.is_empty())
        };
        let variants: Table = self.variants.iter().filter(|variant| !(alone && undeclared(variant))).map(one).collect();
        if variants.is_empty() {
            return Table::new();
        }
        Table::from_iter([("variants".to_owned(), Value::Table(variants))])
    }

    fn kept(&self) -> String {
        format!("\n[keep]\ntrajectories = {}\n{}", self.keep.toml(), self.dated())
    }

    /// The dates that every row has columns of.
    fn dated(&self) -> String {
        if self.dates.is_empty() { String::new() } else { format!("dates = {:?}\n", self.dates) }
    }
}

/// Takes out of a scenario's table at `path` what no run depends on: names for people, and where values come from.
fn unlabelled(path: &str, table: &mut Table) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    table.retain(|name, _| {
        let path = below(name);
        path != "sources" && !(path.starts_with("sources.") || keys::find(&path).is_some_and(Key::is_label))
    });
    for (name, value) in table.iter_mut() {
        let path = below(name);
        match value {
            Value::Table(inner) => unlabelled(&path, inner),
            Value::Array(items) => {
                let tables = items.iter_mut().enumerate().filter_map(|(i, item)| Some((i, item.as_table_mut()?)));
                tables.for_each(|(i, inner)| unlabelled(&format!("{path}.{i}"), inner));
            }
            _ => {}
        }
    }
}
