//! Tables as lists of columns: a column knows its name, type, unit and meaning, and how its values are read from what the
//! table is made of. All that is written, described or documented of a table follows from its list.
//!
//! Values are read many rows at a time: the loop over rows lies inside a column, where the compiler sees what it does;
//! what is decided once per column need not be decided for every cell.

use crate::names;
use crate::names::Named;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

names! {
    /// Type of a column's values, as a Frictionless table schema names it.
    pub enum ColumnType {
        String = "string": "Text",
        Integer = "integer": "Whole number",
        Number = "number": "Real number",
        Boolean = "boolean": "true or false",
    }
}

/// What is known of a column before any row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Header.
    pub name: Cow<'static, str>,
    /// Type of its values.
    pub kind: ColumnType,
    /// Unit; "1" for ratios and counts, empty where a value has none.
    pub unit: &'static str,
    /// Meaning.
    pub description: Cow<'static, str>,
    /// Whether every row has a value.
    pub required: bool,
    /// Whether its numbers may be infinite: `inf` in text.
    pub unbounded: bool,
    /// The only texts that it holds; empty where it holds others.
    pub among: Vec<&'static str>,
}

/// A value of a column, or none: what a closure that reads one may give.
pub trait Value<T> {
    /// Whether there always is one.
    const REQUIRED: bool;
    /// The value.
    fn found(self) -> Option<T>;
}

impl<T> Value<T> for T {
    const REQUIRED: bool = true;
    fn found(self) -> Option<T> {
        Some(self)
    }
}

impl<T> Value<T> for Option<T> {
    const REQUIRED: bool = false;
    fn found(self) -> Option<T> {
        self
    }
}

/// Reads a range of rows from what a table is made of, and puts their values after those that are there.
type Read<'c, R> = dyn Fn(&R, Range<usize>, &mut Cells) + Send + Sync + 'c;

/// A column of a table whose rows are found in an `R`.
pub struct Column<'c, R: ?Sized> {
    /// What is known of it before any row.
    pub field: Field,
    read: Box<Read<'c, R>>,
}

impl<R: ?Sized> std::fmt::Debug for Column<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.field.fmt(f)
    }
}

impl<'c, R: ?Sized> Column<'c, R> {
    /// A column whose values `read` puts after those that are there, a range of rows at a time.
    pub fn new(field: Field, read: impl Fn(&R, Range<usize>, &mut Cells) + Send + Sync + 'c) -> Self {
        Self { field, read: Box::new(read) }
    }

    /// A column of real numbers.
    pub fn number<V: Value<f64>>(
        name: impl Into<Cow<'static, str>>,
        unit: &'static str,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> V + Send + Sync + 'c,
    ) -> Self {
        let finite = |value: V| value.found().filter(|value| V::REQUIRED || value.is_finite()).unwrap_or(f64::NAN);
        Self::new(field(name, ColumnType::Number, unit, description, V::REQUIRED), move |rows, range, cells| {
            if let Cells::Numbers(cells) = cells {
                cells.extend(range.map(|row| finite(value(rows, row))));
            }
        })
    }

    /// A column of whole numbers.
    pub fn integer<V: Value<u64>>(
        name: impl Into<Cow<'static, str>>,
        unit: &'static str,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> V + Send + Sync + 'c,
    ) -> Self {
        Self::new(field(name, ColumnType::Integer, unit, description, V::REQUIRED), move |rows, range, cells| {
            if let Cells::Integers(cells) = cells {
                cells.extend(range.map(|row| value(rows, row).found()));
            }
        })
    }

    /// A column of truths.
    pub fn truth<V: Value<bool>>(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> V + Send + Sync + 'c,
    ) -> Self {
        Self::new(field(name, ColumnType::Boolean, "", description, V::REQUIRED), move |rows, range, cells| {
            if let Cells::Truths(cells) = cells {
                cells.extend(range.map(|row| value(rows, row).found()));
            }
        })
    }

    /// A column of text.
    pub fn text(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> &str + Send + Sync + 'c,
    ) -> Self {
        Self::new(field(name, ColumnType::String, "", description, true), move |rows, range, cells| {
            if let Cells::Texts(cells) = cells {
                range.for_each(|row| cells.push(Some(value(rows, row))));
            }
        })
    }

    /// A column of text that some rows do not have.
    pub fn optional_text(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> Option<&str> + Send + Sync + 'c,
    ) -> Self {
        Self::new(field(name, ColumnType::String, "", description, false), move |rows, range, cells| {
            if let Cells::Texts(cells) = cells {
                range.for_each(|row| cells.push(value(rows, row)));
            }
        })
    }

    /// A column of text that is made for each row, where it has any.
    pub fn made_text(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> Option<String> + Send + Sync + 'c,
    ) -> Self {
        Self::new(field(name, ColumnType::String, "", description, false), move |rows, range, cells| {
            if let Cells::Texts(cells) = cells {
                range.for_each(|row| cells.push(value(rows, row).as_deref()));
            }
        })
    }

