//! Progress on standard error: a bar on a terminal once a call takes over a second, elsewhere a line now and then.

use super::Terminal;
use crate::control::Control;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
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

impl Progress {
    /// `total` steps lie ahead; `unit` says of what.
    pub(super) fn start(control: &Arc<Control>, total: u64, unit: &'static str, terminal: &Terminal) -> Self {
        let (finish, finished) = channel::<()>();
        let (control, draws, quiet) = (Arc::clone(control), terminal.draws(), terminal.quiet);
        let thread = std::thread::spawn(move || {
            if finished.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
            let bar = ProgressBar::with_draw_target(Some(total), target);
            let template = "{bar:30} {percent:>3} %  {human_pos} of {human_len} {msg}, {eta} left";
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(unit);
            let mut last_line = Instant::now();
            while finished.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let done = control.done().min(total);
                bar.set_position(done);
                if !draws && !quiet && last_line.elapsed() >= LINE {
                    last_line = Instant::now();
                    anstream::eprintln!("{done} of {total} {unit}");
                }
            }
            bar.finish_and_clear();
        });
        Self { finish: Some(finish), thread: Some(thread) }
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
