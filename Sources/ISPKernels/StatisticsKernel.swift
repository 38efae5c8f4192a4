// Sums down the columns of rows: what statistics are made of.

import CVector

/// Sums of the columns of one parity over several rows: entries `2j` and `2j + 1` of a row share lane `j`.
///
/// Rows are added as they are, whole vectors at a time; what belongs to which zone is asked when a row of zones is full.
public struct ColumnSums: @unchecked Sendable {
    // Sendable: as `ParityRow`.
    /// Sums of samples, each less 2^15.
    let samples: UnsafeMutablePointer<Int32>
    /// Sums of the steps from the entry before, each less 2^15.
    let steps: UnsafeMutablePointer<Int32>
    /// How many samples are saturated.
    let saturated: UnsafeMutablePointer<Int32>

    /// So many rows can be added before the lanes are full.
    public static let mostRows = 16_384

    /// Lays out the sums of rows of `count` entries, a multiple of `KernelLimits.group`, in memory of `lanes(count)` zeros.
    public init(_ memory: UnsafeMutablePointer<Int32>, count: Int) {
        (samples, steps, saturated) = (memory, memory + count / 2, memory + count)
    }

    /// The lanes that the sums of rows of `count` entries take.
    public static func lanes(_ count: Int) -> Int { 3 * count / 2 }

    /// What the sums of some lanes add up to.
    public func totals(_ lanes: Range<Int>) -> (samples: Int64, steps: Int64, saturated: Int) {
        var totals = (samples: Int64(0), steps: Int64(0), saturated: 0)
        for lane in lanes {
            totals.samples += Int64(samples[lane])
            totals.steps += Int64(steps[lane])
            totals.saturated += Int(saturated[lane])
        }
        return totals
    }
}

/// Adds rows to sums of columns.
public enum StatisticsKernel {
    /// Adds some entries of a row.
    /// - Parameters:
    ///   - saturation: samples from here on are saturated.
    ///   - steps: from which entry on steps from the entry before are added; `nil` for none.
    public static func add(
        _ samples: UnsafeMutablePointer<UInt16>, entries: Range<Int>, saturation: UInt16, stepsFrom steps: Int?,
        to sums: ColumnSums
    ) {
        guard !entries.isEmpty else { return }
        if let steps {
            add(samples, entries, saturation, sums) { words, k, mask in
                let before = samples.lanes(k &- 1)
                let step = cv_sub_u16(words, before) | cv_sub_u16(before, words)
                let mask = mask.map { $0 & ~cv_first_u16(max(steps &- k, 0)) }
                add(cv_pair_sums(masked(step, mask)), to: sums.steps, k)
            }
        } else {
            add(samples, entries, saturation, sums) { _, _, _ in }
        }
    }

    /// Goes over the vectors of a row; those at the ends have a mask.
    @inline(__always)
    private static func add(
        _ samples: UnsafeMutablePointer<UInt16>, _ entries: Range<Int>, _ saturation: UInt16, _ sums: ColumnSums,
        _ more: (Words, Int, Words?) -> Void
    ) {
        let below = Words(repeating: max(saturation, 1) &- 1)
        @inline(__always)
        func take(_ k: Int, _ mask: Words?) {
            let words = samples.lanes(k)
            add(cv_pair_sums(masked(words, mask)), to: sums.samples, k)
            let above = cv_sub_u16(words, below)
            // Most vectors have no saturated sample.
            if saturation == 0 || cv_any_u16(above) != 0 {
                let one = Words(repeating: 1)
                let counts = saturation == 0 ? one : cv_min_u16(above, one)
                let inside = unsafeBitCast(mask.map { counts & $0 } ?? counts, to: Signals.self)
                add(cv_pair_sums(inside), to: sums.saturated, k)
            }
            more(words, k, mask)
        }
        let size = Words.scalarCount
        let first = entries.lowerBound & ~(size - 1)
        let last = (entries.upperBound - 1) & ~(size - 1)
        func mask(_ k: Int) -> Words {
            cv_first_u16(min(entries.upperBound - k, size)) & ~cv_first_u16(max(entries.lowerBound - k, 0))
        }
        take(first, mask(first))
        var k = first &+ size
        while k < last {
            take(k, nil)
            k &+= size
        }
        if last > first { take(last, mask(last)) }
    }

    @inline(__always)
    private static func add(_ sums: cv_s32_half, to lanes: UnsafeMutablePointer<Int32>, _ k: Int) {
        let place = UnsafeMutableRawPointer(lanes + k / 2)
        place.storeBytes(of: place.loadUnaligned(as: cv_s32_half.self) &+ sums, as: cv_s32_half.self)
    }

    /// Words less 2^15, 0 outside of the mask.
    @inline(__always)
    private static func masked(_ words: Words, _ mask: Words?) -> Signals {
        guard let mask else { return signed(words) }
        return signed(words) & unsafeBitCast(mask, to: Signals.self)
    }
}
