//! What a finished table of draws says: which key matters, how much of it, and how sure that is. A library room that takes
//! columns and knows nothing of scenarios, sweeps, files or threads.
//!
//! A column is `&[f64]`, one entry a draw: a key's value (of a key that takes texts, its level's index) or a measure. NaN is
//! "missing" and is left out and counted; ±∞ is a value, and where a measure has one it is analysed through its ranks.
