// Companding: sensors of a wide range send fewer bits than they measure, finely in the shadows and coarsely in the lights.

import ISPImaging

/// A curve of straight pieces that compresses 16-bit linear values to shorter codes, as sensors do.
///
/// Every piece is at most as steep as one code a value, so that each code stands for a value of its own; the inverse goes
/// with the frame as its linearisation table.
public struct CompandingCurve: Hashable, Sendable {
    /// A point of the curve.
    public struct Knee: Hashable, Sendable {
        /// The linear value, 0 to 65535.
        public let linear: Int
        /// Its code, 0 to the largest of the bit depth.
        public let code: Int

        /// Creates a point.
        public init(linear: Int, code: Int) {
            self.linear = linear
            self.code = code
        }
    }

    /// The largest linear value.
    public static let maximumLinear = 65_535
    /// Accepted bit depths of the codes.
    public static let bitsRange = 8...14

    /// The points; the first is (0, 0), the last has the linear value 65535.
    public let knees: [Knee]

    /// Creates a curve through points.
    /// - Throws: `ISPError(.usage)` where they do not begin at (0, 0), do not end at 65535, do not rise, or rise by more
    ///   than one code a value.
    public init(knees: [Knee]) throws(ISPError) {
        guard let first = knees.first, let last = knees.last, knees.count >= 2, first.linear == 0, first.code == 0,
            last.linear == Self.maximumLinear
        else {
            throw ISPError(
                .usage, "a companding curve must go from (0, 0) to a code at the linear value \(Self.maximumLinear)")
        }
        for (a, b) in zip(knees, knees.dropFirst()) {
            guard b.linear > a.linear, b.code > a.code, b.code - a.code <= b.linear - a.linear else {
                throw ISPError(
                    .usage,
                    "the companding curve's piece from (\(a.linear), \(a.code)) to (\(b.linear), \(b.code)) must rise, "
                        + "and by at most one code a value")
            }
        }
        self.knees = knees
    }

    /// The pieces nearest to a square root, which spends the codes as photon noise asks: equally many for every step of the
    /// noise. Knees lie where the code is 1, 1/2, 1/4 ... of the largest, down to where one value has one code.
    /// - Parameter bits: of a code, 8 to 14.
    /// - Throws: `ISPError(.usage)` for other depths.
    public static func squareRoot(bits: Int) throws(ISPError) -> CompandingCurve {
        guard bitsRange.contains(bits) else {
            throw ISPError(
                .usage, "companding to \(bits) bits; use \(bitsRange.lowerBound) to \(bitsRange.upperBound)")
        }
        let largest = (1 << bits) - 1
        var knees = [Knee(linear: 0, code: 0)]
        for shift in stride(from: 16 - bits, through: 0, by: -1) {
            let share = 1 / Double(1 << shift)
            let linear = (Double(maximumLinear) * share * share).rounded(.up)
            knees.append(Knee(linear: Int(linear), code: Int((Double(largest) * share).rounded())))
        }
        return try CompandingCurve(knees: knees)
    }

    /// The code of every linear value, nearest first, halves up: 65536 entries.
    public var codes: [UInt16] {
        var codes: [UInt16] = []
        codes.reserveCapacity(Self.maximumLinear + 1)
        for (a, b) in zip(knees, knees.dropFirst()) {
            let (run, rise) = (b.linear - a.linear, b.code - a.code)
            for i in 0..<run { codes.append(UInt16(a.code + (2 * i * rise + run) / (2 * run))) }
        }
        codes.append(UInt16(knees[knees.count - 1].code))
        return codes
    }

    /// The linear value of every code, halves up: what a reader needs.
    public var linearization: [UInt16] {
        var values: [UInt16] = []
        for (a, b) in zip(knees, knees.dropFirst()) {
            let (run, rise) = (b.linear - a.linear, b.code - a.code)
            for i in 0..<rise { values.append(UInt16(a.linear + (2 * i * run + rise) / (2 * rise))) }
        }
        values.append(UInt16(Self.maximumLinear))
        return values
    }

    /// The linear values that share a code near `linear`: the step of the curve there, at least 1.
    func step(at linear: Int) -> Double {
        for (a, b) in zip(knees, knees.dropFirst()) where linear < b.linear {
            return Double(b.linear - a.linear) / Double(b.code - a.code)
        }
        let (a, b) = (knees[knees.count - 2], knees[knees.count - 1])
        return Double(b.linear - a.linear) / Double(b.code - a.code)
    }
}
