// Candidates for defects: none that the exact rules find is missed, and few are in vain.

import ISPKernels
import ISPTestSupport
import Testing

@Suite struct OutlierKernelTests {
    /// Candidates by the kernel, in the order found.
    private func found(
        _ kernel: OutlierKernel, _ rows: [GuardedRow<UInt16>], _ site: OutlierKernel.Site, _ count: Int
    ) -> [Int] {
        var result: [Int] = []
        let around = rows.map { MosaicRow(even: $0.start, odd: $0.start) }
        kernel.apply(
            OutlierKernel.Rows(around[0], around[1], around[2], isMono: false), parity: 0, site, count: count
        ) { result.append($0) }
        #expect(rows.allSatisfy { $0.isIntact })
        return result
    }

    /// The exact rules on the scale of the samples: the second largest and smallest of eight neighbours and their spread.
    private func standsOut(
        _ rows: [GuardedRow<UInt16>], _ k: Int, threshold: Double, black: Double, depth: Double, deviation: Double
    ) -> Bool {
        let around = [
            rows[0][k - 1], rows[0][k], rows[0][k + 1], rows[1][k - 1], rows[1][k + 1], rows[2][k - 1], rows[2][k],
            rows[2][k + 1],
        ].sorted().map(Double.init)
        let (low, high, value) = (around[1], around[6], Double(rows[1][k]))
        let spread = threshold * (high - low)
        if value - high - spread > deviation || low - spread - value > deviation { return true }
        return value - black < 0.1 * (low - black) && low - value > depth
    }

    /// Smooth rows with noise and some samples that stand out.
    private func smooth(_ count: Int, seed: UInt64, _ noise: ClosedRange<Int>) -> [GuardedRow<UInt16>] {
        var random = SeededGenerator(seed: seed)
        return (0..<3).map { y in
            GuardedRow<UInt16>(count, seed: seed + UInt64(y)) { k in
                guard Int.random(in: 0..<12, using: &random) > 0 else { return .random(in: 0...65_535, using: &random) }
                return UInt16(clamping: 12_000 + 90 * k + Int.random(in: noise, using: &random))
            }
        }
    }

    @Test(arguments: groupedCounts, [0.5, 1, 2, 4] as [Float])
    func whatStandsOutIsAlwaysACandidate(_ count: Int, _ threshold: Float) {
        let site = OutlierKernel.Site(black: 4096, leastDepth: 200, leastDeviation: 180, slope: 0, offset: 0)
        let kernel = OutlierKernel(threshold: threshold)
        var (candidates, exact, samples) = (0, 0, 0)
        for seed in 0..<12 as Range<UInt64> {
            for noise in [-2...2, -200...200, -3000...3000] {
                let rows = smooth(count, seed: seed, noise)
                let result = found(kernel, rows, site, count)
                #expect(result.count == Set(result).count && result.allSatisfy { (0..<count).contains($0) })
                let needed = (0..<count).filter {
                    standsOut(
                        rows, $0, threshold: Double(threshold), black: 4096, depth: 200, deviation: 180)
                }
                let isComplete = Set(result).isSuperset(of: needed)
                #expect(isComplete, "seed \(seed), noise \(noise): \(Set(needed).subtracting(result))")
                candidates += result.count
                exact += needed.count
                samples += count
            }
        }
        // Few of them are in vain, or the decision would cost too much.
        #expect(exact > 0 && candidates - exact <= samples / 20, "\(candidates) for \(exact) of \(samples)")
    }

    @Test func noiseAndExtremesAreNoDanger() {
        for (black, least) in [(0, 0), (60_000, 1), (65_535, 65_535)] as [(Float, Float)] {
            let site = OutlierKernel.Site(black: black, leastDepth: least, leastDeviation: least, slope: 0, offset: 0)
            for threshold in [0.1, 1, 15.9] as [Float] {
                var extremes = Extremes(seed: 3)
                let rows = (0..<3).map { GuardedRow<UInt16>(192, seed: UInt64($0)) { _ in extremes.next() } }
                let result = found(OutlierKernel(threshold: threshold), rows, site, 192)
                let needed = (0..<192).filter {
                    standsOut(
                        rows, $0, threshold: Double(threshold), black: Double(black), depth: Double(least),
                        deviation: Double(least))
                }
                #expect(Set(result).isSuperset(of: needed), "black \(black), threshold \(threshold)")
            }
        }
    }

    @Test func aFlatFieldHasNone() {
        let rows = (0..<3).map { GuardedRow<UInt16>(64, seed: UInt64($0)) { _ in 20_000 } }
        let site = OutlierKernel.Site(black: 4096, leastDepth: 200, leastDeviation: 180, slope: 0, offset: 0)
        let inner = found(OutlierKernel(threshold: 1), rows, site, 64).filter { $0 > 0 && $0 < 63 }
        #expect(inner.isEmpty)
    }

    /// What lies within the noise of its brightness is no candidate, what lies beyond is.
    @Test(arguments: [4096, 9000, 20_000, 60_000] as [Int], [4096.0, 8000])
    func noiseIsNoCandidate(_ level: Int, _ black: Double) {
        let (slope, offset) = (9.0, 40_000.0)
        guard Double(level) >= black else { return }
        let site = OutlierKernel.Site(
            black: Float(black), leastDepth: 200, leastDeviation: 200, slope: Float(slope),
            offset: Float(offset - slope * black))
        let deviation = (slope * (Double(level) - black) + offset).squareRoot()
        for (share, isCandidate) in [(0.97, false), (1.03, true)] {
            let middle = 20
            let rows = (0..<3).map { y in
                GuardedRow<UInt16>(64, seed: UInt64(y)) { k in
                    UInt16(level + (y == 1 && k == middle ? Int(deviation * share) : 0))
                }
            }
            let result = found(OutlierKernel(threshold: 1), rows, site, 64)
            #expect(result.contains(middle) == isCandidate, "\(share) of \(deviation)")
        }
    }
}
