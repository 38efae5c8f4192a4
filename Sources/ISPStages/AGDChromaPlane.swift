// How red or blue follows green: slopes fitted in windows of five by five.

/// What is known of one chroma colour, red or blue, in the split rows of `AGDChroma`.
///
/// The colour is predicted as a multiple of green (Kiku, Monno, Tanaka, Okutomi 2013, 2014, "residual interpolation").
/// The multiple is the least-squares fit between differences of the colour and of green over pairs of its photosites
/// two apart, within a window of five by five; where green is flat it is drawn to 1.
struct AGDChromaPlane {
    /// How strongly the slope is drawn to 1: a constant and a part of the square of green, for noise grows with light.
    private static let prior: (constant: Float, relative: Float) = (1e-3, 0.1)
    /// The limits of the slope.
    private static let slopes: (Float, Float) = (0, 1.2)

    /// The colour at the chroma sites of a row: measured, or interpolated where the row measures the other colour.
    let samples: RowRing
    /// The slopes at the green sites.
    let greenSlopes: RowRing
    /// The slopes at the chroma sites of the row in work.
    let chromaSlopes: LaneRow
    /// The colour at the green sites of the row in work.
    let result: LaneRow

    private let columns: Int
    private let squares, products: Window

    /// A quantity at the green sites and its column sums over five rows.
    ///
    /// The five rows have green sites in either column of a pair, so there are sums for both.
    private struct Window {
        let sites: RowRing
        let greenColumns, chromaColumns: LaneRow
    }

    /// Takes scratch rows of `columns` samples, a multiple of eight.
    init(columns: Int, workspace: Workspace) {
        func ring(_ count: Int) -> RowRing { RowRing(count, columns: columns, workspace: workspace) }
        self.columns = columns
        samples = ring(8)
        greenSlopes = ring(2)
        (chromaSlopes, result) = (ring(1)[0], ring(1)[0])
        squares = Window(sites: ring(8), greenColumns: ring(1)[0], chromaColumns: ring(1)[0])
        products = Window(sites: ring(8), greenColumns: ring(1)[0], chromaColumns: ring(1)[0])
    }

    /// Differences across the green sites of a row, between the photosites of this colour on either side.
    func fit(_ y: Int, from first: LaneRow, to last: LaneRow, green firstGreen: LaneRow, _ lastGreen: LaneRow) {
        let (square, product) = (squares.sites[y], products.sites[y])
        for i in stride(from: 0, to: columns, by: 8) {
            let green = lastGreen[i] - firstGreen[i]
            square[i] = green * green
            product[i] = (last[i] - first[i]) * green
        }
    }

    /// Adds up the columns of the windows around row `y`.
    func sum(_ y: Int) {
        for window in [squares, products] {
            let (above, here, below) = (window.sites[y - 2], window.sites[y], window.sites[y + 2])
            let (before, after) = (window.sites[y - 1], window.sites[y + 1])
            let (greenColumns, chromaColumns) = (window.greenColumns, window.chromaColumns)
            for i in stride(from: 0, to: columns, by: 8) {
                greenColumns[i] = here[i] + (above[i] + below[i])
                chromaColumns[i] = before[i] + after[i]
            }
        }
    }

    /// The slopes at the green sites of the row that `sum` added up for.
    /// - Parameter left: the index of the chroma site left of green site 0.
    func slopesAtGreenSites(_ y: Int, green: LaneRow, left: Int) {
        fitSlopes(
            squares: (squares.greenColumns, squares.chromaColumns + left),
            products: (products.greenColumns, products.chromaColumns + left), green: green, into: greenSlopes[y])
    }

    /// The slopes at its chroma sites.
    func slopesAtChromaSites(green: LaneRow, left: Int) {
        fitSlopes(
            squares: (squares.chromaColumns, squares.greenColumns + (-1 - left)),
            products: (products.chromaColumns, products.greenColumns + (-1 - left)), green: green, into: chromaSlopes)
    }

    /// The slopes at sites of one kind, from the column sums at sites of that kind and of the other, the latter
    /// starting left of site 0.
    @inline(__always)
    private func fitSlopes(
        squares: (same: LaneRow, left: LaneRow), products: (same: LaneRow, left: LaneRow), green: LaneRow,
        into slopes: LaneRow
    ) {
        @inline(__always) func across(_ sums: (same: LaneRow, left: LaneRow), _ i: Int) -> Lanes {
            let same = sums.same
            return same[i] + (sums.left[i] + sums.left[i + 1]) + (same[i - 1] + same[i + 1])
        }
        for i in stride(from: 0, to: columns, by: 8) {
            let level = green[i]
            let prior = Self.prior.constant + Self.prior.relative * level * level
            let slope = (across(products, i) + prior) / (across(squares, i) + prior)
            slopes[i] = slope.limited(Self.slopes.0, Self.slopes.1)
        }
    }
}
