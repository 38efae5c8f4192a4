// Luma and colour differences, beside their weighted sums.

import ISPKernels
import Testing

@Suite struct LumaKernelTests {
    static let weights: [(red: Float, blue: Float)] = [(0.299, 0.114), (0.2126, 0.0722)]

    /// Display colours, somewhat beyond black and white.
    private func colors(_ count: Int, seed: UInt64) -> GuardedColors {
        var extremes = Extremes(seed: seed)
        return GuardedColors(count, seed: seed) { _, _ in extremes.next(-2000...18_000) }
    }

    @Test(arguments: groupedCounts, weights.indices) func lumaIsTheWeightedSum(_ count: Int, _ index: Int) {
        let (red, blue) = Self.weights[index]
        let (r, b) = (Int((red * 32768).rounded()), Int((blue * 32768).rounded()))
        let colors = colors(count, seed: UInt64(count))
        let luma = GuardedSignal(count, seed: 9)
        LumaKernel(red: red, blue: blue).luma(colors.row, into: luma.row, count: count)
        let isRight = (0..<(2 * count)).allSatisfy {
            luma[$0]
                == roundedProduct(colors.red[$0], r) + roundedProduct(colors.green[$0], 32768 - r - b)
                + roundedProduct(colors.blue[$0], b)
        }
        #expect(isRight && luma.isIntact && colors.isIntact)
    }

    @Test(arguments: groupedCounts, [false, true]) func chromaIsFilteredAcross(_ count: Int, _ atOdd: Bool) {
        for (red, blue) in Self.weights {
            let colors = colors(count, seed: UInt64(count))
            let luma = GuardedSignal(count, seed: 9)
            let kernel = LumaKernel(red: red, blue: blue)
            kernel.luma(colors.row, into: luma.row, count: count)
            let (cb, cr) = (GuardedRow<Int16>(count), GuardedRow<Int16>(count, seed: 3))
            kernel.chroma(
                colors.row, luma: luma.row, atOdd: atOdd, cb: cb.start, cr: cr.start, count: count)
            for (result, colour, weight) in [(cb, colors.blue, blue), (cr, colors.red, red)] {
                let factor = 0.5 / Double(1 - weight)
                let (half, quarter) = (Int((factor / 2 * 32768).rounded()), Int((factor / 4 * 32768).rounded()))
                func difference(_ x: Int) -> Int { wrapped16(colour[x] - luma[x]) }
                let isRight = (0..<count).allSatisfy { k in
                    let x = 2 * k + (atOdd ? 1 : 0)
                    return result[k]
                        == wrapped16(
                            roundedProduct(difference(x), half)
                                + roundedProduct(wrapped16(difference(x - 1) + difference(x + 1)), quarter))
                }
                #expect(isRight && result.isIntact)
            }
        }
    }

    @Test func whiteHasNoColour() {
        for (red, blue) in Self.weights {
            let kernel = LumaKernel(red: red, blue: blue)
            for level in [0, 1, 8160, 16_320] as [Int16] {
                let colors = GuardedColors(64, seed: 1) { _, _ in level }
                let luma = GuardedSignal(64, seed: 9)
                kernel.luma(colors.row, into: luma.row, count: 64)
                // Three products, each rounded.
                let isFlat = luma.samples.allSatisfy { abs($0 - Int(level)) <= 1 }
                #expect(isFlat, "\(level)")
            }
        }
    }

    @Test(arguments: groupedCounts) func whatLumaGainedAllColoursGain(_ count: Int) {
        var extremes = Extremes(seed: UInt64(count))
        let colors = GuardedColors(count, seed: 1) { _, _ in extremes.next() }
        let sharp = GuardedSignal(count, seed: 4) { _ in extremes.next(0...16_320) }
        let luma = GuardedSignal(count, seed: 5) { _ in extremes.next(0...16_320) }
        let bytes = (0..<3).map { _ in GuardedRow<UInt8>(2 * count) { _ in 0 } }
        LumaKernel.add(
            sharp.row, less: luma.row, to: colors.row, into: (bytes[0].start, bytes[1].start, bytes[2].start),
            count: count)
        for (color, codes) in zip([colors.red, colors.green, colors.blue], bytes) {
            let isRight = (0..<(2 * count)).allSatisfy { x in
                let sum = limited16(color[x] + sharp[x] - luma[x])
                return codes[x] == min(max(limited16(sum + 32) >> 6, 0), 255)
            }
            #expect(isRight && codes.isIntact)
        }
        #expect(colors.isIntact && sharp.isIntact && luma.isIntact)
    }
}
