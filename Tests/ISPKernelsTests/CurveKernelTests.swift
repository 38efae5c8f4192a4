// Curves of every kind, at every one of the 65536 values.

import Foundation
import ISPKernels
import Testing

@Suite struct CurveKernelTests {
    struct Curve: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let range: ClosedRange<Int>
        let function: @Sendable (Int) -> Double

        init(_ name: String, _ range: ClosedRange<Int>, _ function: @escaping @Sendable (Int) -> Double) {
            (testDescription, self.range, self.function) = (name, range, function)
        }
    }

    /// Linear light from black to white as colour rows have it.
    static let light = Linear16.signedZero...(Linear16.signedZero + Linear16.white)

    static func display(_ curve: @escaping @Sendable (Double) -> Double) -> @Sendable (Int) -> Double {
        { min(max(curve(Double($0 - Linear16.signedZero) / Double(Linear16.white)), 0), 1) * Double(Display16.white) }
    }

    static let curves: [Curve] = [
        Curve("sRGB", light, display { $0 <= 0.0031308 ? 12.92 * $0 : 1.055 * pow($0, 1 / 2.4) - 0.055 }),
        Curve("Rec.709", light, display { $0 < 0.018 ? 4.5 * $0 : 1.099 * pow($0, 0.45) - 0.099 }),
        Curve("filmic", light, display { 1.2 * pow($0, 1.3) / (pow($0, 1.3) + 0.2) }),
        Curve("filmic, coded", light, display { pow(1.2 * pow($0, 1.3) / (pow($0, 1.3) + 0.2), 1 / 2.2) }),
        Curve("root", light, display { $0.squareRoot() }), Curve("square", light, display { $0 * $0 }),
        Curve("straight", light, display { $0 }), Curve("twice as steep", light, display { 2 * $0 }),
        Curve("a steep step", light, display { $0 < 0.3 ? 0.1 : $0 < 0.31 ? 0.1 + 80 * ($0 - 0.3) : 0.9 }),
        Curve("a jump", light, display { $0 < 0.5 ? 0 : 1 }), Curve("constant", light) { _ in 1234 },
        Curve("lowest", light) { _ in -32768 }, Curve("highest", light) { _ in 32767 },
        Curve("of few values", 0...40) { Double($0) * 300 }, Curve("of two values", 5...6) { Double($0) },
        Curve("display light", 0...Display16.white) { pow(Double($0) / 16320, 1 / 2.2) * 16320 },
        Curve("falling below 0", -1000...20_000) { Double($0) * 0.7 - 9000 },
        Curve("as wide as it gets", -32768...32767) { Double($0) / 2 },
    ]

    /// All 65536 values through the kernel.
    func results(_ kernel: CurveKernel) -> [Int] {
        let row = GuardedRow<Int16>(65_536) { Int16($0 - 32768) }
        let half = row.count / 2
        kernel.apply(SignalRow(even: row.start, odd: row.start + half), count: half)
        #expect(row.isIntact)
        return row.samples
    }

    @Test(arguments: curves) func theErrorIsThatOfTheWorstValue(_ curve: Curve) {
        let kernel = CurveKernel(curve.range, curve.function)
        let results = results(kernel)
        var worst = 0.0
        for value in curve.range {
            worst = max(worst, abs(Double(results[value + 32768]) - curve.function(value)))
        }
        #expect(abs(worst - kernel.error) < 1e-6, "up to \(worst), said to be \(kernel.error)")
    }

    /// Smooth curves are fitted well: in 64ths of an 8-bit code.
    @Test(arguments: curves.prefix(8)) func smoothCurvesAreWithinACode(_ curve: Curve) {
        #expect(CurveKernel(curve.range, curve.function).error < 64)
    }

    @Test(arguments: curves) func beyondTheRangeTheEndsHold(_ curve: Curve) {
        let results = results(CurveKernel(curve.range, curve.function))
        for value in stride(from: -32768, to: curve.range.lowerBound, by: 37) {
            #expect(results[value + 32768] == results[curve.range.lowerBound + 32768])
        }
        for value in stride(from: curve.range.upperBound, to: 32767, by: 37) {
            #expect(results[value + 32768] == results[curve.range.upperBound + 32768])
        }
    }

    /// Where pieces meet the result may step back by their error, no more.
    @Test(arguments: curves) func resultsRise(_ curve: Curve) {
        let kernel = CurveKernel(curve.range, curve.function)
        let results = results(kernel)
        let deepest = zip(results, results.dropFirst()).map { $0 - $1 }.max()!
        #expect(Double(deepest) <= 2 * kernel.error + 2, "falls by \(deepest)")
    }

    @Test(arguments: groupedCounts) func bothParitiesAndNothingElse(_ count: Int) {
        let kernel = CurveKernel(Self.light, Self.curves[0].function)
        let table = results(kernel)
        var extremes = Extremes(seed: UInt64(count))
        let signal = GuardedSignal(count, seed: 4) { _ in extremes.next() }
        let before = signal.samples
        kernel.apply(signal.row, count: count)
        let isRight = zip(before, signal.samples).allSatisfy { table[$0 + 32768] == $1 }
        #expect(isRight && signal.isIntact)
    }
}
