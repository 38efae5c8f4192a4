// Tone on whole colours: channel by channel, and keeping the hue.

import Foundation
import ISPKernels
import Testing

@Suite struct ToneKernelTests {
    @Sendable static func srgb(_ v: Float) -> Float { v <= 0.0031308 ? 12.92 * v : 1.055 * powf(v, 1 / 2.4) - 0.055 }
    @Sendable static func filmic(_ v: Float) -> Float {
        guard v > 0 else { return 0 }
        let p = powf(min(v, 1.9), 1.2)
        return 1.25 * p / (p + 0.25 * powf(1.9, 1.2))
    }

    /// Colours anywhere in the lanes, channels of equal value and beyond black and white among them.
    private func colors(_ count: Int, seed: UInt64) -> GuardedColors {
        var extremes = Extremes(seed: seed)
        var last: Int16 = 0
        return GuardedColors(count, seed: seed) { column, _ in
            if column % 5 != 0 { last = column % 3 == 0 ? extremes.next() : extremes.next(-13_184...12_928) }
            return last
        }
    }

    private func linear(_ code: Int, _ ceiling: Float) -> Float {
        Float(code - Linear16.signedZero) / Float(Linear16.white) * ceiling
    }

    @Test(arguments: groupedCounts, [0.9, 1, 4] as [Float]) func everyChannelGoesThroughTheCurve(
        _ count: Int, _ ceiling: Float
    ) {
        let kernel = ToneKernel(ceiling: ceiling, curve: Self.srgb)
        let colors = colors(count, seed: UInt64(count))
        let before = [colors.red.samples, colors.green.samples, colors.blue.samples]
        kernel.apply(colors.row, after: nil, count: count)
        for (old, new) in zip(before, [colors.red.samples, colors.green.samples, colors.blue.samples]) {
            let worst = zip(old, new).map { code, result in
                abs(Float(result) - min(max(Self.srgb(linear(code, ceiling)), 0), 1) * Float(Display16.white))
            }.max()!
            #expect(Double(worst) <= kernel.error * 64 + 2, "\(worst) of \(kernel.error * 64)")
        }
        #expect(colors.isIntact)
    }

    /// Extremes through the curve, the middle channel where it was between them.
    @Test(arguments: groupedCounts, [0.9, 1.9, 2.5] as [Float]) func theMiddleChannelKeepsItsPlace(
        _ count: Int, _ ceiling: Float
    ) {
        let kernel = ToneKernel(ceiling: ceiling, light: Self.filmic, coding: Self.srgb)
        let colors = colors(count, seed: UInt64(count))
        let before = [colors.red.samples, colors.green.samples, colors.blue.samples]
        kernel.apply(colors.row, after: nil, count: count)
        let after = [colors.red.samples, colors.green.samples, colors.blue.samples]
        var worst: Float = 0
        for x in 0..<(2 * count) {
            let values = before.map { max(linear($0[x], ceiling), 0) }
            let (low, high) = (values.min()!, values.max()!)
            let (foot, top) = (Self.filmic(low), Self.filmic(high))
            for c in 0..<3 {
                let light = foot + (values[c] - low) * (top - foot) / max(high - low, 1e-20)
                let expected = min(max(Self.srgb(light), 0), 1) * Float(Display16.white)
                worst = max(worst, abs(Float(after[c][x]) - expected))
            }
        }
        // Beside the curves' own errors, a step of light in the dark is 13 of display codes,
        // and two roundings come together.
        #expect(Double(worst) <= kernel.error * 64 + 26, "\(worst) of \(kernel.error * 64)")
        #expect(colors.isIntact)
    }

    @Test func lightAboveDisplayWhiteMovesTheMiddle() {
        // A curve that reaches display white at half the ceiling and goes on.
        let kernel = ToneKernel(ceiling: 1, light: { $0 * 1.5 }, coding: { min($0, 1) })
        let code = { (v: Double) in Int16(Linear16.signedZero) + Int16(v * Double(Linear16.white)) }
        let colors = GuardedColors(64, seed: 1) { _, channel in code([1, 0.5, 0][channel]) }
        kernel.apply(colors.row, after: nil, count: 64)
        #expect(abs(colors.red[10] - Display16.white) <= 8 && colors.blue[10] <= 8, "\(colors.red[10])")
        #expect(abs(colors.green[10] - Display16.white * 3 / 4) < 40, "\(colors.green[10])")
    }

    /// Matrices of every scaling, on curves of one and two knees, and keeping the hue.
    static let matrices: [[Double]?] = [
        nil, [1.2, -0.1, -0.1, -0.2, 1.3, -0.1, 0, -0.2, 1.2], [1.6, -0.4, -0.2, -0.3, 1.5, -0.2, 0, -0.5, 1.5],
        [2.9, -1.4, -0.4, -0.3, 1.5, -0.2, 0, -0.5, 1.5], [0.9, 0, 0, 0.3, 0.5, 0.1, 0, 0, 1],
    ]
    static let kernels = [
        ToneKernel(ceiling: 1, curve: Self.srgb), ToneKernel(ceiling: 4, curve: { Self.srgb(Self.filmic($0)) }),
        ToneKernel(ceiling: 1.9, light: Self.filmic, coding: Self.srgb),
    ]

    @Test(arguments: matrices, 0..<3) func theMatrixComesFirst(_ entries: [Double]?, _ kernel: Int) {
        let kernel = Self.kernels[kernel]
        let matrix = entries.flatMap { MatrixKernel($0) }
        let count = 192
        let (expected, colors) = (colors(count, seed: 5), colors(count, seed: 5))
        matrix?.apply(expected.row, count: count)
        kernel.apply(expected.row, after: nil, count: count)
        kernel.apply(colors.row, after: matrix, count: count)
        #expect(colors.samples == expected.samples && colors.isIntact)
    }

