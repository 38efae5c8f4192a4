// The numbers of a curve kernel: knees that bend values, and sixteen parabolas.

/// The best of many ways to put a function together from sixteen pieces.
///
/// - Complexity: O(candidates * pieces), each piece at up to 32 places.
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
    init(_ samples: [Double], weights: [Double], enough: Double?) {
        (self.samples, self.weights) = (samples, weights)
        let span = samples.count - 1
        (knees, pieces, error) = (Self.straight(span, areTwo: enough == nil), [], .infinity)
        take(knees)
        if let enough {
            for shape in Self.oneKnee(span) { take(shape, span) }
            if error > enough { take(Self.straight(span, areTwo: true)) }
        }
        if error > enough ?? -1 {
            var best: Shape?
            for shape in Self.twoKnees(span) where take(shape, span) { best = shape }
            // What is near the best may be better.
            for _ in 0..<4 {
                guard let around = best?.neighbours else { break }
                best = nil
                for shape in around where take(shape, span) { best = shape }
            }
        }
        precondition(!pieces.isEmpty, "no curve fits")
        error = worstError
    }

    /// Keeps knees and their pieces if they are better than what was found before.
    @discardableResult
    private mutating func take(_ knees: CurveKnees) -> Bool {
        guard let (found, pieces) = fit(knees) else { return false }
        (self.knees, self.pieces, error) = (knees, pieces, found)
        return true
    }

    @discardableResult
    private mutating func take(_ shape: Shape, _ span: Int) -> Bool {
        CurveKnees(span, shape).map { take($0) } ?? false
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

    private static func straight(_ span: Int, areTwo: Bool) -> CurveKnees {
        guard let knees = CurveKnees(span, areTwo: areTwo, a: span, b: 0, c1: 65_535 / span, c2: 0) else {
            preconditionFailure("no values")
        }
        return knees
    }

    /// About where knees are, and how many pieces there are from `b` to `a` and up to `b`; `b` is 0 where there is one knee.
    fileprivate struct Shape {
        var a, b, piecesA, piecesB: Int

        /// Shapes with two knees that differ a little.
        var neighbours: [Shape] {
            var result: [Shape] = []
            for a in [7 * a / 8, a, 9 * a / 8] {
                for b in [3 * b / 4, 7 * b / 8, b, 9 * b / 8, 4 * b / 3] {
                    for piecesA in (piecesA - 1)...(piecesA + 1) {
                        for piecesB in (piecesB - 1)...(piecesB + 1) {
                            result.append(Shape(a: a, b: b, piecesA: piecesA, piecesB: piecesB))
                        }
                    }
                }
            }
            return result
        }
    }

    private static func oneKnee(_ span: Int) -> [Shape] {
        (1...8).flatMap { [span >> $0, 3 * span >> ($0 + 2)] }.flatMap { a in
            (2...15).map { Shape(a: a, b: 0, piecesA: $0, piecesB: 0) }
        }
    }

    private static func twoKnees(_ span: Int) -> [Shape] {
        var result: [Shape] = []
        for a in (0...6).flatMap({ [span >> $0, 3 * span >> ($0 + 2)] }) {
            for shift in 2...7 {
                for piecesA in 2...12 {
                    for piecesB in [1, 2, 3, 4, 6, 8, 10] {
                        result.append(Shape(a: a, b: a >> shift, piecesA: piecesA, piecesB: piecesB))
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

    /// A value that a piece is fitted to.
    private struct Point {
        let place: Int
        let value, weight: Double
        /// The place as a share of a piece.
        var t: Double { Double(place) / Double(1 << placeBits) }
    }

    private static let mostPoints = 32

    /// The slope at 0 and the curvature of the parabola that is nearest to points in the mean of squares.
    private static func parabola(_ points: UnsafeMutableBufferPointer<Point>) -> (slope: Double, curvature: Double) {
        let count = Double(points.count)
        var (t, y) = (0.0, 0.0)
        for point in points { (t, y) = (t + point.t, y + point.value) }
        (t, y) = (t / count, y / count)
        // Moments about the means.
        var (s2, s3, s4, p1, p2) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let (x, v) = (point.t - t, point.value - y)
            (s2, s3, s4, p1, p2) = (s2 + x * x, s3 + x * x * x, s4 + x * x * x * x, p1 + x * v, p2 + x * x * v)
        }
        guard s2 > 0 else { return (0, 0) }
        let determinant = s2 * (s4 - s2 * s2 / count) - s3 * s3
        guard determinant > 1e-9 * s2 * s4 else { return (p1 / s2, 0) }
        let curvature = (s2 * p2 - s3 * p1) / determinant
        return ((p1 - s3 * curvature) / s2 - 2 * curvature * t, curvature)
    }

    /// The piece for some values, and its error. Tens of thousands of them are tried for a plan, so nothing is allocated.
    private func fit(_ values: ClosedRange<Int>, _ knees: CurveKnees) -> (Double, Piece) {
        withUnsafeTemporaryAllocation(of: Point.self, capacity: Self.mostPoints) { memory in
            let count = min(values.count, Self.mostPoints)
            for i in 0..<count {
                let u = values.lowerBound + (values.count - 1) * i / max(count - 1, 1)
                let place = knees(u) & (1 << Self.placeBits - 1)
                memory.initializeElement(at: i, to: Point(place: place, value: samples[u], weight: weights[u]))
            }
            return Self.fit(UnsafeMutableBufferPointer(rebasing: memory[..<count]))
        }
    }

    private static func fit(_ points: UnsafeMutableBufferPointer<Point>) -> (Double, Piece) {
        let (slope, curvature) = parabola(points)
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
    /// where a slope is too small to be one, or the last one too large.
    fileprivate init?(_ span: Int, _ shape: CurveFit.Shape) {
        var (a, b) = (min(shape.a, span), shape.b)
        let (piecesA, piecesB, areTwo) = (shape.piecesA, shape.piecesB, shape.b > 0)
        guard a > b, b >= 0, piecesA > 0, b > 0 ? piecesB > 0 : piecesB == 0, piecesA + piecesB <= CurveFit.pieces
        else { return nil }
        let unit = Double(1 << CurveFit.placeBits)
        let slope = a < span ? Double(CurveFit.pieces - piecesA - piecesB) * unit / Double(span - a) : 0
        let slopeA = Double(piecesA) * unit / Double(a - b)
        let slopeB = b > 0 ? Double(piecesB) * unit / Double(b) : slopeA
        let c1 = Int((slopeA - slope).rounded(.down))
        let c2 = Int((slopeB - slopeA).rounded())
        guard slope < (areTwo ? 2 : 1), c1 > 0, c2 > 0 || piecesB == 0, c1 < 65536, c2 < 65536 else { return nil }
        // The slopes are rounded now; the knees go where these reach the ends of pieces.
        for _ in 0..<3 {
            guard let knees = CurveKnees(span, areTwo: areTwo, a: a, b: b, c1: c1, c2: c2) else { return nil }
            let last = Double(knees.c0) / (areTwo ? 32_768 : 65_536)
            if b > 0 { b = Int((Double(piecesB) * unit / (last + Double(c1 + c2))).rounded()) }
            a = Int(((Double(piecesA + piecesB) * unit - Double(c2 * b)) / (last + Double(c1))).rounded())
            guard a > b else { return nil }
            a = min(a, span)
        }
        self.init(span, areTwo: areTwo, a: a, b: b, c1: c1, c2: c2)
    }

    /// Knees with given steps of slope; the last slope is what brings `span` to the end of the last piece.
    fileprivate init?(_ span: Int, areTwo: Bool, a: Int, b: Int, c1: Int, c2: Int) {
        let left = 65_535 - a * c1 - b * c2
        guard left >= 0, span > 0 else { return nil }
        self.areTwo = areTwo
        // At least so much that `span` is bent to 65535, rounding included.
        let c0 = areTwo ? ((left + 1) / 2 * 65_536 + span - 1) / span : (left * 65_536 + span - 1) / span
        guard c0 < 65_536 else { return nil }
        (self.a, self.b, self.c0) = (UInt16(a), UInt16(b), UInt16(c0))
        (self.c1, self.c2) = (UInt16(c1), UInt16(c2))
    }
}
