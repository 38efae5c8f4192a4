// Interpolation between two pairs of opposite neighbours, along edges rather than across.

/// Two opposite neighbours of a site: rows of their colour and of green there.
struct AGDPair {
    /// Keeps weights finite where everything is flat.
    private static let leastStep: Float = 0.003

    private let after, before: LaneRow
    private let greenAfter, greenBefore: LaneRow

    /// Joins the rows.
    init(_ after: LaneRow, _ before: LaneRow, _ greenAfter: LaneRow, _ greenBefore: LaneRow) {
        (self.after, self.before) = (after, before)
        (self.greenAfter, self.greenBefore) = (greenAfter, greenBefore)
    }

    /// The neighbours of eight sites.
    struct Near {
        fileprivate let colors, greens: (Lanes, Lanes)
        /// How far each neighbour is in colour: the less, the more it counts.
        fileprivate let steps: (Lanes, Lanes)
    }

    /// Loads the neighbours of the sites from `i` on, which have the green values `green`.
    @inline(__always)
    func near(_ i: Int, green: Lanes) -> Near {
        let colors = (after[i], before[i])
        let greens = (greenAfter[i], greenBefore[i])
        let between = (colors.0 - colors.1).magnitude + Self.leastStep
        let steps = ((green - greens.0).magnitude + between, (green - greens.1).magnitude + between)
        return Near(colors: colors, greens: greens, steps: steps)
    }

    /// The colour of eight sites: `slope` times green, plus the mean of what that leaves of the neighbours.
    ///
    /// A neighbour weighs the inverse of its step, `sum(residual / step) / sum(1 / step)`; the fractions are put on a
    /// common denominator, for a division costs as much as ten products.
    @inline(__always)
    static func interpolate(_ a: Near, _ b: Near, slope: Lanes, green: Lanes) -> Lanes {
        let residualsA = (a.colors.0 - slope * a.greens.0, a.colors.1 - slope * a.greens.1)
        let residualsB = (b.colors.0 - slope * b.greens.0, b.colors.1 - slope * b.greens.1)
        let sumA = residualsA.0 * a.steps.1 + residualsA.1 * a.steps.0
        let sumB = residualsB.0 * b.steps.1 + residualsB.1 * b.steps.0
        let (productA, productB) = (a.steps.0 * a.steps.1, b.steps.0 * b.steps.1)
        let weight = (a.steps.0 + a.steps.1) * productB + (b.steps.0 + b.steps.1) * productA
        return slope * green + (sumA * productB + sumB * productA) / weight
    }
}
