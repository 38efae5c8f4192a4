// Sums along rows: what statistics are made of.

import CVector

/// Sums over samples of one parity of rows, in 32-bit lanes: good for `mostSamples` samples.
public struct RowSums {
    /// Sums of samples, each less 2^15.
    var samples = cv_s32_half()
    /// How many samples are saturated.
    var saturated = cv_s32_half()
    /// Sums of the steps between neighbours, each less 2^15.
    var steps = cv_s32_half()
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
    /// How many samples are at least the saturation.
    public var totalSaturated: Int { Int(Self.sum(saturated)) }
    /// The sum of the steps.
    public var totalSteps: UInt64 { Self.sum(steps) &+ UInt64(stepCount) &* 32768 }

    private static func sum(_ lanes: cv_s32_half) -> UInt64 {
        var sum: Int64 = 0
        for lane in 0..<cv_s32_half.scalarCount { sum += Int64(lanes[lane]) }
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
        guard count > 0 else { return }
        let highest: Words
        if steps < count {
            highest = add(samples, count, withSteps: true, &sums)
            sums.stepCount &+= count &- steps
            // Every entry took its step; those that have none give it back.
            for k in 0..<steps {
                let step = abs(Int32(samples[k]) &- Int32(samples[k &- 1]))
                sums.steps[0] &-= step &- 32768
            }
        } else {
            highest = add(samples, count, withSteps: false, &sums)
        }
        sums.count &+= count
        // Most zones have no saturated sample.
        if saturation == 0 || cv_any_u16(cv_sub_u16(highest, Words(repeating: saturation &- 1))) != 0 {
            sums.saturated = add(samples, count, from: saturation, to: sums.saturated)
        }
    }

    /// Counts samples from a value on.
    @inline(__always)
    private static func add(
        _ samples: UnsafeMutablePointer<UInt16>, _ count: Int, from value: UInt16, to sum: cv_s32_half
    ) -> cv_s32_half {
        let value = Words(repeating: value), one = Words(repeating: 1)
        var sum = sum
        var k = 0
        while k < count {
            // 1 for samples from the value on, 0 for others.
            let counts = one &- cv_min_u16(cv_sub_u16(value, samples.lanes(k)), one)
            sum =
                sum
                &+ cv_pair_sums(
                    unsafeBitCast(counts & cv_first_u16(min(count &- k, Words.scalarCount)), to: Signals.self))
            k &+= Words.scalarCount
        }
        return sum
    }

    /// Adds samples and steps.
    /// - Returns: the largest samples.
    @inline(__always)
    private static func add(
        _ samples: UnsafeMutablePointer<UInt16>, _ count: Int, withSteps: Bool, _ sums: inout RowSums
    ) -> Words {
        var (total, differences) = (sums.samples, sums.steps)
        var highest = Words(repeating: 0)
        @inline(__always)
        func take(_ k: Int, _ mask: Words?) {
            let words = samples.lanes(k)
            highest = cv_max_u16(highest, mask.map { words & $0 } ?? words)
            total = total &+ cv_pair_sums(masked(words, mask))
            if withSteps {
                let before = samples.lanes(k &- 1)
                let step = cv_sub_u16(words, before) | cv_sub_u16(before, words)
                differences = differences &+ cv_pair_sums(masked(step, mask))
            }
        }
        var k = 0
        while k &+ Words.scalarCount <= count {
            take(k, nil)
            k &+= Words.scalarCount
        }
        if k < count { take(k, cv_first_u16(count &- k)) }
        (sums.samples, sums.steps) = (total, differences)
        return highest
    }

    /// Words less 2^15, 0 outside of the mask.
    @inline(__always)
    private static func masked(_ words: Words, _ mask: Words?) -> Signals {
        guard let mask else { return signed(words) }
        return signed(words) & unsafeBitCast(mask, to: Signals.self)
    }
}
