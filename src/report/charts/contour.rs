//! The line along which values on a grid are zero: marching squares with straight pieces (Lorensen and Cline, SIGGRAPH 1987, in the
//! plane). At a saddle the two pieces are those of the lower left corner's side.

use super::canvas::Point;

/// The pieces, each from one side of a square of four neighbours to another, in columns and rows. `values` are row by row, so
/// many in a row. Squares with a value that is not known have none.
pub(super) fn contour(values: &[Option<f64>], columns: usize) -> Vec<[Point; 2]> {
    let rows = values.len() / columns.max(1);
    let squares = (1..rows).flat_map(|row| (1..columns).map(move |column| (column - 1, row - 1)));
    squares.flat_map(|(column, row)| pieces(values, columns, column, row)).collect()
}

fn pieces(values: &[Option<f64>], columns: usize, column: usize, row: usize) -> Vec<[Point; 2]> {
    let corners = [(0, 0), (1, 0), (1, 1), (0, 1)];
    let at = |(right, up): (usize, usize)| values[(row + up) * columns + column + right];
    let Some(known) = corners.map(at).into_iter().collect::<Option<Vec<f64>>>() else { return Vec::new() };
    let place = |corner: usize| ((column + corners[corner].0) as f64, (row + corners[corner].1) as f64);
    let cut = |from: usize| {
        let to = (from + 1) % 4;
        let (a, b) = (known[from], known[to]);
        let differs = (a < 0.0) != (b < 0.0);
        differs.then(|| {
            let (share, p, q) = (a / (a - b), place(from), place(to));
            (p.0 + (q.0 - p.0) * share, p.1 + (q.1 - p.1) * share)
        })
    };
    let cuts: Vec<Point> = (0..4).filter_map(cut).collect();
    cuts.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x - 0.5 on three columns and two rows: one upright piece at 0.5.
    #[test]
    fn an_upright_line() {
        let values = [-0.5, 0.5, 1.5, -0.5, 0.5, 1.5].map(Some);
        assert_eq!(contour(&values, 3), [[(0.5, 0.0), (0.5, 1.0)]]);
    }

    #[test]
    fn lines_meet_from_square_to_square() {
        // x + y - 1.5 on three by three.
        let values: Vec<Option<f64>> = (0..9).map(|i| Some(f64::from(i % 3) + f64::from(i / 3) - 1.5)).collect();
        let pieces = contour(&values, 3);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().flatten().all(|(x, y)| (x + y - 1.5).abs() < 1e-12));
    }

    #[test]
    fn none_where_nothing_changes_or_is_known() {
        assert!(contour(&[Some(1.0); 4], 2).is_empty() && contour(&[Some(-1.0), Some(1.0), None, Some(1.0)], 2).is_empty());
        assert!(contour(&[Some(1.0); 3], 3).is_empty() && contour(&[], 0).is_empty());
    }
}
