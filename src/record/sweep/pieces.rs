//! Which draws stand in which files: chunks of any size, found by their names.

use super::Draws;
use super::files;
use std::io;
use std::path::{Path, PathBuf};

/// Draws that a file of a chunk holds, or some of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The file.
    pub path: PathBuf,
    /// All draws in it.
    pub draws: Draws,
    /// Those that are read from it.
    pub used: Draws,
}

impl Piece {
    /// Number of draws that are read from it.
    pub fn len(&self) -> u64 {
        self.used.end - self.used.start
    }

    /// Draws in the file before those that are read.
    pub fn skipped(&self) -> usize {
        usize::try_from(self.used.start - self.draws.start).unwrap_or(usize::MAX)
    }
}

/// The files of chunks in `folder` that hold draws of `part`, in the order of draws, each draw once.
pub(super) fn standing(folder: &Path, part: &Draws) -> io::Result<Vec<Piece>> {
    let mut found: Vec<(Draws, PathBuf)> = files::chunk_files(folder)?;
    found.retain(|(draws, _)| draws.start < part.end && draws.end > part.start);
    // Of those that begin with the same draw the longest first.
    found.sort_by_key(|(draws, _)| (draws.start, std::cmp::Reverse(draws.end)));
    let mut pieces = Vec::new();
    let mut next = part.start;
    for (draws, path) in found {
        let used = draws.start.max(next)..draws.end.min(part.end);
        if used.start < used.end {
            next = used.end;
            pieces.push(Piece { path, draws, used });
        }
    }
    Ok(pieces)
}

/// The draws of `part` that none of the `pieces`, in their order, holds.
pub(super) fn gaps<'a>(pieces: impl IntoIterator<Item = &'a Piece>, part: &Draws) -> Vec<Draws> {
    let mut gaps = Vec::new();
    let mut next = part.start;
    for piece in pieces {
        if next < piece.used.start {
            gaps.push(next..piece.used.start);
        }
        next = piece.used.end;
    }
    if next < part.end {
        gaps.push(next..part.end);
    }
    gaps
}

/// The same draws, divided where chunks of `size` draws are.
pub(super) fn divided(gaps: &[Draws], size: u64) -> Vec<Draws> {
    let one = |gap: &Draws| {
        let (mut next, end) = (gap.start, gap.end);
        std::iter::from_fn(move || {
            let draws = next..((next / size + 1) * size).min(end);
            next = draws.end;
            Some(draws).filter(|draws| draws.start < draws.end)
        })
        .collect::<Vec<_>>()
    };
    gaps.iter().flat_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_is_read_once_wherever_files_end() {
        let folder = tempfile::TempDir::new().expect("a folder");
        std::fs::create_dir(files::chunks(folder.path())).expect("made");
        for draws in [0..4, 4..8, 6..12, 6..7, 20..30, 28..33] {
            std::fs::write(files::chunk(folder.path(), &draws), "").expect("written");
        }
        std::fs::write(files::temporary(folder.path(), &(12..16)), "").expect("written");
        let used = |part: Draws| {
            let pieces = standing(folder.path(), &part).expect("read");
            let used: Vec<Draws> = pieces.iter().map(|piece| piece.used.clone()).collect();
            let gaps: Vec<(u64, u64)> = gaps(&pieces, &part).iter().map(|gap| (gap.start, gap.end)).collect();
            (used, gaps)
        };
        assert_eq!(used(0..40), (vec![0..4, 4..8, 8..12, 20..30, 30..33], vec![(12, 20), (33, 40)]));
        assert_eq!(used(5..25), (vec![5..8, 8..12, 20..25], vec![(12, 20)]));
        assert_eq!(used(12..20), (Vec::new(), vec![(12, 20)]));
        assert_eq!(divided(&[3..9, 12..20], 4), [3..4, 4..8, 8..9, 12..16, 16..20]);
    }
}
