// Sums along rows: what statistics are made of.

import CVector

/// Sums over samples of one parity of rows, in 32-bit lanes: good for `mostSamples` samples.
public struct RowSums {
    /// Sums of samples, each less 2^15.
    var samples = SIMD8<Int32>()
    /// How many samples are below saturation.
    var below = SIMD8<Int32>()
    /// Sums of the steps between neighbours, each less 2^15.
    var steps = SIMD8<Int32>()
    /// How many steps there are.
    var stepCount = 0
    /// How many samples were added.
    public internal(set) var count = 0

    /// Nothing summed yet.
    public init() {}

    /// So many samples can be added before the lanes are full.
    public static let mostSamples = 16 * 16_384

    /// The sum of the samples.
    public var total: UInt64 { Self.sum(samples) &+ UInt64(count) &* 32768 }
    /// How many of them are at least the saturation.
    public var saturated: Int { count - Int(Self.sum(below)) }
    /// The sum of the steps.
    public var totalSteps: UInt64 { Self.sum(steps) &+ UInt64(stepCount) &* 32768 }

    private static func sum(_ lanes: SIMD8<Int32>) -> UInt64 {
        var sum: Int64 = 0
        for lane in 0..<8 { sum += Int64(lanes[lane]) }
        return UInt64(bitPattern: sum)
    }
}

/// Adds rows to sums.
public enum StatisticsKernel {
    /// Adds samples.
    /// - Parameters:
    ///   - saturation: samples from here on are saturated.
    ///   - steps: from which entry on steps from the entry before are added; `count` for none.
    public static func add(
        _ samples: UnsafeMutablePointer<UInt16>, count: Int, saturation: UInt16, stepsFrom steps: Int,
        to sums: inout RowSums
    ) {
        var (total, below, differences) = (sums.samples, sums.below, sums.steps)
        let limit = Words(repeating: saturation), one = Words(repeating: 1)
        var k = 0
        while k < count {
            let words = samples.lanes(k)
            let last = count &- k
            let mask = last >= 16 ? Words(repeating: 0xffff) : cv_first_u16(last)
            total = total &+ cv_pair_sums(signed(words) & unsafeBitCast(mask, to: Signals.self))
            let isBelow = cv_min_u16(cv_sub_u16(limit, words), one) & mask
            below = below &+ cv_pair_sums(unsafeBitCast(isBelow, to: Signals.self))
            if k &+ 16 > steps {
                let before = samples.lanes(k &- 1)
                let step = cv_sub_u16(words, before) | cv_sub_u16(before, words)
                let kept = k >= steps ? mask : mask & ~cv_first_u16(steps &- k)
                differences = differences &+ cv_pair_sums(signed(step) & unsafeBitCast(kept, to: Signals.self))
            }
            k &+= 16
        }
        (sums.samples, sums.below, sums.steps) = (total, below, differences)
        sums.count &+= count
        sums.stepCount &+= max(0, count &- steps)
    }
}
