// Green at every photosite, from colour differences along rows and along columns.

import ISPImaging

/// Streams a mosaic from top to bottom and makes the rows of the green plane, nine rows behind.
///
/// Columns are counted from a column with red photosites.
struct AGDGreen {
    /// Samples a pixel needs on every side.
    static let halo = 9

    /// The latest rows of the mosaic; at least those a caller of `advance` got green for.
    let mosaic: RowRing

    private let cfa: CFAPattern
    private let columns: Int
    private let horizontal, vertical: AGDDirection

    /// Takes scratch rows of `columns` samples, a multiple of eight.
    init(cfa: CFAPattern, columns: Int, workspace: Workspace) {
        self.cfa = cfa
        self.columns = columns
        mosaic = RowRing(16, columns: columns, workspace: workspace)
        horizontal = AGDDirection(vertical: false, columns: columns, workspace: workspace)
        vertical = AGDDirection(vertical: true, columns: columns, workspace: workspace)
    }

    /// Works as far as mosaic row `newest` allows, which is the `count`th given; rows come without gaps.
    ///
    /// Makes row `newest - halo` of green into `green`, if the rows given suffice.
    /// - Returns: whether they do.
    func advance(newest: Int, count: Int, green: LaneRow) -> Bool {
        for direction in [horizontal, vertical] {
            if count > 8 { direction.fit(newest - 4, mosaic) }
            if count > 12 { direction.difference(newest - 6, mosaic, sign: sign(newest - 6)) }
            if count > 14 { direction.change(newest - 7) }
            if count > 16 { direction.weigh(newest - 8) }
        }
        guard count > 2 * Self.halo else { return false }
        merge(newest - Self.halo, into: green)
        return true
    }

    /// 1 where a row measures red or blue, -1 where it measures green.
    private func sign(_ y: Int) -> Lanes {
        let redRow = Lanes(1, -1, 1, -1, 1, -1, 1, -1)
        return y & 1 == cfa.redRow ? redRow : -redRow
    }

    /// Green: measured, or the chroma measured there plus the colour difference of all four sides.
    private func merge(_ y: Int, into green: LaneRow) {
        let (rows, columnsOfRow) = (horizontal.estimates(y), vertical.estimates(y))
        let source = mosaic[y]
        let measured = sign(y) .< 0
        for i in stride(from: 0, to: columns, by: 8) {
            let (along, across, sample) = (rows[i], columnsOfRow[i], source[i])
            let estimate = sample + (along.sum + across.sum) / (along.weight + across.weight)
            green[i] = estimate.replacing(with: sample, where: measured)
        }
    }
}
