// Display RGB to luma and to colour differences at half the columns; and luma detail back to RGB.

import CVector

/// Luma and colour differences of rows of `Display16` colours.
public struct LumaKernel: Sendable {
    private let lumaWeights: LumaWeights
    let toBlue, toRed: Double
    /// The weights of red and blue.
    let weights: (red: Double, blue: Double)

    /// Creates the kernel.
    /// - Parameters:
    ///   - red: the weights of red and blue in luma; green has the rest.
    ///   - saturation: by what colour differences are multiplied on the way, up to 1.5.
    public init(red: Float, blue: Float, saturation: Float = 1) {
        lumaWeights = LumaWeights(red: red, blue: blue)
        weights = (Double(red), Double(blue))
        let half = 0.5 * Double(saturation)
        (toBlue, toRed) = (half / Double(1 - blue), half / Double(1 - red))
    }

    /// Luma of every column.
    public func luma(_ row: ColorRow, into luma: SignalRow, count: Int) {
        self.luma(row.red.even, row.green.even, row.blue.even, luma.even, count)
        self.luma(row.red.odd, row.green.odd, row.blue.odd, luma.odd, count)
    }

    private func luma(
        _ r: UnsafeMutablePointer<Int16>, _ g: UnsafeMutablePointer<Int16>, _ b: UnsafeMutablePointer<Int16>,
        _ target: UnsafeMutablePointer<Int16>, _ count: Int
    ) {
        let weights = lumaWeights
        var k = 0
        while k < count {
            target.store(weights.luma(r.lanes(k), g.lanes(k), b.lanes(k)), k)
            k &+= Words.scalarCount
        }
    }

    /// Cb and Cr of every second column, filtered 1 2 1 across.
    /// - Parameters:
    ///   - atOdd: whether the odd columns are the ones in the middle.
    ///   - cb: entry `k` takes that of the even (or odd) column `k`, in units of `Display16`, 0 for grey.
    public func chroma(
        _ row: ColorRow, luma: SignalRow, atOdd: Bool, cb: UnsafeMutablePointer<Int16>,
        cr: UnsafeMutablePointer<Int16>, count: Int
    ) {
        let (y, yLeft) = luma.sites(isEven: !atOdd)
        let (blue, red) = (row.blue.sites(isEven: !atOdd), row.red.sites(isEven: !atOdd))
        let (ofBlue, ofRed) = (Chroma(toBlue), Chroma(toRed))
        var k = 0
        while k < count {
            let middle = y.lanes(k), sides = yLeft.lanes(k) &+ yLeft.lanes(k &+ 1)
            cb.store(ofBlue.difference(blue, k, middle, sides), k)
            cr.store(ofRed.difference(red, k, middle, sides), k)
            k &+= Words.scalarCount
        }
    }

    /// What turns differences from luma into colour differences.
    private struct Chroma {
        private let half, quarter: Signals

        init(_ factor: Double) {
            half = Signals(repeating: Int16((factor / 2 * 32768).rounded()))
            quarter = Signals(repeating: Int16((factor / 4 * 32768).rounded()))
        }

        /// - Parameters:
        ///   - middle: luma.
        ///   - sides: that of the columns left and right, added up.
        @inline(__always)
        func difference(
            _ colour: (own: UnsafeMutablePointer<Int16>, left: UnsafeMutablePointer<Int16>), _ k: Int,
            _ middle: Signals,
            _ sides: Signals
        ) -> Signals {
            // Sums may wrap: their difference is right again.
            let atSides = (colour.left.lanes(k) &+ colour.left.lanes(k &+ 1)) &- sides
            return cv_mulround_s16(colour.own.lanes(k) &- middle, half) &+ cv_mulround_s16(atSides, quarter)
        }
    }

    /// Adds what luma gained to all three colours, which leaves the colour differences as they are, and rounds them.
    /// - Parameter bytes: each with room for `2 * count` bytes.
    public static func add(
        _ sharp: SignalRow, less luma: SignalRow, to row: ColorRow, into bytes: ColorBytes, count: Int
    ) {
        let half = Signals(repeating: 32)
        var k = 0
        while k < count {
            // What luma gained and half a code are the same for all three.
            @inline(__always)
            func gain(_ parity: Int, _ k: Int) -> Signals {
                (sharp[parity].lanes(k) &- luma[parity].lanes(k)) &+ half
            }
            let even = (gain(0, k), gain(0, k &+ Words.scalarCount))
            let odd = (gain(1, k), gain(1, k &+ Words.scalarCount))
            @inline(__always)
            func add(_ row: SignalRow, _ bytes: UnsafeMutablePointer<UInt8>) {
                @inline(__always)
                func code(_ gain: Signals, _ parity: Int, _ k: Int) -> Signals {
                    cv_add_s16(row[parity].lanes(k), gain) &>> 6
                }
                RoundKernel.storeBytes(
                    (code(even.0, 0, k), code(even.1, 0, k &+ Words.scalarCount)),
                    (code(odd.0, 1, k), code(odd.1, 1, k &+ Words.scalarCount)), into: bytes, k)
            }
            add(row.red, bytes.red)
            add(row.green, bytes.green)
            add(row.blue, bytes.blue)
            k &+= KernelLimits.group
        }
    }
}
