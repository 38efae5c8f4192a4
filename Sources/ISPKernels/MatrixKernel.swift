// A 3x3 matrix on rows of linear colours.

import CVector

/// Multiplies colours of `Linear16` by a matrix.
///
/// The matrix is taken as identity plus the rest: each channel keeps its full precision, and only the rest is multiplied,
/// scaled down by `2^doublings`, at least 2, so that neither its entries nor its sums exceed 16 bits. Where grey stays grey
/// and the rest is scaled down by two, it needs no more than the differences of red and blue from green; they are limited to
/// 1.25 times the distance from black to the ceiling, which nothing but the overshoot of a demosaic exceeds.
public struct MatrixKernel: Sendable {
    /// The largest power of two by which the rest is scaled down.
    private static let mostDoublings = 3
    /// The nine entries, rows first.
    private(set) var rest: SIMD16<Int16>
    private(set) var constant: SIMD4<Int16>
    let doublings: Int

    /// Creates the kernel, or `nil` where the matrix is too strong for it: the magnitudes of a row, less 1 on the diagonal,
    /// must not add up to more than 8.
    /// - Parameter matrix: nine entries, rows first.
    public init?(_ matrix: [Double]) {
        let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let difference = zip(matrix, identity).map { $0 - $1 }
        let sums = (0..<3).map { row in (0..<3).reduce(0) { $0 + abs(difference[3 * row + $1]) } }
        guard let most = sums.max(), most.isFinite,
            let doublings = (1...Self.mostDoublings).first(where: { most <= Double(1 << $0) * 0.999 })
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

    /// Leaves colours as they are.
    static let identity = MatrixKernel([1, 0, 0, 0, 1, 0, 0, 0, 1])!

    /// The matrix for colours in the order blue, green, red.
    var withRedAndBlueSwapped: MatrixKernel {
        var swapped = self
        for i in 0..<9 { swapped.rest[i] = rest[8 - i] }
        for i in 0..<3 { swapped.constant[i] = constant[2 - i] }
        return swapped
    }

    /// Replaces the colours of a row; plans have the matrix in the loop of `ToneKernel`.
    public func apply(_ row: ColorRow, count: Int) {
        switch scaling {
        case .grey: apply(MatrixLanes<Grey>(self), row, count)
        case .two: apply(MatrixLanes<Two>(self), row, count)
        case .more: apply(MatrixLanes<More>(self), row, count)
        }
    }

    @inline(__always)
    private func apply(_ lanes: some ColorLanes, _ row: ColorRow, _ count: Int) {
        for parity in 0..<2 {
            let (red, green, blue) = (row.red[parity], row.green[parity], row.blue[parity])
            var k = 0
            while k < count {
                let color = lanes(Colors(red.lanes(k), green.lanes(k), blue.lanes(k)))
                red.store(color.red, k)
                green.store(color.green, k)
                blue.store(color.blue, k)
                k &+= Words.scalarCount
            }
        }
    }

    /// How products are added, for loops that are made for each way.
    enum Scaling { case grey, two, more }
    var scaling: Scaling { doublings > 1 ? .more : keepsGrey ? .grey : .two }

    /// Whether what the rest makes of grey is nothing.
    private var keepsGrey: Bool {
        (0..<3).allSatisfy { row in (0..<3).reduce(0) { $0 + Int(rest[3 * row + $1]) } == 0 }
    }

    enum Grey: MatrixScaling {
        static var keepsGrey: Bool { true }

        @inline(__always)
        static func sum(_ value: Signals, _ rest: Signals, _: Signals, _: Doubling) -> Signals {
            cv_add_s16(cv_add_s16(value, rest), rest)
        }
    }

    enum Two: MatrixScaling {
        static var keepsGrey: Bool { false }

        @inline(__always)
        static func sum(_ value: Signals, _ rest: Signals, _ constant: Signals, _: Doubling) -> Signals {
            let rest = rest &+ constant
            return cv_add_s16(cv_add_s16(value, rest), rest)
        }
    }

    enum More: MatrixScaling {
        static var keepsGrey: Bool { false }

        @inline(__always)
        static func sum(_ value: Signals, _ rest: Signals, _ constant: Signals, _ doubling: Doubling) -> Signals {
            let half = doubling.half(rest &+ constant)
            return cv_add_s16(cv_add_s16(value, half), half)
        }
    }

    /// Scales up what was scaled down by more than two, as far as two halves of it reach from one end of the values to the
    /// other.
    struct Doubling {
        private let least, most: Signals
        private let places: Int16

        init(_ doublings: Int) {
            places = Int16(doublings - 1)
            let limit = Int16.max >> places
            (least, most) = (Signals(repeating: -limit), Signals(repeating: limit))
        }

        @inline(__always)
        func half(_ rest: Signals) -> Signals { cv_min_s16(cv_max_s16(rest, least), most) &<< places }
    }
}

/// How the rest of a matrix is multiplied and added: scaled down by two, of grey making nothing or with a constant, or scaled
/// down by more.
protocol MatrixScaling {
    /// Whether the rest makes nothing of grey: its products are two then, of differences from green.
    static var keepsGrey: Bool { get }
    /// A value and so many times what the rest of the matrix makes, with its constant.
    static func sum(_ value: Signals, _ rest: Signals, _ constant: Signals, _ doubling: MatrixKernel.Doubling)
        -> Signals
}

/// Three colours of a vector of pixels.
struct Colors {
    var red, green, blue: Signals

    @inline(__always)
    init(_ red: Signals, _ green: Signals, _ blue: Signals) { (self.red, self.green, self.blue) = (red, green, blue) }
}

/// What is done with colours, inside a loop over a row.
protocol ColorLanes {
    func callAsFunction(_ color: Colors) -> Colors
}

/// A matrix as loops see it.
struct MatrixLanes<Scaling: MatrixScaling>: ColorLanes {
    private let m0, m1, m2, m3, m4, m5, m6, m7, m8, c0, c1, c2: Signals
    private let doubling: MatrixKernel.Doubling

    @inline(__always)
    init(_ kernel: MatrixKernel) {
        func entry(_ i: Int) -> Signals { Signals(repeating: kernel.rest[i]) }
        (m0, m1, m2) = (entry(0), entry(1), entry(2))
        (m3, m4, m5) = (entry(3), entry(4), entry(5))
        (m6, m7, m8) = (entry(6), entry(7), entry(8))
        func constant(_ i: Int) -> Signals { Signals(repeating: kernel.constant[i]) }
        (c0, c1, c2) = (constant(0), constant(1), constant(2))
        doubling = MatrixKernel.Doubling(kernel.doublings)
    }

    @inline(__always)
    func callAsFunction(_ c: Colors) -> Colors {
        guard Scaling.keepsGrey else {
            return sum(c) { cv_mulround_s16(c.red, $0) &+ cv_mulround_s16(c.green, $1) &+ cv_mulround_s16(c.blue, $2) }
        }
        let (red, blue) = (cv_sub_s16(c.red, c.green), cv_sub_s16(c.blue, c.green))
        return sum(c) { x, _, z in cv_mulround_s16(red, x) &+ cv_mulround_s16(blue, z) }
    }

    @inline(__always)
    private func sum(_ c: Colors, _ product: (Signals, Signals, Signals) -> Signals) -> Colors {
        Colors(
            Scaling.sum(c.red, product(m0, m1, m2), c0, doubling),
            Scaling.sum(c.green, product(m3, m4, m5), c1, doubling),
            Scaling.sum(c.blue, product(m6, m7, m8), c2, doubling))
    }
}
