import ISPRuntime
import Testing

import ISPTelemetry

@Suite struct LatencyHistogramTests {
    /// The distribution of `values`, recorded over a few shards.
    private func histogram(_ values: [UInt64]) -> LatencyHistogram {
        let telemetry = Telemetry(shards: 3)
        for (index, value) in values.enumerated() {
            telemetry.record(Event(.frameStarted, session: 0, frame: 0, value: value), shard: index)
        }
        return telemetry.snapshot().histogram(.start)
    }

    /// One microsecond to one hour, as many values in each doubling as in the next.
    private func values(_ count: Int, seed: UInt64) -> [UInt64] {
        var generator = Seeded(seed)
        return (0..<count).map { _ in
            let magnitude = UInt64.random(in: 10...40, using: &generator)
            return min(UInt64.random(in: 1 << magnitude...2 << magnitude, using: &generator), 3_600_000_000_000)
        }
    }

    @Test func bucketsCoverEveryValueOnce() {
        for index in 1..<LogLinearBuckets.count {
            #expect(LogLinearBuckets.highest(of: index - 1) + 1 == LogLinearBuckets.lowest(of: index))
        }
        for index in 0..<LogLinearBuckets.count {
            #expect(LogLinearBuckets.index(of: LogLinearBuckets.lowest(of: index)) == index)
            #expect(LogLinearBuckets.index(of: LogLinearBuckets.highest(of: index)) == index)
        }
        #expect(LogLinearBuckets.lowest(of: 0) == 0)
        #expect(LogLinearBuckets.index(of: 3_600_000_000_000) == LogLinearBuckets.count - 1)
    }

    @Test func noBucketIsWiderThanTheThirtySecondPartOfItsValues() {
        for index in 0..<LogLinearBuckets.count - 1 {
            let (lowest, highest) = (LogLinearBuckets.lowest(of: index), LogLinearBuckets.highest(of: index))
            #expect((highest - lowest) * 32 <= lowest)
        }
    }

    @Test(arguments: 0..<8) func percentilesAreWithinThePromisedError(seed: UInt64) {
        let values = values(3_000, seed: seed)
        let histogram = histogram(values)
        let sorted = values.sorted()
        for percent in [0, 1, 25, 50, 90, 99, 99.9, 99.99, 100] {
            let rank = max(1, Int((percent / 100 * Double(values.count)).rounded(.up)))
            let (exact, shown) = (sorted[rank - 1], histogram.percentile(percent))
            #expect(shown >= exact && (shown - exact) * 32 <= exact, "p\(percent): \(shown), not \(exact)")
        }
        #expect(histogram.p50 == histogram.percentile(50))
        #expect(histogram.p99 == histogram.percentile(99))
        #expect(histogram.p999 == histogram.percentile(99.9))
    }

    @Test func sumAndMaximumAreExact() {
        let values = values(1_000, seed: 99)
        let histogram = histogram(values)
        #expect(histogram.count == 1_000)
        #expect(histogram.sum == values.reduce(0, +))
        #expect(histogram.maximum == values.max())
        #expect(histogram.percentile(100) == values.max())
    }

    @Test func countsBelowABoundHoldNothingAboveIt() {
        let values = values(2_000, seed: 5)
        let histogram = histogram(values)
        for bound in [1_000, 5_000_000, 33_000_000, 1_000_000_000, 10_000_000_000] as [UInt64] {
            let counted = histogram.count(atMost: bound)
            #expect(counted <= values.count { $0 <= bound })
            #expect(counted >= values.count { $0 <= bound - bound / 32 })
        }
    }

    @Test func timesBeyondAnHourAreCountedAndShownAsTheMaximum() {
        let histogram = histogram([1_000, 4_000_000_000_000, 9_000_000_000_000])
        #expect(histogram.count == 3)
        #expect(histogram.maximum == 9_000_000_000_000)
        #expect(histogram.p99 == 9_000_000_000_000)
        #expect(histogram.count(atMost: 3_600_000_000_000) == 1)
    }

    @Test func anEmptyHistogramIsAllZero() {
        let histogram = histogram([])
        #expect([histogram.count, histogram.sum, histogram.maximum, histogram.p50, histogram.p999] == [0, 0, 0, 0, 0])
        #expect(histogram.count(atMost: .max) == 0)
    }

    @Test(arguments: [-5, 0, 250, .nan, .infinity] as [Double]) func oddPercentagesAreTakenToTheNearestEnd(
        percent: Double
    ) {
        let histogram = histogram([10, 20])
        #expect(histogram.percentile(percent) == (percent > 100 ? 20 : 10))
    }
}
