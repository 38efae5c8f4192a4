// The numbers of a curve kernel: knees that bend values, and sixteen parabolas.

/// The best of many ways to put a function together from sixteen pieces.
///
/// - Complexity: O(candidates * pieces), each piece at some twenty places; a few milliseconds.
struct CurveFit {
    static let pieces = 16
    static let placeBits = 12

    /// A piece: from an offset on, with a slope that changes.
    struct Piece {
        var offset = 0
        /// The slope at the start: by how much the result would rise over the piece, in 16ths.
        var rise = 0
        /// By how much the slope's rise changes over the piece, in steps of 8 at its end.
        var bend = 0

        func callAsFunction(_ place: Int) -> Int {
            let slope = rise + ((place << 3) * (bend << 8)) >> 16
            return offset + (place * slope) >> 16
        }
    }

    private(set) var knees: CurveKnees
    private(set) var pieces: [Piece]
    /// The largest distance from the function times weight, rounding included.
    private(set) var error: Double

    private let samples, weights: [Double]

    /// Fits samples of a rising function at 0, 1, 2 and so on.
    init(_ samples: [Double], weights: [Double], enough: Double) {
        (self.samples, self.weights) = (samples, weights)
        let span = samples.count - 1
        (knees, pieces, error) = (Self.straight(span), [], .infinity)
        for knees in [knees] + Self.oneKnee(span) { take(knees) }
        if error > enough { for knees in Self.twoKnees(span) { take(knees) } }
        precondition(!pieces.isEmpty, "no curve fits")
        error = worstError
    }

    private mutating func take(_ knees: CurveKnees) {
        guard let (found, pieces) = fit(knees) else { return }
        (self.knees, self.pieces, error) = (knees, pieces, found)
    }

    /// The error at every value: the fit looks at some values of each piece only, which is enough to choose.
    private var worstError: Double {
        samples.indices.reduce(0) { worst, u in
            let z = knees(u)
            let result = pieces[z >> Self.placeBits](z & (1 << Self.placeBits - 1))
            return max(worst, abs(Double(result) - samples[u]) * weights[u])
        }
    }

    // MARK: Knees

    private static func straight(_ span: Int) -> CurveKnees {
        guard let knees = CurveKnees(span, a: 0, b: 0, c1: 0, c2: 0) else { preconditionFailure("no values") }
        return knees
    }

    private static func oneKnee(_ span: Int) -> [CurveKnees] {
        (1...8).flatMap { shift in
            (2...14).compactMap { CurveKnees(span, a: span >> shift, b: 0, piecesA: $0, piecesB: 0) }
        }
    }

    private static func twoKnees(_ span: Int) -> [CurveKnees] {
        var result: [CurveKnees] = []
        for a in (1...6).flatMap({ [span >> $0, 3 * span >> ($0 + 2)] }) {
            for shiftB in 2...6 {
                for piecesA in 2...10 {
                    for piecesB in [1, 2, 3, 4, 6] where piecesA + piecesB < 15 {
                        let knees = CurveKnees(span, a: a, b: a >> shiftB, piecesA: piecesA, piecesB: piecesB)
                        if let knees { result.append(knees) }
                    }
                }
            }
        }
        return result
    }

    // MARK: Pieces

    /// Pieces and their error, if that is less than what was found before.
    private func fit(_ knees: CurveKnees) -> (Double, [Piece])? {
        var fitted = Array(repeating: Piece(), count: Self.pieces)
        var worst = 0.0
        var start = 0
        while start < samples.count {
            let index = knees(start) >> Self.placeBits
            // The last value of the piece.
            var (end, beyond) = (start, samples.count)
            while beyond - end > 1 {
                let middle = (end + beyond) / 2
                if knees(middle) >> Self.placeBits > index { beyond = middle } else { end = middle }
            }
            let (error, piece) = fit(start...end, knees)
            worst = max(worst, error)
            guard worst < self.error else { return nil }
            fitted[index] = piece
            start = end + 1
        }
        return (worst, fitted)
    }

