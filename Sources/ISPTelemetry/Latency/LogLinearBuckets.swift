// The buckets of a latency histogram: log-linear, as in HdrHistogram (Gil Tene, 2012).

/// Buckets over nanoseconds whose width is at most 1/32 of the values in them.
///
/// Up to 63 ns a bucket is one value; from there every doubling is cut into 32 equal parts. The last bucket takes
/// everything from its lowest value on, one hour included.
package enum LogLinearBuckets {
    /// Parts of each doubling, as a power of two.
    package static let partBits: UInt64 = 5
    /// The largest value that is told apart from larger ones: one hour.
    package static let limit: UInt64 = 3_600_000_000_000
    /// How many buckets there are.
    package static let count = 1205

    /// The bucket of a value.
    @inline(__always)
    package static func index(of value: UInt64) -> Int {
        let value = min(value, limit)
        // Values below 2^6 share shift 0, where a bucket's number is the value.
        let magnitude = UInt64(63 - (value | 32).leadingZeroBitCount)
        let shift = magnitude &- partBits
        return Int(truncatingIfNeeded: (shift &<< partBits) &+ (value &>> shift))
    }

    /// The smallest value of a bucket.
    package static func lowest(of index: Int) -> UInt64 {
        guard index >= 64 else { return UInt64(index) }
        return UInt64(index % 32 + 32) << UInt64(index / 32 - 1)
    }

    /// The largest value of a bucket.
    package static func highest(of index: Int) -> UInt64 { index == count - 1 ? .max : lowest(of: index + 1) - 1 }
}
