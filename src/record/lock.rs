//! Locks on an output folder: a file held by `flock`, so that the lock of a process that died is free again.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often, after a moment each time, a lock that is held is asked for again.
const PATIENCE: u32 = 5;
const MOMENT: Duration = Duration::from_millis(20);

/// Why a lock was not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// Another process holds it; its number, where it left one.
    Busy(Option<u32>),
    /// It could not be made.
    Io(io::Error),
}

/// A lock held until it is dropped; its file goes with its last holder.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    shared: bool,
}

impl Lock {
    /// The lock at `path` for this process alone, with its number inside.
    pub(super) fn exclusive(path: &Path) -> Result<Self, Refused> {
        let lock = Self::take(path, false)?;
        lock.file.set_len(0).and_then(|()| writeln!(&lock.file, "{}", std::process::id())).map_err(Refused::Io)?;
        Ok(lock)
    }

    /// The lock at `path`, together with others that share it.
    pub(super) fn shared(path: &Path) -> Result<Self, Refused> {
        let lock = Self::take(path, true)?;
        // A number left by a process that died holding it alone would mislead.
        lock.file.set_len(0).map_err(Refused::Io)?;
        Ok(lock)
    }

    fn take(path: &Path, shared: bool) -> Result<Self, Refused> {
        let mut patience = PATIENCE;
        loop {
            let options = File::options().read(true).write(true).create(true).truncate(false).open(path);
            let mut file = options.map_err(Refused::Io)?;
            match if shared { file.try_lock_shared() } else { file.try_lock() } {
                Ok(()) => {}
                // Somebody may only be asking who holds it ([`holder`]).
                Err(TryLockError::WouldBlock) if patience > 0 => {
                    patience -= 1;
                    std::thread::sleep(MOMENT);
                    continue;
                }
                Err(TryLockError::WouldBlock) => {
                    let mut text = String::new();
                    let _ = file.read_to_string(&mut text);
                    return Err(Refused::Busy(text.trim().parse().ok()));
                }
                Err(TryLockError::Error(error)) => return Err(Refused::Io(error)),
            }
            // Another process may have finished and removed the file between our opening and locking it.
            if same_file(&file, path) {
                return Ok(Self { file, path: path.to_owned(), shared });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let last = !self.shared || (self.file.unlock().is_ok() && self.file.try_lock().is_ok());
        if last && same_file(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The number of a process that holds the lock at `path` now.
pub(super) fn holder(path: &Path) -> Option<u32> {
    let mut file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text).ok()?;
            text.trim().parse().ok()
        }
        _ => None,
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(held), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    held.ino() == named.ino() && held.dev() == named.dev()
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &Path) -> bool {
    path.exists()
}
