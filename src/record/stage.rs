//! A folder that is replaced whole or not at all. Files are written under temporary names, synced, and renamed
//! together once all of them stand; a lock keeps a second process out.

use super::lock::{Lock, Refused};
use super::made;
use super::mark::{self, hexadecimal};
use crate::control::Control;
use crate::error::Error;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Held while a process writes; it also marks a folder that a crash left without its data package as ours.
pub(super) const LOCK: &str = ".catchup-lock";

/// Stands in the folder of a sweep in progress: no other kind of output may take it over.
pub(super) const SWEEP: &str = ".catchup-sweep.json";

/// Holds what a search over states of the world has seen so far: nothing else may take its folder over.
pub(super) const STATES: &str = ".catchup-states";

/// A file written and synced under its temporary name.
#[derive(Debug)]
pub struct Staged {
    /// Final name.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// An output folder under construction.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    /// Outermost folder that had to be made, removed again if nothing comes of it.
    made: Vec<PathBuf>,
    lock: Option<Lock>,
    files: Vec<Staged>,
    /// Names of the files that stand in the folder now, from its data package.
    before: Vec<String>,
}

impl Stage {
    /// Makes and locks `out/name` for a folder of `kind`.
    pub(super) fn open(out: &Path, name: &str, kind: &str) -> Result<Self, Error> {
        let folder = out.join(name);
        let made = make_folders(&folder).map_err(|(path, error)| {
            Error::io(format_args!("make the folder {}", path.display()), error, "nothing was written")
        })?;
        let mut stage = Self { folder, made, lock: None, files: Vec::new(), before: Vec::new() };
        if stage.own_files(kind)?.is_none() {
            let found = format!("it holds files but no run of catchup (no {} of ours)", mark::FILE);
            return Err(not_ours(&stage.folder, &found));
        }
        stage.lock = Some(stage.take_lock()?);
        // Read once more now that nobody else can be replacing them.
        stage.before = stage.own_files(kind)?.unwrap_or_default();
        Ok(stage)
    }

    /// The files that a folder of `kind` lists as its own; `None` where the folder is not ours.
    fn own_files(&self, kind: &str) -> Result<Option<Vec<String>>, Error> {
        let failed = |error| self.failed("read", &self.folder, error);
        let mut entries = fs::read_dir(&self.folder).map_err(failed)?;
        let empty = entries.next().is_none();
        let Ok(package) = fs::read(self.folder.join(mark::FILE)) else {
            let states = self.folder.join(STATES).exists();
            let begun = self.folder.join(LOCK).exists() && !self.folder.join(SWEEP).exists();
            let ours = empty || if kind == mark::ROBUST { states || begun } else { begun && !states };
            return Ok(ours.then(Vec::new));
        };
        Ok((mark::kind_of(&package).as_deref() == Some(kind)).then(|| {
            let package: serde_json::Value = serde_json::from_slice(&package).unwrap_or_default();
            let resources = package["resources"].as_array().cloned().unwrap_or_default();
            let name = |resource: &serde_json::Value| resource["path"].as_str().map(str::to_owned);
            resources.iter().filter_map(name).filter(|name| stays_inside(name)).collect()
        }))
    }

    fn take_lock(&self) -> Result<Lock, Error> {
        let path = self.folder.join(LOCK);
        Lock::exclusive(&path).map_err(|refused| match refused {
            Refused::Busy(process) => Error::busy(&self.folder, process),
            Refused::Io(error) => self.failed("lock", &path, error),
        })
    }

