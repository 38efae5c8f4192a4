// The one multiplication of a sample, beside its formula.

import ISPKernels
import Testing

@Suite struct GainKernelTests {
    static let shifts = Array(0...15)

    /// `zero + t * gain / 2^shift` of `t = sample / 2 - black`, half rounded up, ending at the limit and at the lanes' ends.
    func expected(_ sample: Int, black: Int, gain: Int, shift: Int, limit: Int) -> Int {
        let t = wrapped16((sample >> 1) - black)
        let value = (t * gain + (Linear16.signedZero << shift) + ((1 << shift) >> 1)) >> shift
        return min(limited16(value), limit - 32768) + 32768
    }

    /// Whichever way the product is made, it is within a step of the formula, or half of what a sample's last bit becomes.
    @Test(arguments: shifts) func oneGainForAll(_ shift: Int) {
        var extremes = Extremes(seed: UInt64(shift))
        for gain in [0, 1, 7, 1000, 16384, 32767] as [Int16] {
            for black in [0, 1, 2048, 8192] as [Int16] {
                for (limit, count) in [(65_535, 64), (45_696, 128), (30_000, 192)] {
                    let source = GuardedRow<UInt16>(count) { _ in extremes.next() }
                    let target = GuardedRow<UInt16>(count)
                    GainKernel(shift: shift, limit: limit).apply(
                        source.start, into: target.start, black: black, gain: gain, count: count)
                    var isNear = true
                    for k in 0..<count {
                        let t = Double(source[k]) / 2 - Double(black)
                        let exact = Double(Linear16.zero) + t * Double(gain) / Double(1 << shift)
                        let limited = min(max(exact, 0), Double(limit))
                        // Below a gain of 1 both products are rounded down, above it the sample is halved first.
                        let factor = Double(gain) / Double(1 << shift)
                        isNear = isNear && abs(Double(target[k]) - limited) <= max(1, 0.5 + factor / 2) + 1e-9
                    }
                    #expect(
                        isNear && source.isIntact && target.isIntact, "gain \(gain), black \(black), limit \(limit)")
                }
            }
        }
    }

    @Test(arguments: shifts) func largeGainsAreExactly(_ shift: Int) {
        var extremes = Extremes(seed: UInt64(shift))
        // From a gain of 1 on.
        for gain in [1 << shift, 3 << shift, 32767] where gain <= 32767 && gain << (15 - shift) >= 65536 {
            let source = GuardedRow<UInt16>(64) { _ in extremes.next() }
            let target = GuardedRow<UInt16>(64)
            GainKernel(shift: shift, limit: 45_696).apply(
                source.start, into: target.start, black: 2048, gain: Int16(gain), count: 64)
            let isRight = (0..<64).allSatisfy {
                target[$0] == expected(source[$0], black: 2048, gain: gain, shift: shift, limit: 45_696)
            }
            #expect(isRight && target.isIntact, "gain \(gain)")
        }
    }

    @Test(arguments: groupedCounts, shifts) func gainsBetweenTwoRows(_ count: Int, _ shift: Int) {
        var extremes = Extremes(seed: UInt64(count + shift))
        let kernel = GainKernel(shift: shift, limit: 45_696)
        for share in [0, 1, 16384, 32767] as [Int16] {
            let source = GuardedRow<UInt16>(count) { _ in extremes.next() }
            let target = GuardedRow<UInt16>(count)
            let first = GuardedRow<Int16>(count, margin: 0) { _ in extremes.next(0 ... .max) }
            let second = GuardedRow<Int16>(count, margin: 0) { _ in extremes.next(0 ... .max) }
            kernel.apply(
                source.start, into: target.start, black: 1000, between: first.start, and: second.start, share: share,
                count: count)
            let isRight = (0..<count).allSatisfy { k in
                let gain = first[k] + roundedProduct(second[k] - first[k], Int(share))
                return target[k] == expected(source[k], black: 1000, gain: gain, shift: shift, limit: 45_696)
            }
            #expect(isRight && target.isIntact && source.isIntact, "share \(share)")
        }
    }

    @Test func blackIsZeroWhateverTheGain() {
        for shift in Self.shifts {
            for gain in [1, 100, 16384, 32767] as [Int16] {
                let source = GuardedRow<UInt16>(64) { _ in 4096 }
                let target = GuardedRow<UInt16>(64)
                GainKernel(shift: shift, limit: 65_535).apply(
                    source.start, into: target.start, black: 2048, gain: gain, count: 64)
                let isZero = target.samples.allSatisfy { $0 == Linear16.zero }
                #expect(isZero, "gain \(gain) / 2^\(shift): \(target[0])")
            }
        }
    }
}
