//! Where names have room on a picture that is divided into regions: as far from a region's edges as they can be, and once in each
//! of its wide parts.

/// Two parts of a region are told apart where the way between them is narrower than this share of the smaller.
const NECK: f64 = 0.5;
/// Places with so large a share of the most room are as good: of these the one in their middle is taken.
const AS_GOOD: f64 = 0.9;
/// Halvings by which the room around a cell is found.
const HALVINGS: usize = 12;

/// A picture cut into cells.
pub struct Cells {
    wide: usize,
    high: usize,
    /// The region that each is in, row by row from above.
    region: Vec<usize>,
    /// Where something else stands.
    taken: Vec<bool>,
}

/// A part of a region: its cells, and how much room the best of them has, names of one size being 1.
struct Part {
    cells: Vec<usize>,
    most: f64,
}

impl Cells {
    /// So many cells along each side; `at` gives the region of the cell whose middle is at these shares of the sides.
    pub fn new(wide: usize, high: usize, at: impl Fn([f64; 2]) -> usize) -> Self {
        let middle =
            |cell: usize| [((cell % wide) as f64 + 0.5) / wide as f64, ((cell / wide) as f64 + 0.5) / high as f64];
        let region: Vec<usize> = (0..wide * high).map(|cell| at(middle(cell))).collect();
        Self { wide, high, taken: vec![false; region.len()], region }
    }

    /// Takes what lies within left, top, right, bottom, in cells: no name may touch it.
    pub fn take(&mut self, taken: [f64; 4]) {
        let Some([left, top, right, bottom]) = self.covered(taken.map(|side| side.max(0.0))) else { return };
        for row in top..bottom {
            self.taken[row * self.wide + left..row * self.wide + right].fill(true);
        }
    }

    /// Where names of a region stand that is called by a name of these sizes, the best first, in cells: the middle of each
    /// and which of the sizes it has. A part in which none has room has none.
    pub fn places(&self, region: usize, sizes: &[[f64; 2]]) -> Vec<([f64; 2], usize)> {
        let Some(&first) = sizes.first() else { return Vec::new() };
        let own = |cell: usize| self.region[cell] == region;
        // What is taken does not cut a region in two.
        let whole = self.sums(own);
        let free = self.sums(|cell| own(cell) && !self.taken[cell]);
        let parts = self.parts(region, &self.rooms(&whole, region, first));
        let mut places = Vec::new();
        for part in &parts {
            let place = sizes.iter().enumerate().find_map(|(size, half)| {
                let room = |cell: usize| self.room(&free, cell, *half);
                Some((self.middle_of(part, room)?, size))
            });
            places.extend(place);
        }
        places
    }

    /// How many of some cells lie above and to the left of each corner.
    fn sums(&self, counts: impl Fn(usize) -> bool) -> Vec<u32> {
        let across = self.wide + 1;
        let mut sums = vec![0_u32; across * (self.high + 1)];
        for row in 0..self.high {
            for column in 0..self.wide {
                let own = u32::from(counts(row * self.wide + column));
                let at = row * across + column;
                sums[at + across + 1] = own + sums[at + across] + sums[at + 1] - sums[at];
            }
        }
        sums
    }

