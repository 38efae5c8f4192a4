// A curve as a table that Float samples look up.

/// A tabulated function of linear light.
///
/// The table is indexed by the leading bits of the Float itself, so its segments have a constant relative width
/// (1/64 of an octave's value) and shadows are as exact as highlights; between nodes it is linear.
struct CurveTable: Sendable {
    // Values below 2^-16 are treated as linear from 0; values from 2^8 on take the last entry.
    private static let lowestExponent = -16
    private static let octaves = 24
    private static let stepBits: UInt32 = 6

    private let values: [Float]
    private let atZero: Float

    /// Tabulates a curve.
    init(_ curve: (Double) -> Double) {
        let count = Self.octaves << Self.stepBits
        let nodes = (0...count).map { Float(curve(Double(Self.node($0)))) }
        // One more entry so that the segment above the last node exists; below the first node the curve is linear.
        values = nodes + [nodes.last!]
        atZero = Float(curve(0))
    }

    private static func node(_ index: Int) -> Float {
        Float(bitPattern: UInt32((127 + lowestExponent) << 23) &+ UInt32(index) << (23 - stepBits))
    }

    /// The function of eight samples. Negative ones and what is no number are at the curve's foot.
    @inline(__always)
    func callAsFunction(_ linear: Lanes) -> Lanes {
        let first = Float(bitPattern: UInt32((127 + Self.lowestExponent) << 23))
        let last = Float(bitPattern: UInt32((127 + Self.lowestExponent + Self.octaves) << 23))
        let isFoot = .!(linear .>= first)
        let positive = linear.replacing(with: 0, where: .!(linear .> 0))
        let foot = atZero + (values[0] - atZero) * (positive / first)

        let value = linear.replacing(with: last, where: linear .>= last).replacing(with: first, where: isFoot)
        let offset = unsafeBitCast(value, to: SIMD8<UInt32>.self) &- first.bitPattern
        let index = SIMD8<Int32>(truncatingIfNeeded: offset &>> (23 - Self.stepBits))
        // The bits below the index, as the fraction of a number from 1 to 2.
        let low = (offset &<< Self.stepBits) & 0x007f_ffff
        let fraction = unsafeBitCast(low | Float(1).bitPattern, to: Lanes.self) - 1
        return values.interpolated(at: index, fraction).replacing(with: foot, where: isFoot)
    }
}
