// The steps of sharpening, each beside its formula.

import Foundation
import ISPKernels
import Testing

@Suite struct SharpenKernelTests {
    /// The weights of a Gaussian from the middle outwards, as the stage has them.
    static func taps(_ sigma: Float) -> [Float] {
        let weights = (0...Int((3 * sigma).rounded(.up))).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = weights[0] + 2 * weights.dropFirst().reduce(0, +)
        return weights.map { $0 / total }
    }

    static let sigmas: [Float] = [0.3, 0.5, 0.7, 1, 1.2, 1.6]

    /// Outer weights of less than 1/8192 go to the middle.
    private func whole(_ taps: [Float]) -> [Int] {
        var result = taps.enumerated().filter { $0 < 2 || $1 >= 1.0 / 8192 }.map { Int(($1 * 32768).rounded()) }
        result[0] = limited16(32768 - 2 * result.dropFirst().reduce(0, +))
        return result
    }

    private func luma(_ count: Int, seed: UInt64) -> GuardedSignal {
        var extremes = Extremes(seed: seed)
        return GuardedSignal(count, seed: seed) { _ in extremes.next(0...16_320) }
    }

    @Test(arguments: groupedCounts, sigmas) func rowsAreBlurredByTheGaussian(_ count: Int, _ sigma: Float) {
        let taps = Self.taps(sigma)
        let kernel = SharpenKernel(taps: taps, amount: 1, overshoot: 0, variance: nil)
        let weights = whole(taps)
        #expect(kernel.radius == weights.count - 1 && kernel.radius >= taps.count - 2)
        let source = luma(count, seed: UInt64(count))
        let target = GuardedSignal(count, seed: 3)
        kernel.blur(source.row, into: target.row, count: count)
        let isRight = (0..<(2 * count)).allSatisfy { x in
            target[x]
                == wrapped16(
                    (1..<weights.count).reduce(roundedProduct(source[x], weights[0])) {
                        $0 + roundedProduct(wrapped16(source[x - $1] + source[x + $1]), weights[$1])
                    })
        }
        #expect(isRight && target.isIntact && source.isIntact)
    }

    @Test(arguments: groupedCounts, sigmas) func detailIsWhatTheGaussianLeaves(_ count: Int, _ sigma: Float) {
        let taps = Self.taps(sigma)
        let weights = whole(taps)
        let radius = weights.count - 1
        for variance in [nil, 1e-7, 1e-4, 1e-2] as [Float?] {
            let kernel = SharpenKernel(
                taps: taps, amount: 1, overshoot: 0, variance: variance.map { value in { _ in value } })
            let source = luma(count, seed: 1)
            let blurred = (0...(2 * radius)).map { luma(count, seed: UInt64(10 + $0)) }
            let (detail, squares) = (GuardedSignal(count, seed: 3), GuardedSignal(count, seed: 4))
            kernel.detail(
                source.row, { blurred[radius + $0].row }, into: detail.row, squares: squares.row, count: count)
            let isRight = (0..<(2 * count)).allSatisfy { x in
                let mean = (1..<weights.count).reduce(roundedProduct(blurred[radius][x], weights[0])) {
                    $0
                        + roundedProduct(
                            wrapped16(blurred[radius - $1][x] + blurred[radius + $1][x]), weights[$1])
                }
                return detail[x] == wrapped16(source[x] - mean)
            }
            #expect(isRight && detail.isIntact && squares.isIntact)
            guard variance != nil else { continue }
            // Squares rise with the detail and are never negative: how many units they have is the kernel's own affair.
            let pairs = (0..<(2 * count)).map { (abs(detail[$0]), squares[$0]) }.sorted { $0.0 < $1.0 }
            let rises = zip(pairs, pairs.dropFirst()).allSatisfy { $0.1 <= $1.1 }
            #expect(rises && pairs.allSatisfy { $0.1 >= 0 })
        }
    }

    /// Rows to work in, with room for a group on both sides.
    private func columns(_ count: Int) -> SharpenKernel.Columns {
        func row() -> SignalRow {
            // They live as long as the tests do; a few kilobytes each.
            let memory = UnsafeMutablePointer<Int16>.allocate(capacity: 2 * (count + 96))
            memory.initialize(repeating: 0x5a5a, count: 2 * (count + 96))
            return SignalRow(even: memory + 48, odd: memory + count + 96 + 48)
        }
        return SharpenKernel.Columns(lowest: row(), highest: row(), energy: row())
    }

