// One direction of the green estimate: colour differences along rows or along columns, and how much to trust them.

import ISPImaging

/// The colour difference "green minus the row's chroma" along one direction.
///
/// At every photosite the colour it does not measure, but its neighbours along the direction do, is interpolated
/// linearly and corrected by the second difference of the colour it does measure (Hamilton and Adams 1997). Their
/// correction assumes that both colours carry the same detail; ours scales it by the slope that fits best around the
/// photosite. Interpolation along a line dampens fine detail, so the slope is fitted between what a line leaves of one
/// colour and what it leaves of the other, both attenuated alike, and is shrunk towards 1 where there is little to fit.
///
/// Rows are produced one by one; every method makes one row from rows the others made before.
struct AGDDirection {
    /// Where the slope is drawn to where the picture is flat, in units of summed squared gradients.
    private static let prior: Float = 0.006
    /// The limits of the slope.
    private static let slopes: (Float, Float) = (-0.5, 1.5)
    /// Keeps weights finite where colour differences are constant.
    private static let leastActivity: Float = 1e-8

    private let isVertical: Bool
    private let columns: Int
    private let squares, products: RowRing
    private let differences, changes, weights: RowRing
    private let squareSums, productSums, changeSums: LaneRow

    /// Takes scratch rows of `columns` samples, a multiple of eight.
    init(vertical: Bool, columns: Int, workspace: Workspace) {
        func ring(_ count: Int) -> RowRing { RowRing(count, columns: columns, workspace: workspace) }
        isVertical = vertical
        self.columns = columns
        (squares, products) = (ring(8), ring(8))
        (differences, changes, weights) = (ring(8), ring(4), ring(4))
        (squareSums, productSums, changeSums) = (ring(1)[0], ring(1)[0], ring(1)[0])
    }

    /// The row that holds, at each column, what is `n` samples further along the direction.
    @inline(__always)
    private func along(_ ring: RowRing, _ y: Int, _ n: Int) -> LaneRow { isVertical ? ring[y &+ n] : ring[y] + n }

    /// What the slope is fitted to: gradients of both colours, each smoothed until it is as blurred as the other.
    ///
    /// Needs mosaic rows `y - 4 ... y + 4`.
    func fit(_ y: Int, _ mosaic: RowRing) {
        let (n4, n3, n2, n1) = (along(mosaic, y, -4), along(mosaic, y, -3), along(mosaic, y, -2), along(mosaic, y, -1))
        let (p4, p3, p2, p1) = (along(mosaic, y, 4), along(mosaic, y, 3), along(mosaic, y, 2), along(mosaic, y, 1))
        let (here, square, product) = (mosaic[y], squares[y], products[y])
        for i in stride(from: 0, to: columns, by: 8) {
            let sample = here[i]
            let (before, after) = (n2[i], p2[i])
            // Eight times the gradient of the colour measured here, and four times that of the other colour.
            let own = 3 * ((sample - before) + (after - sample)) + ((before - n4[i]) + (p4[i] - after))
            let (left, right) = (n1[i], p1[i])
            let other = 2 * (right - left) + ((left - n3[i]) + (p3[i] - right))
            square[i] = own * own
            product[i] = own * other
        }
    }

    /// The colour differences.
    ///
    /// Needs mosaic rows `y - 2 ... y + 2` and the same rows of `fit`.
    /// - Parameter sign: 1 where the photosite measures red or blue, -1 where it measures green.
    func difference(_ y: Int, _ mosaic: RowRing, sign: Lanes) {
        sum(products, y, into: productSums)
        sum(squares, y, into: squareSums)
        let (n2, n1, here) = (along(mosaic, y, -2), along(mosaic, y, -1), mosaic[y])
        let (p1, p2) = (along(mosaic, y, 1), along(mosaic, y, 2))
        let result = differences[y]
        for i in stride(from: 0, to: columns, by: 8) {
            let common = productSums[i] + (productSums[i - 2] + productSums[i + 2])
            let own = squareSums[i] + (squareSums[i - 2] + squareSums[i + 2])
            let slope = ((2 * common + Self.prior) / (own + Self.prior)).limited(Self.slopes.0, Self.slopes.1)
            let sample = here[i]
            let line = 0.5 * (n1[i] + p1[i])
            let bend = 2 * sample - (n2[i] + p2[i])
            result[i] = sign * ((line + 0.25 * slope * bend) - sample)
        }
    }

    /// Adds up three rows of the same phase.
    private func sum(_ ring: RowRing, _ y: Int, into result: LaneRow) {
        let (above, here, below) = (ring[y - 2], ring[y], ring[y + 2])
        for i in stride(from: 0, to: columns, by: 8) { result[i] = here[i] + (above[i] + below[i]) }
    }

    /// How fast the colour difference changes.
    ///
    /// Needs rows `y - 1 ... y + 1` of `difference`.
    func change(_ y: Int) {
        let (before, after) = (along(differences, y, -1), along(differences, y, 1))
        let result = changes[y]
        for i in stride(from: 0, to: columns, by: 8) { result[i] = (after[i] - before[i]).magnitude }
    }

    /// The trust in the neighbourhood of a photosite: the inverse square of its changes (Pekkucuksen, Altunbasak 2010).
    ///
    /// Needs rows `y - 1 ... y + 1` of `change`.
    func weigh(_ y: Int) {
        let (above, here, below) = (changes[y - 1], changes[y], changes[y + 1])
        let (sums, result) = (changeSums, weights[y])
        for i in stride(from: 0, to: columns, by: 8) { sums[i] = here[i] + (above[i] + below[i]) }
        for i in stride(from: 0, to: columns, by: 8) {
            let activity = sums[i] + (sums[i - 1] + sums[i + 1])
            result[i] = 1 / (activity * activity + Self.leastActivity)
        }
    }

    /// The estimates of a row.
    ///
    /// Needs rows `y - 2 ... y + 2` of `difference` and rows `y - 1 ... y + 1` of `weigh`.
    func estimates(_ y: Int) -> Estimates {
        Estimates(
            before: (along(differences, y, -2), along(differences, y, -1)), here: differences[y],
            after: (along(differences, y, 1), along(differences, y, 2)),
            weights: (along(weights, y, -1), along(weights, y, 1)))
    }

    /// The colour difference of a photosite as seen from its two sides.
    struct Estimates {
        fileprivate let before: (LaneRow, LaneRow)
        fileprivate let here: LaneRow
        fileprivate let after: (LaneRow, LaneRow)
        fileprivate let weights: (LaneRow, LaneRow)

        /// The sum of the sides' colour differences times their weights, and the sum of the weights.
        @inline(__always)
        subscript(i: Int) -> (sum: Lanes, weight: Lanes) {
            let difference = here[i]
            let first = 0.4 * (difference + before.1[i]) + 0.2 * before.0[i]
            let second = 0.4 * (difference + after.0[i]) + 0.2 * after.1[i]
            let (w0, w1) = (weights.0[i], weights.1[i])
            return (w0 * first + w1 * second, w0 + w1)
        }
    }
}
