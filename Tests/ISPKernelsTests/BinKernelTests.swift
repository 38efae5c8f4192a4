// Binning of rows beside its formula, and how far from exact means it is.

import ISPKernels
import ISPTestSupport
import Testing

@Suite struct BinKernelTests {
    private func up(_ a: Int, _ b: Int) -> Int { (a + b + 1) >> 1 }
    private func down(_ a: Int, _ b: Int) -> Int { (a + b) >> 1 }

    /// The two columns that binned column `x` is made of, the one that counts most first.
    private func pair(_ x: Int) -> (near: Int, far: Int) { x & 1 == 0 ? (2 * x, 2 * x + 2) : (2 * x + 1, 2 * x - 1) }

    private func columns(_ row: GuardedMosaic, _ x: Int) -> Int {
        let (near, far) = pair(x)
        return up(row[near], down(row[near], row[far]))
    }

    @Test(arguments: groupedCounts) func columnsAreHalved(_ count: Int) {
        for seed in 0..<4 as Range<UInt64> {
            var extremes = Extremes(seed: seed)
            let row = GuardedMosaic(2 * count, seed: seed) { _ in extremes.next() }
            let target = GuardedMosaic(count, seed: seed &+ 7)
            BinKernel.columns(row.row, into: target.row, count: count)
            let isRight = (0..<(2 * count)).allSatisfy { target[$0] == columns(row, $0) }
            #expect(isRight && row.isIntact && target.isIntact)
        }
    }

    @Test(arguments: groupedCounts, [false, true]) func rowsAreJoined(_ count: Int, _ isOdd: Bool) {
        for seed in 0..<4 as Range<UInt64> {
            var extremes = Extremes(seed: seed)
            let upper = GuardedMosaic(count, seed: seed) { _ in extremes.next() }
            let lower = GuardedMosaic(2 * count, seed: seed &+ 3) { _ in extremes.next() }
            let target = GuardedMosaic(count, seed: seed &+ 7)
            BinKernel.rows(upper.row, lower.row, isOdd: isOdd, into: target.row, count: count)
            let isRight = (0..<(2 * count)).allSatisfy { x in
                let (first, second) = (upper[x], columns(lower, x))
                let (near, far) = isOdd ? (second, first) : (first, second)
                return target[x] == down(near, up(near, far))
            }
            #expect(isRight && upper.isIntact && lower.isIntact && target.isIntact)
        }
    }

    /// Within 3/4 of the exact mean, and not brighter or darker than it; of 12 bits exact. (Of 14 bits columns are exact, and
    /// rows are darker by an eighth of a step.)
    @Test(arguments: [8, 12, 14, 16]) func roundingAddsNothing(_ bits: Int) {
        let count = 64 * KernelLimits.group
        var random = SeededGenerator(seed: UInt64(bits))
        func samples() -> GuardedMosaic {
            GuardedMosaic(2 * count, seed: 1) { _ in
                UInt16.random(in: 0...(.max >> (16 - UInt16(bits))), using: &random) << (16 - UInt16(bits))
            }
        }
        var (sum, worst, results) = (0.0, 0.0, 0)
        for isOdd in [false, true] {
            let (first, second) = (samples(), samples())
            let (upper, target) = (GuardedMosaic(count, seed: 2), GuardedMosaic(count, seed: 3))
            BinKernel.columns(first.row, into: upper.row, count: count)
            BinKernel.rows(upper.row, second.row, isOdd: isOdd, into: target.row, count: count)
            for x in 0..<(2 * count) {
                let (near, far) = pair(x)
                let (a, b) = isOdd ? (second, first) : (first, second)
                let exact = Double(9 * a[near] + 3 * a[far] + 3 * b[near] + b[far]) / 16
                let error = Double(target[x]) - exact
                sum += error
                worst = max(worst, abs(error))
                results += 1
            }
        }
        #expect(bits > 12 || worst == 0)
        let bias = bits == 14 ? 0.15 : 0.02
        #expect(worst <= 0.75 && abs(sum / Double(results)) < bias, "\(worst), \(sum / Double(results)) in the mean")
    }
}
