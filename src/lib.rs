//! wip
pub mod advice;
pub mod cli;
pub mod control;
pub mod integrate;
pub mod model;
pub mod record;
pub mod scenario;
pub mod simulate;
pub mod summary;
pub mod trajectory;
