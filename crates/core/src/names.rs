//! Enums whose variants have a spelling in files: each variant, its spelling and its meaning stand once, beside each
//! other, and everything else follows from that list.

/// An enum made by [`names!`](crate::names!), for code that serves all of them.
pub trait Named: Copy + Eq + 'static {
    /// Every variant, in the order of the list.
    const VARIANTS: &'static [Self];

    /// Spelling in TOML, CSV and JSON.
    fn spelling(self) -> &'static str;

    /// Other spellings that are read as this one, and never written.
    fn aliases(self) -> &'static [&'static str];

    /// What it means, in words.
    fn meaning(self) -> &'static str;

    /// Its place in the list.
    fn place(self) -> usize;

    /// The variant that is spelt so.
    fn from_name(name: &str) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|variant| variant.spelling() == name || variant.aliases().contains(&name))
    }
}

/// Defines an enum of named variants: `Variant = "spelling": "meaning"`, the meaning being its documentation, too. A further
/// spelling that is read as the same stands behind the first: `Variant = "spelling" | "alias": "meaning"`.
///
/// Gives it `ALL` (an array in the order of the list), `name()`, `meaning()`, `from_name()`, [`Named`], and
/// `serde::Serialize` by the spelling.
#[macro_export]
macro_rules! names {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $Enum:ident {
            $($(#[$of_variant:meta])* $Variant:ident = $name:literal $(| $alias:literal)* : $meaning:literal),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $Enum {
            $(#[doc = concat!($meaning, ".")] $(#[$of_variant])* $Variant),+
        }

        impl $Enum {
            /// Every variant, in the order of the list.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$Variant),+];

            /// Spelling in TOML, CSV and JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name),+
                }
            }

            /// What it means, in words.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$Variant => $meaning),+
                }
            }

            /// The variant that is spelt so.
            pub fn from_name(name: &str) -> Option<Self> {
                <Self as $crate::names::Named>::from_name(name)
            }
        }

        impl $crate::names::Named for $Enum {
            const VARIANTS: &'static [Self] = &Self::ALL;

            fn spelling(self) -> &'static str {
                self.name()
            }

            fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$Variant => &[$($alias),*]),+
                }
            }

            fn meaning(self) -> &'static str {
                self.meaning()
            }

            fn place(self) -> usize {
                self as usize
            }
        }

        impl ::serde::Serialize for $Enum {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Named;

    names! {
        /// Sizes.
        #[derive(Default)]
        pub enum Size {
            #[default]
            Small = "small": "Fits anywhere",
            VeryLarge = "very-large" | "huge": "Fits nowhere",
        }
    }

    #[test]
    fn a_list_is_all_that_an_enum_of_names_needs() {
        assert_eq!(Size::ALL.map(Size::name), ["small", "very-large"]);
        assert_eq!(Size::VARIANTS, Size::ALL);
        assert_eq!(Size::default().meaning(), "Fits anywhere");
        assert_eq!(Size::from_name("very-large"), Some(Size::VeryLarge));
        assert_eq!(Size::from_name("Very-Large"), None);
        assert_eq!(Size::from_name("huge").map(Size::name), Some("very-large"));
    }
}
