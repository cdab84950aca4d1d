//! Where labels go: at the right ends of lines without overlaps, and above the picture in as few rows as will do.

/// Distance kept between two labels.
const AIR: f64 = 2.0;

/// Centres for labels of the given heights, as near as possible to the wanted ones, in their order, without overlap,
/// between `top` and `bottom` if there is room for all of them.
pub(super) fn spread(wanted: &[f64], heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Blocks of touching labels: where the first begins, how high they are together, which they are.
    let mut blocks: Vec<(f64, f64, Vec<usize>)> = Vec::new();
    for i in order {
        let height = heights[i] + AIR;
        blocks.push((wanted[i] - height / 2.0, height, vec![i]));
        // A block that reaches into the one above joins it, centred where its members want to be on average.
        loop {
            settle(&mut blocks, top, bottom);
            let n = blocks.len();
            if n < 2 || blocks[n - 2].0 + blocks[n - 2].1 <= blocks[n - 1].0 + 1e-9 {
                break;
            }
            if let Some((_, _, members)) = blocks.pop()
                && let Some(above) = blocks.last_mut()
            {
                above.2.extend(members);
                let mut offset = 0.0;
                let mut starts = 0.0;
                for member in &above.2 {
                    let height = heights[*member] + AIR;
                    starts += wanted[*member] - height / 2.0 - offset;
                    offset += height;
                }
                (above.0, above.1) = (starts / above.2.len() as f64, offset);
            }
        }
    }
    let mut centres = vec![0.0; wanted.len()];
    for (start, _, members) in blocks {
        let mut at = start;
        for member in members {
            let height = heights[member] + AIR;
            centres[member] = at + height / 2.0;
            at += height;
        }
    }
    centres
}

/// Keeps the last block between the limits.
fn settle(blocks: &mut [(f64, f64, Vec<usize>)], top: f64, bottom: f64) {
    if let Some((start, height, _)) = blocks.last_mut() {
        *start = start.min(bottom - *height).max(top);
    }
}

/// A row for each span, so that no two in a row touch; `None` beyond `rows`.
pub(super) fn pack(spans: &[(f64, f64)], rows: usize) -> Vec<Option<usize>> {
    let mut ends: Vec<f64> = Vec::new();
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by(|a, b| spans[*a].0.total_cmp(&spans[*b].0));
    let mut placed = vec![None; spans.len()];
    for i in order {
        let (from, until) = spans[i];
        let row = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
        if row == ends.len() {
            if row == rows {
                continue;
            }
            ends.push(until);
        } else {
            ends[row] = until;
        }
        placed[i] = Some(row);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_overlap_and_stay_inside() {
        let mut random = 12345_u64;
        let mut next = || {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) as f64 / f64::from(1_u32 << 31)
        };
        for n in 1..12 {
            let wanted: Vec<f64> = (0..n).map(|_| 300.0 * next()).collect();
            let heights: Vec<f64> = (0..n).map(|_| 10.0 + 10.0 * next()).collect();
            let centres = spread(&wanted, &heights, 0.0, 300.0);
            let mut placed: Vec<(f64, f64)> = centres
                .iter()
                .zip(&heights)
                .map(|(centre, height)| (centre - height / 2.0, centre + height / 2.0))
                .collect();
            placed.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(placed[0].0 >= -1e-9 && placed[n - 1].1 <= 300.0 + 1e-9, "{placed:?}");
            assert!(placed.windows(2).all(|pair| pair[0].1 <= pair[1].0 + 1e-9), "{placed:?}");
        }
        assert_eq!(spread(&[50.0, 200.0], &[10.0, 10.0], 0.0, 300.0), [50.0, 200.0], "with room, none moves");
    }

    #[test]
    fn spans_share_rows_where_they_do_not_touch() {
        assert_eq!(pack(&[(0.0, 5.0), (2.0, 3.0), (5.0, 9.0)], 3), [Some(0), Some(1), Some(0)]);
        assert_eq!(pack(&[(0.0, 9.0), (0.0, 9.0), (0.0, 9.0)], 2), [Some(0), Some(1), None]);
    }
}
