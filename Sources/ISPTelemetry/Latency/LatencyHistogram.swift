// The distribution of a latency, as read at one moment.

/// A distribution of times in nanoseconds.
///
/// Percentiles overstate by at most 1/32 and never understate; sum and maximum are exact. Times beyond one hour are
/// counted, but told apart only by the maximum.
public struct LatencyHistogram: Sendable, Equatable {
    /// How many times were recorded.
    public let count: UInt64
    /// Their sum.
    public let sum: UInt64
    /// The longest of them, 0 without any.
    public let maximum: UInt64

    private let buckets: [UInt64]

    init(summing shards: [HistogramCells]) {
        let buckets = (0..<LogLinearBuckets.count).map { bucket in shards.reduce(0) { $0 &+ $1.count(bucket) } }
        // Counted from the buckets, so that they always add up, threads that record meanwhile or not.
        count = buckets.reduce(0, &+)
        sum = shards.reduce(0) { $0 &+ $1.sum }
        let longest = shards.reduce(0) { max($0, $1.maximum) }
        let top = buckets.lastIndex { $0 > 0 }
        maximum = max(longest, top.map(LogLinearBuckets.lowest) ?? 0)
        self.buckets = buckets
    }

    /// The time that `percent` percent of the recorded times do not exceed, 0 without any. O(buckets).
    public func percentile(_ percent: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let share = (percent.clamped(to: 0...100) / 100 * Double(count)).rounded(.up)
        let rank = share >= Double(count) ? count : max(1, UInt64(share))
        var seen: UInt64 = 0
        for (bucket, inBucket) in buckets.enumerated() {
            seen &+= inBucket
            if seen >= rank { return min(LogLinearBuckets.highest(of: bucket), maximum) }
        }
        return maximum
    }

    /// The median.
    public var p50: UInt64 { percentile(50) }
    /// What one frame in a hundred exceeds.
    public var p99: UInt64 { percentile(99) }
    /// What one frame in a thousand exceeds.
    public var p999: UInt64 { percentile(99.9) }

    /// How many times are certain to be no longer than `nanoseconds`: those within 1/32 below it may be left out, none
    /// above it is counted. O(buckets).
    public func count(atMost nanoseconds: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for (bucket, inBucket) in buckets.enumerated() {
            if LogLinearBuckets.highest(of: bucket) > nanoseconds { break }
            sum &+= inBucket
        }
        return sum
    }
}

extension Double {
    /// The nearest value within a range; its lower end for NaN.
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
