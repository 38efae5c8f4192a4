// Linear colours to display codes: channel by channel, or keeping the hue.

import CVector

/// The tone curve on rows of `Linear16` colours; the result is on the scale of `Display16`.
public final class ToneKernel: Sendable {
    /// The scale of display light between the two curves of a rendering that keeps the hue.
    public static let lightWhite = Display16.white
    /// The display light at the end of that scale.
    private static let mostLight = Float(Int16.max) / Float(lightWhite)

    /// The curve of every channel, or that to display light.
    private let curve: CurveKernel
    /// The curve from display light where the hue is kept, else the same as `curve`.
    private let coding: CurveKernel
    private let keepsHue: Bool

    /// An error that is not worth a third slope: 0.4 of an 8-bit code.
    private static let enough = 0.4 * 64

    /// The largest distance from the curve, in 8-bit display codes.
    public let error: Double

    /// A curve for every channel.
    /// - Parameters:
    ///   - ceiling: the linear value that is `Linear16.white`.
    ///   - curve: linear light to display codes, 0 to 1; it must not fall.
    public init(ceiling: Float, curve: (Float) -> Float) {
        func code(_ linear: Int) -> Double { Self.code(curve, linear, ceiling) * Double(Display16.white) }
        let kernel = CurveKernel(Self.range(code), enough: Self.enough, code)
        (self.curve, coding, keepsHue) = (kernel, kernel, false)
        error = kernel.error / 64
    }

    /// A curve for the largest and the smallest channel; the middle one keeps its place between them.
    /// - Parameters:
    ///   - light: linear light to display light, 0 to 1.
    ///   - coding: display light to display codes.
    public init(ceiling: Float, light: (Float) -> Float, coding: (Float) -> Float) {
        // A curve that ends below a linear value of 1 goes on above display white, and the middle channel sees that.
        func lightCode(_ linear: Int) -> Double {
            Self.code(light, linear, ceiling, most: Self.mostLight) * Double(Self.lightWhite)
        }
        // An error of light counts by what it becomes in display codes; above display white it moves the middle channel.
        let step = Float(1) / 1024
        curve = CurveKernel(
            Self.range(lightCode),
            weight: { linear in
                let value = Float(lightCode(linear)) / Float(Self.lightWhite)
                return value < 1 ? Double(coding(value + step) - coding(value)) * 1024 / 2 : 0.05
            }, lightCode)
        self.coding = CurveKernel(0...Self.lightWhite) { code in
            Double(min(max(coding(Float(code) / Float(Self.lightWhite)), 0), 1)) * Double(Display16.white)
        }
        keepsHue = true
        error = (curve.error + self.coding.error) / 64
    }

    /// A curve at a code of linear light.
    private static func code(_ curve: (Float) -> Float, _ linear: Int, _ ceiling: Float, most: Float = 1) -> Double {
        Double(min(max(curve(Float(linear - Linear16.signedZero) / Float(Linear16.white) * ceiling), 0), most))
    }

    /// The codes of linear light for which a curve has results of their own: from black to where it ends.
    private static func range(_ curve: (Int) -> Double) -> ClosedRange<Int> {
        let end = curve(Int(Int16.max))
        var (low, high) = (Linear16.signedZero + 1, Int(Int16.max))
        while low < high {
            let middle = (low + high) >> 1
            if curve(middle) < end { low = middle + 1 } else { high = middle }
        }
        return Linear16.signedZero...low
    }

    /// Whether rounding brings every result to a byte: no result is beyond black or white by more than rounding takes back.
    public var staysInBytes: Bool { coding.error < 32 }