    /// The slope at 0 and the curvature of the parabola that is nearest to points in the mean of squares.
    private static func parabola(_ points: [(t: Double, y: Double)]) -> (slope: Double, curvature: Double) {
        let count = Double(points.count)
        let (t, y) = (points.reduce(0) { $0 + $1.t } / count, points.reduce(0) { $0 + $1.y } / count)
        // Moments about the means.
        var (s2, s3, s4, p1, p2) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let (x, v) = (point.t - t, point.y - y)
            (s2, s3, s4, p1, p2) = (s2 + x * x, s3 + x * x * x, s4 + x * x * x * x, p1 + x * v, p2 + x * x * v)
        }
        guard s2 > 0 else { return (0, 0) }
        let determinant = s2 * (s4 - s2 * s2 / count) - s3 * s3
        guard determinant > 1e-9 * s2 * s4 else { return (p1 / s2, 0) }
        let curvature = (s2 * p2 - s3 * p1) / determinant
        return ((p1 - s3 * curvature) / s2 - 2 * curvature * t, curvature)
    }

    /// The piece for some values, and its error.
    private func fit(_ values: ClosedRange<Int>, _ knees: CurveKnees) -> (Double, Piece) {
        let mask = 1 << Self.placeBits - 1
        let count = min(values.count, 32)
        let points = (0..<count).map { i in
            let u = values.lowerBound + (values.count - 1) * i / max(count - 1, 1)
            return (place: knees(u) & mask, value: samples[u], weight: weights[u])
        }
        let (slope, curvature) = Self.parabola(points.map { (Double($0.place) / Double(mask + 1), $0.value) })
        let bend = Int(min(max((curvature / 8).rounded(), -128), 127))
        // What rounding the bend left is the slope's. Slopes have no sign and sixteen bits.
        let rise = (slope + curvature - Double(8 * bend)) * 16
        let steepest = Double(65_535 - 128 * max(bend, 0))
        var piece = Piece(
            offset: 0, rise: Int(min(max(rise.rounded(), Double(-128 * min(bend, 0))), steepest)), bend: bend)
        var (low, high) = (Double.infinity, -Double.infinity)
        for point in points {
            let difference = point.value - Double(piece(point.place))
            (low, high) = (min(low, difference), max(high, difference))
        }
        piece.offset = Int(min(max(((low + high) / 2).rounded(), -32768), 32767))
        let error = points.reduce(0) { max($0, abs($1.value - Double(piece($1.place))) * $1.weight) }
        return (error, piece)
    }
}

extension CurveKnees {
    /// Knees with so many pieces from `b` to `a` and up to `b`, where pieces meet as nearly as whole numbers allow; `nil`
    /// where a slope is too small to be one.
    fileprivate init?(_ span: Int, a: Int, b: Int, piecesA: Int, piecesB: Int) {
        guard a > 0, piecesB == 0 || b > 0 else { return nil }
        let unit = Double(1 << CurveFit.placeBits)
        let slope = Double(CurveFit.pieces - piecesA - piecesB) * unit / Double(span - a)
        let slopeA = Double(piecesA) * unit / Double(a - b)
        let slopeB = b > 0 ? Double(piecesB) * unit / Double(b) : slopeA
        let c1 = Int((slopeA - slope).rounded())
        let c2 = Int((slopeB - slopeA).rounded())
        guard c1 > 0, c2 > 0 || piecesB == 0, c1 < 65536, c2 < 65536 else { return nil }
        // The slopes are rounded now; the knees go where these reach the ends of pieces.
        var (a, b) = (a, b)
        for _ in 0..<3 {
            guard let knees = CurveKnees(span, a: a, b: b, c1: c1, c2: c2) else { return nil }
            let last = Double(Int(knees.scale) * Int(knees.c0)) / 65536
            if b > 0 { b = Int((Double(piecesB) * unit / (last + Double(c1 + c2))).rounded()) }
            a = Int(((Double(piecesA + piecesB) * unit - Double(c2 * b)) / (last + Double(c1))).rounded())
            guard a > b, a < span else { return nil }
        }
        self.init(span, a: a, b: b, c1: c1, c2: c2)
    }

    /// Knees with given steps of slope; the last slope is what brings `span` to the last piece.
    fileprivate init?(_ span: Int, a: Int, b: Int, c1: Int, c2: Int) {
        let left = 65535 - a * c1 - b * c2
        guard left > 0, span > 0 else { return nil }
        var scale = 1
        while span * scale * 2 < 65536 { scale *= 2 }
        let c0 = min(left * 65536 / (span * scale), 65535)
        guard c0 > 0 else { return nil }
        (most, self.scale) = (UInt16(span), UInt16(scale))
        (self.a, self.b, self.c0) = (UInt16(a), UInt16(b), UInt16(c0))
        (self.c1, self.c2) = (UInt16(c1), UInt16(c2))
    }
}