    /// A stage in a folder that the caller has locked, where files called `before` may stand.
    pub(super) fn within(folder: PathBuf, before: Vec<String>) -> Self {
        Self { folder, made: Vec::new(), lock: None, files: Vec::new(), before }
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Files written so far.
    pub fn files(&self) -> &[Staged] {
        &self.files
    }

    /// Writes one file under its temporary name.
    ///
    /// # Errors
    /// Where it cannot be written whole.
    pub fn file(
        &mut self,
        name: &str,
        control: &Control,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        control.step().map_err(|_| Error::stopped())?;
        let staged = self.draft(name).and_then(|mut draft| {
            write(&mut draft)?;
            draft.finish()
        });
        match staged {
            Ok(staged) => {
                self.files.push(staged);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Error::stopped()),
            Err(error) => Err(self.failed("write", &self.folder.join(name), error)),
        }
    }

    /// A file under its temporary name, to be written bit by bit, and handed to [`Stage::keep`] at the end.
    pub(super) fn draft(&mut self, name: &str) -> io::Result<Draft> {
        let temporary = self.temporary(name);
        if let Some(folder) = temporary.parent() {
            self.made.extend(make_folders(folder).map_err(|(_, error)| error)?);
        }
        let file = BufWriter::with_capacity(1 << 16, File::create(&temporary)?);
        let out = Some(Hashing { out: file, hash: Sha256::new(), bytes: 0 });
        Ok(Draft { name: name.to_owned(), temporary, out })
    }

    /// Takes a finished draft among the files of this stage.
    pub(super) fn keep(&mut self, file: Staged) {
        self.files.push(file);
    }

    /// Puts the new files in place of the old ones, the last written (the data package) last.
    ///
    /// # Errors
    /// Where a file cannot be renamed.
    pub fn commit(mut self) -> Result<PathBuf, Error> {
        let package = self.folder.join(mark::FILE);
        if package.exists() {
            // From here to the last rename the folder is visibly incomplete.
            fs::remove_file(&package).map_err(|error| self.failed("replace", &package, error))?;
        }
        for file in &self.files {
            let path = self.folder.join(&file.name);
            let kept = format!("{} is incomplete: run again", self.folder.display());
            fs::rename(self.temporary(&file.name), &path)
                .map_err(|error| Error::io(format_args!("put {} in place", path.display()), error, kept))?;
        }
        self.clear_made();
        for stale in self.before.iter().filter(|name| self.files.iter().all(|file| file.name != **name)) {
            let path = self.folder.join(stale);
            let _ = fs::remove_file(&path);
            // The folder of a run that is no longer part of a comparison; it stays if anything else is in it.
            if let Some(folder) = path.parent().filter(|folder| *folder != self.folder) {
                let _ = fs::remove_dir(folder);
            }
        }
        #[cfg(unix)]
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| self.failed("sync", &self.folder, error))?;
        self.files.clear();
        self.made.clear();
        Ok(self.folder.clone())
    }

    /// What was made of the tables that stood here before goes with them.
    fn clear_made(&self) {
        let own = |name: &str| self.files.iter().any(|file| file.name == name);
        let mut folders: Vec<&Path> = vec![Path::new("")];
        for name in self.before.iter().chain(self.files.iter().map(|file| &file.name)) {
            folders.extend(Path::new(name).parent().filter(|folder| !folders.contains(folder)));
        }
        for folder in folders {
            let name_of = |name: &str| folder.join(name).to_string_lossy().into_owned();
            let package = name_of(mark::FILE);
            let package = self.files.iter().find(|file| file.name == package);
            made::clear(&self.folder.join(folder), package.map(|file| file.sha256.as_str()), |name| {
                own(&name_of(name))
            });
        }
    }

    fn temporary(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        path.with_file_name(format!(".{}.tmp", path.file_name().unwrap_or_default().to_string_lossy()))
    }

    fn failed(&self, action: &str, path: &Path, error: io::Error) -> Error {
        let kept = if self.before.is_empty() {
            "nothing was kept".to_owned()
        } else {
            format!("the files of the run before are still in {}", self.folder.display())
        };
        Error::io(format_args!("{action} {}", path.display()), error, kept)
    }
}