    /// Replaces the colours of a row; plans have tone in one loop with the demosaic.
    /// - Parameters:
    ///   - matrix: what they are multiplied by first.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public func apply(_ row: ColorRow, after matrix: MatrixKernel?, count: Int) {
        run(RowSource(row: row), matrix, RowLoop(row: row, count: count), halfMore: false)
    }

    /// Makes a row of display codes of a mosaic, whose colours are in registers only.
    public func apply(_ mosaic: MosaicColors, after matrix: MatrixKernel?, into row: ColorRow, count: Int) {
        let loop = RowLoop(row: mosaic.order(row), count: count)
        let matrix = mosaic.matrix(matrix)
        switch mosaic.kernel {
        case .bilinear: run(MosaicSource<Bilinear, ColourFirst>(mosaic), matrix, loop, halfMore: false)
        case .malvar: run(MosaicSource<Malvar, ColourFirst>(mosaic), matrix, loop, halfMore: false)
        }
    }

    /// Makes a row of display codes of a mosaic without colours.
    public func apply(_ mosaic: MosaicRow, into row: SignalRow, count: Int) {
        for (source, target) in [(mosaic.even, row.even), (mosaic.odd, row.odd)] {
            var k = 0
            while k < count {
                target.store(signed(source.lanes(k)), k)
                k &+= Words.scalarCount
            }
        }
        curve.apply(row, count: count)
        if keepsHue { coding.apply(row, count: count) }
    }

    /// Rounds what the colours of a mosaic become to bytes, even and odd columns joined.
    /// - Parameter bytes: each with room for `2 * count` bytes.
    public func apply(_ mosaic: MosaicColors, after matrix: MatrixKernel?, into bytes: ColorBytes, count: Int) {
        run(mosaic, matrix, ByteSink(bytes: mosaic.order(bytes)), count)
    }

    /// Stores what the colours of a mosaic become as pixels of four bytes.
    /// - Precondition: `staysInBytes`.
    public func apply(_ mosaic: MosaicColors, after matrix: MatrixKernel?, into pixels: PixelRow, count: Int) {
        run(mosaic, matrix, PixelSink(mosaic.order(pixels)), count)
    }

    // A loop is made for each kind of mosaic row, matrix, curve and place of the results.

    @inline(__always)
    private func run(_ mosaic: MosaicColors, _ matrix: MatrixKernel?, _ sink: some ToneSink, _ count: Int) {
        let loop = SinkLoop(sink: sink, count: count)
        let matrix = mosaic.matrix(matrix)
        switch (mosaic.kernel, mosaic.greenFirst) {
        case (.bilinear, false): run(MosaicSource<Bilinear, ColourFirst>(mosaic), matrix, loop, halfMore: true)
        case (.bilinear, true): run(MosaicSource<Bilinear, GreenFirst>(mosaic), matrix, loop, halfMore: true)
        case (.malvar, false): run(MosaicSource<Malvar, ColourFirst>(mosaic), matrix, loop, halfMore: true)
        case (.malvar, true): run(MosaicSource<Malvar, GreenFirst>(mosaic), matrix, loop, halfMore: true)
        }
    }

    @inline(__always)
    private func run(
        _ source: some ColorSource, _ matrix: MatrixKernel?, _ loop: some ToneLoop, halfMore: Bool
    ) {
        if keepsHue {
            let coding = CurveLanes<TwoKnees>(coding, halfMore: halfMore)
            run(source, matrix, HueLanes(light: CurveLanes<TwoKnees>(curve), coding: coding), loop)
        } else if curve.knees.areTwo {
            run(source, matrix, EachLanes(curve: CurveLanes<TwoKnees>(curve, halfMore: halfMore)), loop)
        } else {
            run(source, matrix, EachLanes(curve: CurveLanes<OneKnee>(curve, halfMore: halfMore)), loop)
        }
    }

    // A function of its own for each: the compiler would not look at all loops at once.
    @inline(never)
    private func run(
        _ source: some ColorSource, _ matrix: MatrixKernel?, _ tone: some ToneLanes, _ loop: some ToneLoop
    ) {
        let matrix = matrix ?? MatrixKernel.identity
        switch matrix.scaling {
        case .grey: loop.run(source, MatrixLanes<MatrixKernel.Grey>(matrix), tone)
        case .two: loop.run(source, MatrixLanes<MatrixKernel.Two>(matrix), tone)
        case .more: loop.run(source, MatrixLanes<MatrixKernel.More>(matrix), tone)
        }
    }
}