    /// Five rows of a mosaic, and all that can be made of the middle one.
    private struct Mosaic {
        let rows: [GuardedMosaic]
        let window: MosaicWindow
        let all: [(MosaicColors, DemosaicKernel, greenFirst: Bool, isRedRow: Bool)]

        init(_ count: Int, seed: UInt64) {
            var extremes = Extremes(seed: seed)
            let rows = (0..<5).map { y in GuardedMosaic(count, seed: seed + UInt64(y)) { _ in extremes.next() } }
            let window = MosaicWindow(rows[0].row, rows[1].row, rows[2].row, rows[3].row, rows[4].row)
            (self.rows, self.window) = (rows, window)
            all = DemosaicKernel.allCases.flatMap { kernel in
                [(false, false), (false, true), (true, false), (true, true)].map { greenFirst, isRedRow in
                    (
                        MosaicColors(window, kernel, greenFirst: greenFirst, isRedRow: isRedRow), kernel, greenFirst,
                        isRedRow
                    )
                }
            }
        }

        /// The colours by themselves.
        func colors(_ i: Int, _ count: Int) -> GuardedColors {
            let (colors, (_, kernel, greenFirst, isRedRow)) = (GuardedColors(count, seed: 7), all[i])
            let (own, other) = isRedRow ? (colors.red.row, colors.blue.row) : (colors.blue.row, colors.red.row)
            kernel.apply(
                window, greenFirst: greenFirst, own: own, green: colors.green.row, other: other, count: count)
            return colors
        }
    }

    /// In one loop, demosaic, matrix and curve are what they are one after the other; bytes are rounded.
    @Test(arguments: matrices, 0..<3) func aMosaicsColoursAreThoseOfItsSteps(_ entries: [Double]?, _ kernel: Int) {
        let kernel = Self.kernels[kernel]
        let matrix = entries.flatMap { MatrixKernel($0) }
        let count = 192
        let mosaic = Mosaic(count, seed: 40)
        for (i, source) in mosaic.all.enumerated() {
            let (expected, made) = (mosaic.colors(i, count), GuardedColors(count, seed: 8))
            kernel.apply(expected.row, after: matrix, count: count)
            kernel.apply(source.0, after: matrix, into: made.row, count: count)
            #expect(made.samples == expected.samples && made.isIntact)
            let bytes = (0..<3).map { _ in GuardedRow<UInt8>(2 * count) { _ in 0 } }
            kernel.apply(
                source.0, after: matrix, into: (bytes[0].start, bytes[1].start, bytes[2].start), count: count)
            let rounded = expected.samples.map { $0.map { min(max(($0 + 32) >> 6, 0), 255) } }
            let isRight = bytes.map(\.samples) == rounded && bytes.allSatisfy(\.isIntact)
            #expect(isRight)
        }
        let areIntact = mosaic.rows.allSatisfy(\.isIntact)
        #expect(areIntact)
    }

    @Test(arguments: matrices, 0..<3) func pixelsAreTheBytes(_ entries: [Double]?, _ kernel: Int) {
        let kernel = Self.kernels[kernel]
        #expect(kernel.staysInBytes)
        let matrix = entries.flatMap { MatrixKernel($0) }
        let count = 192
        let mosaic = Mosaic(count, seed: 50)
        let spare = GuardedRow<UInt8>(PixelRow.spareBytes, margin: 0)
        for source in mosaic.all.map(\.0) {
            let bytes = (0..<3).map { _ in GuardedRow<UInt8>(2 * count) { _ in 0 } }
            kernel.apply(source, after: matrix, into: (bytes[0].start, bytes[1].start, bytes[2].start), count: count)
            for (width, isBlueFirst) in [(384, true), (383, false), (257, true), (256, false), (128, true), (1, false)]
            {
                // At an address that is a multiple of a vector, or is not: pixels are stored differently.
                for margin in [64, 61] {
                    let pixels = GuardedRow<UInt8>(4 * width, margin: margin) { _ in 0x5a }
                    let row = PixelRow(pixels.start, width: width, isBlueFirst: isBlueFirst, spare: spare.start)
                    kernel.apply(source, after: matrix, into: row, count: count)
                    InterleaveKernel.finish()
                    let order = isBlueFirst ? [2, 1, 0] : [0, 1, 2]
                    let isRight = (0..<width).allSatisfy { x in
                        pixels[4 * x + 3] == 0 && (0..<3).allSatisfy { pixels[4 * x + $0] == bytes[order[$0]][x] }
                    }
                    #expect(isRight && pixels.isIntact, "\(width) pixels")
                }
            }
        }
    }

    /// A curve that can not be followed closely may come out beyond black or white.
    @Test func aStepDoesNotStayInBytes() {
        #expect(!ToneKernel(ceiling: 1, curve: { $0 < 0.5 ? 0 : 1 }).staysInBytes)
    }

    @Test func greyStaysGrey() {
        let kernel = ToneKernel(ceiling: 1.9, light: Self.filmic, coding: Self.srgb)
        for level in stride(from: -32768, through: 32767, by: 211) {
            let colors = GuardedColors(64, seed: 1) { _, _ in Int16(level) }
            kernel.apply(colors.row, after: nil, count: 64)
            let isGrey = colors.red.samples == colors.green.samples && colors.green.samples == colors.blue.samples
            #expect(isGrey, "\(level)")
        }
    }
}