    /// First and last column and row, the last left out, of the cells that a box touches; `None` where it leaves the picture.
    fn covered(&self, [left, top, right, bottom]: [f64; 4]) -> Option<[usize; 4]> {
        if left < 0.0 || top < 0.0 || left >= right || top >= bottom {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the picture")]
        let [left, top, right, bottom] =
            [left.floor(), top.floor(), right.ceil(), bottom.ceil()].map(|side| side as usize);
        Some([left.min(self.wide), top.min(self.high), right.min(self.wide), bottom.min(self.high)])
    }

    /// How many times as large a name of half such a size could be around the middle of a cell and touch no other region.
    fn room(&self, sums: &[u32], cell: usize, half: [f64; 2]) -> f64 {
        let [x, y] = [(cell % self.wide) as f64 + 0.5, (cell / self.wide) as f64 + 0.5];
        let [wide, high] = [self.wide as f64, self.high as f64];
        let fits = |times: f64| {
            let corners = [x - times * half[0], y - times * half[1], x + times * half[0], y + times * half[1]];
            let across = self.wide + 1;
            self.covered(corners).is_some_and(|[left, top, right, bottom]| {
                let inside = sums[bottom * across + right] + sums[top * across + left]
                    - sums[bottom * across + left]
                    - sums[top * across + right];
                inside as usize == (right - left) * (bottom - top)
            })
        };
        let frame = f64::min(x.min(wide - x) / half[0], y.min(high - y) / half[1]);
        let (mut least, mut most) = (0.0, frame);
        if fits(most) {
            return most;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(least, most);
            if fits(middle) { least = middle } else { most = middle }
        }
        least
    }

    /// The room of each cell of a region.
    fn rooms(&self, sums: &[u32], region: usize, half: [f64; 2]) -> Vec<f64> {
        let own = |cell: usize| self.region[cell] == region;
        (0..self.region.len()).map(|cell| if own(cell) { self.room(sums, cell, half) } else { 0.0 }).collect()
    }

    /// The wide parts of a region, that with the most room first: cells are added from the roomiest on, and where two parts meet
    /// in a place much narrower than either, they stay two.
    fn parts(&self, region: usize, rooms: &[f64]) -> Vec<Part> {
        let mut order: Vec<usize> = (0..rooms.len()).filter(|cell| self.region[*cell] == region).collect();
        order.sort_by(|a, b| rooms[*b].total_cmp(&rooms[*a]).then(a.cmp(b)));
        let mut parts: Vec<Part> = Vec::new();
        let mut of: Vec<Option<usize>> = vec![None; rooms.len()];
        let mut whole = Vec::new();
        for cell in order {
            let mut beside: Vec<usize> = self.beside(cell).filter_map(|other| of[other]).collect();
            beside.sort_by(|a, b| parts[*b].most.total_cmp(&parts[*a].most).then(a.cmp(b)));
            beside.dedup();
            let Some((&into, others)) = beside.split_first() else {
                of[cell] = Some(parts.len());
                parts.push(Part { cells: vec![cell], most: rooms[cell] });
                continue;
            };
            of[cell] = Some(into);
            parts[into].cells.push(cell);
            for &other in others {
                let Part { cells, most } = std::mem::replace(&mut parts[other], Part { cells: Vec::new(), most: 0.0 });
                cells.iter().for_each(|cell| of[*cell] = Some(into));
                if rooms[cell] < NECK * most {
                    whole.push(Part { cells, most });
                } else {
                    parts[into].cells.extend(cells);
                }
            }
        }
        whole.extend(parts.into_iter().filter(|part| !part.cells.is_empty()));
        whole.sort_by(|a, b| b.most.total_cmp(&a.most).then(a.cells.cmp(&b.cells)));
        whole
    }

    /// The cells that share a side with one.
    fn beside(&self, cell: usize) -> impl Iterator<Item = usize> {
        let (column, row) = (cell % self.wide, cell / self.wide);
        let left = (column > 0).then(|| cell - 1);
        let right = (column + 1 < self.wide).then_some(cell + 1);
        let above = (row > 0).then(|| cell - self.wide);
        let below = (row + 1 < self.high).then_some(cell + self.wide);
        [left, right, above, below].into_iter().flatten()
    }

    /// The middle of the places in a part that have about the most room; `None` where that is not enough.
    fn middle_of(&self, part: &Part, room: impl Fn(usize) -> f64) -> Option<[f64; 2]> {
        let rooms: Vec<(usize, f64)> = part.cells.iter().map(|cell| (*cell, room(*cell))).collect();
        let most = rooms.iter().map(|(_, room)| *room).fold(0.0, f64::max);
        if most < 1.0 {
            return None;
        }
        let good = rooms.into_iter().filter(|(_, room)| *room >= f64::max(1.0, AS_GOOD * most));
        let middles: Vec<[f64; 2]> =
            good.map(|(cell, _)| [(cell % self.wide) as f64 + 0.5, (cell / self.wide) as f64 + 0.5]).collect();
        let mean = [0, 1].map(|d| middles.iter().map(|middle| middle[d]).sum::<f64>() / middles.len() as f64);
        let far = |[x, y]: [f64; 2]| (x - mean[0]) * (x - mean[0]) + (y - mean[1]) * (y - mean[1]);
        middles.into_iter().min_by(|a, b| far(*a).total_cmp(&far(*b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: [f64; 2] = [4.0, 2.0];

    fn places(at: impl Fn(f64, f64) -> bool, sizes: &[[f64; 2]]) -> Vec<([f64; 2], usize)> {
        let cells = Cells::new(100, 60, |[x, y]| usize::from(at(100.0 * x, 60.0 * y)));
        cells.places(1, sizes)
    }

    #[test]
    fn two_rooms_and_a_door_have_two_names_and_one_room_has_one() {
        let rooms = |door: f64| places(move |x, y| !(45.0..55.0).contains(&x) || (y - 30.0).abs() < door, &[NAME]);
        let [(left, _), (right, _)] = rooms(5.0)[..] else { panic!("two names") };
        let (left, right) = if left[0] < right[0] { (left, right) } else { (right, left) };
        assert!((left[0] - 22.5).abs() < 6.0 && (right[0] - 77.5).abs() < 6.0, "{left:?} {right:?}");
        assert!((left[1] - 30.0).abs() < 2.0 && (right[1] - 30.0).abs() < 2.0, "{left:?} {right:?}");
        assert_eq!(rooms(0.0).len(), 2, "a wall without a door");
        assert_eq!(rooms(20.0).len(), 1, "a door as wide as most of the wall is none");
    }

    #[test]
    fn a_name_stands_where_it_has_room_and_in_the_form_that_has() {
        let band = |wide: f64| places(move |x, _| (x - 50.0).abs() < wide / 2.0, &[NAME, [2.0, 4.0]]);
        assert!(matches!(band(12.0)[..], [([50.0 | 50.5 | 49.5, _], 0)]), "{:?}", band(12.0));
        assert!(matches!(band(6.0)[..], [(_, 1)]), "the narrow form");
        assert_eq!(band(3.0), [], "neither has room");
    }

    #[test]
    fn no_name_touches_what_is_taken_or_leaves_the_picture() {
        let mut cells = Cells::new(100, 60, |_| 1);
        cells.take([40.0, 20.0, 70.0, 40.0]);
        let places = cells.places(1, &[NAME]);
        assert_eq!(places.len(), 1, "what stands in a region does not make two of it");
        for ([x, y], _) in places {
            let apart = x + NAME[0] <= 40.0 || x - NAME[0] >= 70.0 || y + NAME[1] <= 20.0 || y - NAME[1] >= 40.0;
            assert!(apart, "{x}, {y}");
            assert!(x >= NAME[0] && y >= NAME[1] && x + NAME[0] <= 100.0 && y + NAME[1] <= 60.0, "{x}, {y}");
        }
    }
}
