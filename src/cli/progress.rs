//! Progress on standard error: a bar on a terminal once a call takes over a second, elsewhere a line now and then.

use super::Terminal;
use crate::control::Control;
use crate::numbers::{lasting, short};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A call shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);
/// How often a line is printed where there is no terminal.
const LINE: Duration = Duration::from_secs(30);

/// Shows the steps of `control` until dropped.
pub(super) struct Progress {
    finish: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What lies ahead.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// Steps in all.
    total: u64,
    /// Steps of an earlier call: done, but no measure of this call's speed.
    before: u64,
    /// What steps are called.
    unit: &'static str,
    /// Whether their number a second means anything to people.
    rated: bool,
}

impl Way {
    fn done(&self, control: &Control) -> u64 {
        (self.before + control.done()).min(self.total)
    }

    /// How far it is: done of total, speed, time left.
    fn line(&self, done: u64, elapsed: Duration) -> String {
        let mut text = format!("{} of {} {}", HumanCount(done), HumanCount(self.total), self.unit);
        let now = done - self.before.min(done);
        if now > 0 {
            let rate = now as f64 / elapsed.as_secs_f64().max(1e-3);
            if self.rated {
                text.push_str(&format!(", {} a second", short(rate)));
            }
            text.push_str(&format!(", {} left", lasting((self.total - done) as f64 / rate)));
        }
        text
    }
}

impl Progress {
    /// `total` steps lie ahead; `unit` says of what.
    pub(super) fn start(control: &Arc<Control>, total: u64, unit: &'static str, terminal: &Terminal) -> Self {
        Self::show(control, Way { total, before: 0, unit, rated: false }, terminal)
    }

    /// The runs of a sweep, of which `before` stand already.
    pub(super) fn of_runs(control: &Arc<Control>, before: u64, total: u64, terminal: &Terminal) -> Self {
        Self::show(control, Way { total, before, unit: "runs", rated: true }, terminal)
    }

    fn show(control: &Arc<Control>, way: Way, terminal: &Terminal) -> Self {
        let (finish, finished) = channel::<()>();
        let (control, draws, quiet) = (Arc::clone(control), terminal.draws(), terminal.quiet);
        let began = Instant::now();
        // Where the system allows no thread for it, the work is done without being shown.
        let thread = std::thread::Builder::new().spawn(move || {
            if finished.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
            let bar = ProgressBar::with_draw_target(Some(way.total), target);
            let template = "{bar:30} {percent:>3} %  {msg}";
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            let mut last_line = began;
            while finished.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let done = way.done(&control);
                bar.set_message(way.line(done, began.elapsed()));
                bar.set_position(done);
                if !draws && !quiet && last_line.elapsed() >= LINE {
                    last_line = Instant::now();
                    anstream::eprintln!("{}", way.line(done, began.elapsed()));
                }
            }
            bar.finish_and_clear();
        });
        Self { finish: Some(finish), thread: thread.ok() }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.finish.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_an_earlier_call_are_done_but_do_not_speed_this_one_up() {
        let way = Way { total: 10_000, before: 4_000, unit: "runs", rated: true };
        assert_eq!(way.line(4_000, Duration::from_secs(3)), "4,000 of 10,000 runs");
        let line = way.line(5_000, Duration::from_secs(10));
        assert_eq!(line, "5,000 of 10,000 runs, 100 a second, 50 s left");
    }
}