    /// A column of the names of an enum.
    pub fn named<E: Named, V: Value<E>>(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        value: impl Fn(&R, usize) -> V + Send + Sync + 'c,
    ) -> Self {
        let mut field = field(name, ColumnType::String, "", description, V::REQUIRED);
        field.among = E::VARIANTS.iter().map(|variant| variant.spelling()).collect();
        Self::new(field, move |rows, range, cells| {
            if let Cells::Texts(cells) = cells {
                cells.push_named(range.map(|row| value(rows, row).found()));
            }
        })
    }

    /// The same column of a table whose rows are found in something that holds an `R`.
    pub fn within<Outer: ?Sized>(self, inner: impl Fn(&Outer) -> &R + Send + Sync + 'c) -> Column<'c, Outer>
    where
        R: 'c,
    {
        let Self { field, read } = self;
        Column::new(field, move |rows, range, cells| read(inner(rows), range, cells))
    }

    /// No values yet, of its type.
    pub fn cells(&self) -> Cells {
        Cells::new(self.field.kind)
    }

    /// The same column of numbers, of which some may be missing, NaN, and some infinite: `inf` in text.
    #[must_use]
    pub fn unbounded(mut self) -> Self {
        (self.field.required, self.field.unbounded) = (false, true);
        self
    }

    /// Puts the values of `range` after those in `cells`.
    pub fn read(&self, rows: &R, range: Range<usize>, cells: &mut Cells) {
        (self.read)(rows, range, cells);
    }
}

/// What is known of a column that holds any texts.
pub fn field(
    name: impl Into<Cow<'static, str>>,
    kind: ColumnType,
    unit: &'static str,
    description: impl Into<Cow<'static, str>>,
    required: bool,
) -> Field {
    Field {
        name: name.into(),
        kind,
        unit,
        description: description.into(),
        required,
        unbounded: false,
        among: Vec::new(),
    }
}

/// What is known of the columns of a table before any row.
pub fn fields<R: ?Sized>(columns: &[Column<'_, R>]) -> Vec<Field> {
    columns.iter().map(|column| column.field.clone()).collect()
}

/// Values of a column, one per row.
#[derive(Debug, Clone)]
pub enum Cells {
    /// Real numbers; NaN where missing, here and nowhere else. What is infinite is missing to whoever writes it.
    Numbers(Vec<f64>),
    /// Whole numbers.
    Integers(Vec<Option<u64>>),
    /// Truths.
    Truths(Vec<Option<bool>>),
    /// Texts.
    Texts(Texts),
}

/// Texts, of which many are the same: each different one is held once.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// Per row its place in `different`; beyond its end where missing.
    pub places: Vec<u32>,
    /// The different texts.
    pub different: Vec<String>,
    known: BTreeMap<String, u32>,
}

impl Texts {
    /// Stands where there is no text.
    pub const MISSING: u32 = u32::MAX;

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.different.get(*self.places.get(row)? as usize).map(String::as_str)
    }

    /// Adds a row.
    pub fn push(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.places.push(Self::MISSING) };
        // Most rows repeat the one before.
        if let Some(&last) = self.places.last()
            && self.different.get(last as usize).is_some_and(|last| last == text)
        {
            return self.places.push(last);
        }
        let place = self.place(text);
        self.places.push(place);
    }

    /// Adds rows.
    pub fn push_named<E: Named>(&mut self, rows: impl Iterator<Item = Option<E>>) {
        let places: Vec<u32> = E::VARIANTS.iter().map(|variant| self.place(variant.spelling())).collect();
        self.places.extend(rows.map(|row| row.map_or(Self::MISSING, |row| places[row.place()])));
    }

    /// The place of a text, which is held from now on.
    pub fn place(&mut self, text: &str) -> u32 {
        if let Some(&place) = self.known.get(text) {
            return place;
        }
        let place = u32::try_from(self.different.len()).unwrap_or(Self::MISSING);
        self.different.push(text.to_owned());
        self.known.insert(text.to_owned(), place);
        place
    }
}

impl Cells {
    /// No values yet.
    pub fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Number => Self::Numbers(Vec::new()),
            ColumnType::Integer => Self::Integers(Vec::new()),
            ColumnType::Boolean => Self::Truths(Vec::new()),
            ColumnType::String => Self::Texts(Texts::default()),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Integers(cells) => cells.len(),
            Self::Truths(cells) => cells.len(),
            Self::Texts(cells) => cells.places.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the value that a text of a CSV table stands for, an empty one for none; whether it is of this type.
    pub fn push_text(&mut self, text: &str) -> bool {
        match self {
            Self::Numbers(cells) if text.is_empty() => cells.push(f64::NAN),
            Self::Integers(cells) if text.is_empty() => cells.push(None),
            Self::Truths(cells) if text.is_empty() => cells.push(None),
            Self::Texts(cells) => cells.push(Some(text).filter(|text| !text.is_empty())),
            Self::Numbers(cells) => match text.parse::<f64>() {
                Ok(value) if value.is_finite() || matches!(text, "inf" | "-inf") => cells.push(value),
                _ => return false,
            },
            Self::Integers(cells) => match text.parse() {
                Ok(value) => cells.push(Some(value)),
                Err(_) => return false,
            },
            Self::Truths(cells) => match text {
                "true" => cells.push(Some(true)),
                "false" => cells.push(Some(false)),
                _ => return false,
            },
        }
        true
    }

