// Saturation on rows of display colours: a mix of each channel with luma.

import CVector

/// Moves every channel away from luma, or towards it: `luma + (channel - luma) * saturation`.
public struct SaturationKernel: Sendable {
    /// A quarter of the factor, in 2^15.
    private let quarter: Int16
    private let weights: LumaWeights

    /// Creates the kernel.
    /// - Parameters:
    ///   - saturation: 0 to 4; 0 is grey, 1 unchanged.
    ///   - luma: the weights of red and blue; green has the rest.
    public init(_ saturation: Float, luma: (red: Float, blue: Float)) {
        quarter = Int16(clamping: Int((saturation / 4 * 32768).rounded()))
        weights = LumaWeights(red: luma.red, blue: luma.blue)
    }

    /// Replaces the colours of a row, on the scale of `Display16`.
    public func apply(_ row: ColorRow, count: Int) {
        apply(row.red.even, row.green.even, row.blue.even, count)
        apply(row.red.odd, row.green.odd, row.blue.odd, count)
    }

    private func apply(
        _ r: UnsafeMutablePointer<Int16>, _ g: UnsafeMutablePointer<Int16>, _ b: UnsafeMutablePointer<Int16>,
        _ count: Int
    ) {
        let weights = weights
        let quarter = Signals(repeating: quarter)
        var k = 0
        while k < count {
            let (x, y, z) = (r.lanes(k), g.lanes(k), b.lanes(k))
            let luma = weights.luma(x, y, z)
            @inline(__always)
            func mixed(_ value: Signals) -> Signals {
                // Twice the difference has room in 16 bits; half the result is added twice.
                let difference = value &- luma
                let half = cv_mulround_s16(difference &+ difference, quarter)
                return cv_add_s16(cv_add_s16(luma, half), half)
            }
            r.store(mixed(x), k)
            g.store(mixed(y), k)
            b.store(mixed(z), k)
            k &+= Words.scalarCount
        }
    }
}
