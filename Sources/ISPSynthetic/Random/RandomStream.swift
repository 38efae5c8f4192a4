// Randomness by counting: any number of a stream can be had without the ones before it, so that rows come out the
// same in any order, on any number of threads and on any machine.

/// A stream of 64-bit random numbers addressed by index.
///
/// It is SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"), whose n-th output is a
/// mixing function of `key + n * gamma`: the generator is a counter already. Not for cryptography.
public struct RandomStream: Hashable, Sendable {
    private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

    private let key: UInt64

    /// Creates the stream of a seed.
    public init(seed: UInt64) { key = Self.mix(seed &+ Self.gamma) }

    /// The stream that belongs to `label` within this one; different labels give unrelated streams.
    public func substream(_ label: UInt64) -> RandomStream {
        RandomStream(key: Self.mix(key ^ Self.mix(label &* Self.gamma &+ 0x1234_5678_9ABC_DEF1)))
    }

    /// The number at `index`: 64 uniform bits.
    @inline(__always)
    public func bits(_ index: Int) -> UInt64 {
        Self.mix(key &+ (UInt64(bitPattern: Int64(index)) &+ 1) &* Self.gamma)
    }

    /// The number at `index` as a uniform value strictly between 0 and 1, a multiple of 2^-53 plus 2^-54.
    @inline(__always)
    public func uniform(_ index: Int) -> Double {
        (Double(bits(index) >> 11) + 0.5) * 0x1p-53
    }

    /// The number at `index` as a uniform value in `low ..< high`.
    public func uniform(_ index: Int, in range: Range<Double>) -> Double {
        range.lowerBound + uniform(index) * (range.upperBound - range.lowerBound)
    }

    private init(key: UInt64) { self.key = key }

    /// The finaliser of SplitMix64 (variant 13 of Stafford's mixers).
    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