impl Drop for Stage {
    /// Leaves nothing half written: temporary files go, and so do folders made for nothing.
    fn drop(&mut self) {
        for file in &self.files {
            let _ = fs::remove_file(self.temporary(&file.name));
        }
        // Its file must be gone before the folder can go.
        self.lock = None;
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// `folder` holds something that a run must not replace.
pub(super) fn not_ours(folder: &Path, found: &str) -> Error {
    Error::foreign(format!("{} is not ours to replace: {found}", folder.display()))
        .hint("move it, choose another --out DIR, or give the scenario another name")
}

/// Whether a listed name is a plain path below the folder: a data package edited by hand must not reach outside.
fn stays_inside(name: &str) -> bool {
    !name.contains('\\') && Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// A file that stands whole under a temporary name, which goes if it is dropped without being kept.
#[derive(Debug)]
pub struct Pending {
    temporary: PathBuf,
    path: PathBuf,
}

impl Pending {
    /// Writes and syncs what is to stand at `path`.
    ///
    /// # Errors
    /// Where it cannot be written; those of `write`.
    pub fn write(path: &Path, write: impl FnOnce(&mut File) -> Result<(), Error>) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The process's number keeps two that write the same file apart.
        let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let pending = Self { temporary, path: path.to_owned() };
        let mut file = File::create(&pending.temporary).map_err(|error| pending.unwritten(error))?;
        write(&mut file)?;
        file.sync_all().map_err(|error| pending.unwritten(error))?;
        Ok(pending)
    }

    /// Where it waits.
    pub fn waiting(&self) -> &Path {
        &self.temporary
    }

    /// Puts it in the place of what stands at its path; returns that.
    ///
    /// # Errors
    /// Where it cannot be renamed.
    pub fn keep(self) -> Result<PathBuf, Error> {
        fs::rename(&self.temporary, &self.path).map_err(|error| self.unwritten(error))?;
        Ok(self.path.clone())
    }

    fn unwritten(&self, error: io::Error) -> Error {
        Error::io(format_args!("write {}", self.path.display()), error, "what stood there before is untouched")
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Puts `bytes` in the place of the file at `path`, whole or not at all.
///
/// # Errors
/// Where it cannot be written or renamed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let action = format!("write {}", path.display());
    let unwritten = |error| Error::io(action, error, "what stood there before is untouched");
    Pending::write(path, |file| file.write_all(bytes).map_err(unwritten))?.keep().map(|_| ())
}

/// Makes `folder` and its parents; returns those that had to be made, outermost first.
pub(super) fn make_folders(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let missing: Vec<&Path> =
        folder.ancestors().filter(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
    let mut made = Vec::new();
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => made.push(path.to_owned()),
            // Another run of the same call may have made it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                for path in made.iter().rev() {
                    let _ = fs::remove_dir(path);
                }
                return Err((path.to_owned(), error));
            }
        }
    }
    Ok(made)
}

/// A file being written under its temporary name, which goes if it is dropped unfinished.
#[derive(Debug)]
pub(super) struct Draft {
    name: String,
    temporary: PathBuf,
    out: Option<Hashing<BufWriter<File>>>,
}

impl Draft {
    /// Syncs the file; it waits under its temporary name.
    pub(super) fn finish(mut self) -> io::Result<Staged> {
        let Some(Hashing { out, hash, bytes }) = self.out.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        // A buffer dropped unflushed would lose the error of a full disk.
        let synced = out.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        if let Err(error) = synced {
            let _ = fs::remove_file(&self.temporary);
            return Err(error);
        }
        Ok(Staged { name: std::mem::take(&mut self.name), sha256: hexadecimal(&hash.finalize()), bytes })
    }

    fn inner(&mut self) -> io::Result<&mut Hashing<BufWriter<File>>> {
        self.out.as_mut().ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Draft {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.inner()?.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner()?.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.out.is_some() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

#[derive(Debug)]
struct Hashing<W: Write> {
    out: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
