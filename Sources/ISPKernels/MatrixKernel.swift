// A 3x3 matrix on rows of linear colours.

import CVector

/// Multiplies colours of `Linear16` by a matrix.
///
/// The matrix is taken as identity plus the rest: each channel keeps its full precision, and only the rest is multiplied,
/// scaled down by `2^doublings` so that neither its entries nor its sums exceed 16 bits.
public struct MatrixKernel: Sendable {
    /// The largest power of two by which the rest is scaled down.
    private static let mostDoublings = 3
    /// The nine entries, rows first.
    private let rest: SIMD16<Int16>
    private let constant: SIMD4<Int16>
    private let doublings: Int

    /// Creates the kernel, or `nil` where the matrix is too strong for it: the magnitudes of a row, less 1 on the diagonal,
    /// must not add up to more than 8.
    /// - Parameter matrix: nine entries, rows first.
    public init?(_ matrix: [Double]) {
        let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let difference = zip(matrix, identity).map { $0 - $1 }
        let sums = (0..<3).map { row in (0..<3).reduce(0) { $0 + abs(difference[3 * row + $1]) } }
        guard let most = sums.max(), most.isFinite,
            let doublings = (0...Self.mostDoublings).first(where: { most <= Double(1 << $0) * 0.999 })
        else { return nil }
        self.doublings = doublings
        let unit = 32768 / Double(1 << doublings)
        var rest = difference.map { Int16(clamping: Int(($0 * unit).rounded())) }
        // Rows that keep grey grey shall do so in whole numbers: the largest entry takes what rounding left.
        for row in 0..<3 where abs((0..<3).reduce(0) { $0 + difference[3 * row + $1] }) < 1e-6 {
            let sum = (0..<3).reduce(0) { $0 + Int(rest[3 * row + $1]) }
            let largest = (0..<3).max { abs(difference[3 * row + $0]) < abs(difference[3 * row + $1]) }!
            rest[3 * row + largest] -= Int16(sum)
        }
        self.rest = SIMD16(rest + Array(repeating: 0, count: 7))
        // Black is not 0: what a row does to it is taken back. Of what is multiplied, not of what was asked for, so that
        // black stays black.
        let constants = (0..<3).map { row in
            let sum = (0..<3).reduce(0) { $0 + Int(rest[3 * row + $1]) }
            let shifted = Double(sum) / 32768 * Double(Linear16.signedZero)
            return Int16(clamping: Int(-shifted.rounded()))
        }
        constant = SIMD4(constants + [0])
    }

    /// Replaces the colours of a row.
    public func apply(_ row: ColorRow, count: Int) {
        apply(row.red.even, row.green.even, row.blue.even, count)
        apply(row.red.odd, row.green.odd, row.blue.odd, count)
    }

    private func apply(
        _ red: UnsafeMutablePointer<Int16>, _ green: UnsafeMutablePointer<Int16>,
        _ blue: UnsafeMutablePointer<Int16>, _ count: Int
    ) {
        let times = 1 &<< doublings
        let keepsGrey = constant == SIMD4(repeating: 0)
        switch (doublings, keepsGrey) {
        case (0, true): loop(red, green, blue, count, withConstant: false) { cv_add_s16($0, $1) }
        case (1, true):
            loop(red, green, blue, count, withConstant: false) { cv_add_s16(cv_add_s16($0, $1), $1) }
        default:
            loop(red, green, blue, count, withConstant: true) { value, rest in
                var value = value
                for _ in 0..<times { value = cv_add_s16(value, rest) }
                return value
            }
        }
    }

    @inline(__always)
    private func loop(
        _ red: UnsafeMutablePointer<Int16>, _ green: UnsafeMutablePointer<Int16>,
        _ blue: UnsafeMutablePointer<Int16>, _ count: Int, withConstant: Bool,
        _ add: (Signals, Signals) -> Signals
    ) {
        let m0 = Signals(repeating: rest[0]), m1 = Signals(repeating: rest[1]), m2 = Signals(repeating: rest[2])
        let m3 = Signals(repeating: rest[3]), m4 = Signals(repeating: rest[4]), m5 = Signals(repeating: rest[5])
        let m6 = Signals(repeating: rest[6]), m7 = Signals(repeating: rest[7]), m8 = Signals(repeating: rest[8])
        let c0 = Signals(repeating: constant[0]), c1 = Signals(repeating: constant[1])
        let c2 = Signals(repeating: constant[2])
        var k = 0
        while k < count {
            let (r, g, b) = (red.lanes(k), green.lanes(k), blue.lanes(k))
            var toRed = cv_mulround_s16(r, m0) &+ cv_mulround_s16(g, m1) &+ cv_mulround_s16(b, m2)
            var toGreen = cv_mulround_s16(r, m3) &+ cv_mulround_s16(g, m4) &+ cv_mulround_s16(b, m5)
            var toBlue = cv_mulround_s16(r, m6) &+ cv_mulround_s16(g, m7) &+ cv_mulround_s16(b, m8)
            if withConstant { (toRed, toGreen, toBlue) = (toRed &+ c0, toGreen &+ c1, toBlue &+ c2) }
            red.store(add(r, toRed), k)
            green.store(add(g, toGreen), k)
            blue.store(add(b, toBlue), k)
            k &+= 16
        }
    }
}
