//! How the value of a key is read and shown, by its type, and the macro by which the typed keys of a table and their entries in
//! the list are one.

use super::diagnostics::At;
use super::document::Table;
use super::key::{Key, Otherwise, Takes, join};
use super::reader::Reader;
use crate::model::range::Range;
use crate::names::Named;

/// Where the keys of one table are read from.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a Table,
    /// Where it stands, for what it lacks.
    pub at: &'a At,
    /// Its dotted path.
    pub path: &'a str,
}

/// A value that a key is read as.
pub trait Field: Sized {
    /// Reads it; where it is wrong or lacking, that is noted, and the result is not to be used.
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self;

    /// As people read it; `None` where there is none.
    fn shown(&self) -> Option<String>;

    /// Whether there is none.
    fn is_absent(&self) -> bool {
        false
    }
}

/// For `skip_serializing_if`.
pub fn is_absent<T: Field>(value: &T) -> bool {
    value.is_absent()
}

impl Field for f64 {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        match (<Option<Self>>::read(reader, place, key), key.otherwise) {
            (Some(number), _) => number,
            (None, Otherwise::Number(default)) if !place.table.contains_key(key.name) => default,
            (None, Otherwise::Required) if !place.table.contains_key(key.name) => {
                reader.missing(place.at, &join(place.path, key.name), &key.takes.words());
                Self::NAN
            }
            (None, _) => Self::NAN,
        }
    }

    fn shown(&self) -> Option<String> {
        let text = format!("{self:?}");
        Some(text.strip_suffix(".0").unwrap_or(&text).to_owned())
    }
}

impl Field for Option<f64> {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        let range = if let Takes::Number(range) = key.takes { range } else { Range::ANY };
        reader.optional(place.table, place.path, key.name, range)
    }

    fn shown(&self) -> Option<String> {
        self.as_ref().and_then(f64::shown)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl Field for bool {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        let default = matches!(key.otherwise, Otherwise::Flag(true));
        reader.boolean(place.table, place.path, key.name, default)
    }

    fn shown(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Field for String {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        let default = if let Otherwise::Text(default) = key.otherwise { default() } else { "" };
        reader.text_of(place.table, place.path, key).unwrap_or_else(|| default.to_owned())
    }

    fn shown(&self) -> Option<String> {
        Some(self.clone())
    }
}

/// A label.
impl Field for Option<String> {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        reader.text_of(place.table, place.path, key)
    }

    fn shown(&self) -> Option<String> {
        self.clone()
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Names of sectors.
impl Field for Vec<String> {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        reader.sectors_of(place.table, place.path, key)
    }

    fn shown(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.join(", "))
    }
}

impl<T: Named + Default> Field for T {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        reader.choice(place.table, place.path, key.name).unwrap_or_default()
    }

    fn shown(&self) -> Option<String> {
        Some(self.spelling().to_owned())
    }
}

impl<T: Named> Field for Option<T> {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        reader.choice(place.table, place.path, key.name)
    }

    fn shown(&self) -> Option<String> {
        self.map(|word| word.spelling().to_owned())
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Defines the typed keys of a table: for each its name, type, meaning, and what else is known of it, which together make its
/// entry in the list. What stands after `and` is no key.
macro_rules! section {
    (
        $(#[$attribute:meta])*
        $Name:ident of $Section:ident {
            $($field:ident: $Type:ty = $meaning:literal, $key:expr;)*
        }
        $(and { $($(#[$of_more:meta])* $more:ident: $More:ty,)* })?
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        pub struct $Name {
            $(
                #[doc = concat!($meaning, ".")]
                #[serde(skip_serializing_if = "is_absent")]
                pub $field: $Type,
            )*
            $($($(#[$of_more])* pub $more: $More,)*)?
        }

        impl $Name {
            /// Its keys.
            pub const KEYS: &'static [Key] = &[$(
                Key { section: Section::$Section, name: stringify!($field), meaning: $meaning, ..$key }
            ),*];

            /// Reads them, each by itself.
            pub(super) fn read(reader: &mut Reader<'_>, place: Place<'_>) -> Self {
                let mut keys = Self::KEYS.iter();
                let mut next = || keys.next().expect("a key for each field");
                Self {
                    $($field: Field::read(reader, place, next()),)*
                    $($($more: Default::default(),)*)?
                }
            }

            /// Each key with its value as people read it.
            pub fn shown(&self) -> impl Iterator<Item = (&'static Key, Option<String>)> {
                Self::KEYS.iter().zip([$(self.$field.shown()),*])
            }
        }
    };
}

pub(super) use section;
