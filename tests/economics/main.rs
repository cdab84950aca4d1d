//! What the program says about the world: the paper's tables and propositions, closed forms, invariants, a second
//! implementation of the whole model, and the shipped scenarios.

#[path = "../common/mod.rs"]
mod common;

mod closed_form;
mod compare;
mod equilibria;
mod flip;
mod invariants;
mod map;
mod motion;
mod optimise;
mod paper;
mod present;
mod probe;
mod reference;
mod rules;
mod shipped;
mod words;