    /// Without noise: luma plus the amount of the detail, within the range of the neighbourhood and a share of it.
    @Test(arguments: groupedCounts, [0.2, 0.9, 1, 1.8, 3.3, 8] as [Float])
    func detailIsAddedWithinLimits(_ count: Int, _ amount: Float) {
        for overshoot in [0, 0.05, 1] as [Float] {
            let kernel = SharpenKernel(taps: Self.taps(0.7), amount: amount, overshoot: overshoot, variance: nil)
            let rows = (0..<3).map { luma(count, seed: UInt64($0)) }
            var extremes = Extremes(seed: 9)
            let detail = GuardedSignal(count, seed: 5) { _ in extremes.next(-16_320...16_320) }
            let target = GuardedSignal(count, seed: 6)
            kernel.sharpen(
                (rows[0].row, rows[1].row, rows[2].row), detail.row, (rows[0].row, rows[1].row, rows[2].row),
                columns: columns(count), into: target.row, count: count)
            let doublings = (0...3).first { amount <= Float(1 << $0) } ?? 3
            let share = Int(min(amount / Float(1 << doublings) * 32767, 32767).rounded())
            let beyond = Int((overshoot * 32767).rounded())
            let isRight = (0..<(2 * count)).allSatisfy { x in
                let around = rows.flatMap { row in (-1...1).map { row[x + $0] } }
                // In the margins is noise, which may be further apart than 15 bits hold.
                guard x > 0, x < 2 * count - 1 else { return true }
                let (low, high) = (around.min()!, around.max()!)
                let margin = roundedProduct(high - low, beyond)
                var added = roundedProduct(detail[x], share)
                for _ in 0..<doublings { added = limited16(added + added) }
                let sharp = limited16(rows[1][x] + added)
                return target[x] == max(min(sharp, wrapped16(high + margin)), low - margin)
            }
            #expect(isRight && target.isIntact, "overshoot \(overshoot)")
        }
    }

    /// The share of the detail's energy that is not noise, from the detail itself: between none and all of it, within 4 %
    /// of the Wiener gain.
    @Test(arguments: [1e-5, 1e-4, 1e-3] as [Float]) func noiseIsSpared(_ variance: Float) {
        let count = 96
        let kernel = SharpenKernel(taps: Self.taps(0.7), amount: 1, overshoot: 1, variance: { _ in variance })
        // Flat luma but for its neighbours, which leave room for any detail.
        let rows = (0..<3).map { y in GuardedSignal(count, seed: UInt64(y)) { $0 & 1 == 0 ? 0 : 16_320 } }
        let noise = Double(variance) * Double(Display16.white) * Double(Display16.white)
        for level in [0.1, 0.5, 0.9, 1.2, 2, 4, 10] {
            let value = Int16(min((noise.squareRoot() * level).rounded(), 8000))
            let detail = GuardedSignal(count, seed: 5) { _ in value }
            let blurred = (0..<5).map { GuardedSignal(count, seed: UInt64(20 + $0)) }
            // Squares of that detail, made by the kernel of a luma whose Gaussian is 0.
            let source = GuardedSignal(count, seed: 30) { _ in value }
            let made = GuardedSignal(count, seed: 31)
            let squares = GuardedSignal(count, seed: 32)
            kernel.detail(source.row, { _ in blurred[0].row }, into: made.row, squares: squares.row, count: count)
            #expect(made.samples.allSatisfy { $0 == Int(value) })
            let target = GuardedSignal(count, seed: 6)
            kernel.sharpen(
                (rows[0].row, rows[1].row, rows[2].row), detail.row, (squares.row, squares.row, squares.row),
                columns: columns(count), into: target.row, count: count)
            let energy = Double(value) * Double(value)
            let gain = energy > noise ? (energy - noise) / energy : 0
            // Inner even columns: luma is 0 there.
            let gains = stride(from: 2, to: 2 * count - 2, by: 2).map { Double(target[$0]) / max(Double(value), 1) }
            let isNear = gains.allSatisfy { abs($0 - gain) < 0.04 + 1 / max(Double(value), 1) }
            #expect(isNear, "level \(level): \(gains[0]) instead of \(gain)")
        }
    }
}