    /// Adds some rows of another column of its type; whether it is of it.
    pub fn append(&mut self, other: &Self, rows: Range<usize>) -> bool {
        match (self, other) {
            (Self::Numbers(cells), Self::Numbers(other)) => cells.extend_from_slice(&other[rows]),
            (Self::Integers(cells), Self::Integers(other)) => cells.extend_from_slice(&other[rows]),
            (Self::Truths(cells), Self::Truths(other)) => cells.extend_from_slice(&other[rows]),
            (Self::Texts(cells), Self::Texts(other)) => rows.for_each(|row| cells.push(other.get(row))),
            _ => return false,
        }
        true
    }

    /// Makes it no values of this type; memory, and the texts known, stay where it is of it already.
    pub fn begin(&mut self, kind: ColumnType) {
        match (&*self, kind) {
            (Self::Numbers(_), ColumnType::Number)
            | (Self::Integers(_), ColumnType::Integer)
            | (Self::Truths(_), ColumnType::Boolean)
            | (Self::Texts(_), ColumnType::String) => self.clear(),
            _ => *self = Self::new(kind),
        }
    }

    /// Forgets all rows; their memory, and the texts known, stay.
    pub fn clear(&mut self) {
        match self {
            Self::Numbers(cells) => cells.clear(),
            Self::Integers(cells) => cells.clear(),
            Self::Truths(cells) => cells.clear(),
            Self::Texts(cells) => cells.places.clear(),
        }
    }

    /// The finite number of a row, a whole one too.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Numbers(cells) => cells.get(row).copied().filter(|value| value.is_finite()),
            Self::Integers(cells) => cells.get(row).copied().flatten().map(|value| value as f64),
            Self::Truths(_) | Self::Texts(_) => None,
        }
    }

    /// The place of a row's text among the different ones; of a truth, 0 or 1.
    pub fn place(&self, row: usize) -> Option<u32> {
        match self {
            Self::Texts(cells) => cells.places.get(row).copied().filter(|place| *place != Texts::MISSING),
            Self::Truths(cells) => cells.get(row).copied().flatten().map(u32::from),
            Self::Numbers(_) | Self::Integers(_) => None,
        }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> Cell<'_> {
        let value = match self {
            Self::Numbers(cells) => cells.get(row).filter(|value| value.is_finite()).map(|&value| Cell::Number(value)),
            Self::Integers(cells) => cells.get(row).copied().flatten().map(Cell::Integer),
            Self::Truths(cells) => cells.get(row).copied().flatten().map(Cell::Truth),
            Self::Texts(cells) => cells.get(row).map(Cell::Text),
        };
        value.unwrap_or(Cell::Missing)
    }
}

/// A value of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Missing,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(u64),
    /// A finite real number.
    Number(f64),
    /// true or false.
    Truth(bool),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Missing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(value) => serializer.serialize_u64(value),
            Self::Number(value) => serializer.serialize_f64(value),
            Self::Truth(value) => serializer.serialize_bool(value),
        }
    }
}

/// A row as an object: the columns' names and values, what is missing as null.
#[derive(Debug)]
pub struct Object<'a, R: ?Sized> {
    /// The columns.
    pub columns: &'a [Column<'a, R>],
    /// What they are read from.
    pub rows: &'a R,
    /// Number of the row.
    pub row: usize,
}

impl<R: ?Sized> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.columns.len()))?;
        for column in self.columns {
            let mut cells = column.cells();
            column.read(self.rows, self.row..self.row + 1, &mut cells);
            object.serialize_entry(&column.field.name, &cells.get(0))?;
        }
        object.end()
    }
}

/// What a column is to a table for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It names the row.
    Name,
    /// It belongs to the table.
    Usual,
    /// It is left out where a table must be narrow, as on paper.
    Spare,
}

/// A column of a table for people: its heading, and what a row says under it.
#[derive(Debug)]
pub struct Shown<R: ?Sized> {
    /// Heading.
    pub heading: &'static str,
    /// What it is to the table.
    pub role: Role,
    /// What row i says.
    pub cell: fn(&R, usize) -> String,
}

/// The lines of a table for people, its headings first.
pub fn shown<R: ?Sized>(columns: &[Shown<R>], rows: &R, order: impl IntoIterator<Item = usize>) -> Vec<Vec<String>> {
    let headings = columns.iter().map(|column| column.heading.to_owned()).collect();
    let line = |row| columns.iter().map(|column| (column.cell)(rows, row)).collect();
    std::iter::once(headings).chain(order.into_iter().map(line)).collect()
}
