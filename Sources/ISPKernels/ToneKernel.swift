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

    /// Replaces the colours of a row.
    /// - Parameters:
    ///   - matrix: what they are multiplied by first.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public func apply(_ row: ColorRow, after matrix: MatrixKernel?, count: Int) {
        run(matrix, ToneLoop(row: row, bytes: nil, count: count))
    }

    /// Rounds what the colours of a row become to bytes, even and odd columns joined; the row stays as it is.
    /// - Parameter bytes: each with room for `2 * count` bytes.
    public func apply(_ row: ColorRow, after matrix: MatrixKernel?, into bytes: ColorBytes, count: Int) {
        run(matrix, ToneLoop(row: row, bytes: bytes, count: count))
    }

    // A loop is made for each kind of curve and matrix.

    private func run(_ matrix: MatrixKernel?, _ loop: ToneLoop) {
        let halfMore = loop.bytes != nil
        if keepsHue {
            let coding = CurveLanes<TwoKnees>(coding, halfMore: halfMore)
            run(matrix, HueLanes(light: CurveLanes<TwoKnees>(curve), coding: coding), loop)
        } else if curve.knees.areTwo {
            run(matrix, EachLanes(curve: CurveLanes<TwoKnees>(curve, halfMore: halfMore)), loop)
        } else {
            run(matrix, EachLanes(curve: CurveLanes<OneKnee>(curve, halfMore: halfMore)), loop)
        }
    }

    @inline(__always)
    private func run(_ matrix: MatrixKernel?, _ tone: some ToneLanes, _ loop: ToneLoop) {
        guard let matrix else { return loop.run(UnchangedLanes(), tone) }
        switch matrix.scaling {
        case .one: loop.run(MatrixLanes<MatrixKernel.One>(matrix), tone)
        case .two: loop.run(MatrixLanes<MatrixKernel.Two>(matrix), tone)
        case .more: loop.run(MatrixLanes<MatrixKernel.More>(matrix), tone)
        }
    }
}

/// Rows of red, green and blue bytes.
public typealias ColorBytes = (
    red: UnsafeMutablePointer<UInt8>, green: UnsafeMutablePointer<UInt8>, blue: UnsafeMutablePointer<UInt8>
)

/// The tone of colours, inside a loop over a row: of a vector of pixels and of another one.
private protocol ToneLanes {
    func callAsFunction(_ first: Colors, _ second: Colors) -> (Colors, Colors)
}

/// A loop over a row of colours.
private struct ToneLoop {
    let row: ColorRow
    let bytes: ColorBytes?
    let count: Int

    @inline(__always)
    func run(_ matrix: some ColorLanes, _ tone: some ToneLanes) {
        let (r, g, b) = (row.red, row.green, row.blue)
        guard let bytes else {
            for parity in 0..<2 {
                let (r, g, b) = (r[parity], g[parity], b[parity])
                var k = 0
                while k < count {
                    let (first, second) = tones(r, g, b, k, matrix, tone)
                    r.store(first.red, k)
                    g.store(first.green, k)
                    b.store(first.blue, k)
                    r.store(second.red, k &+ Words.scalarCount)
                    g.store(second.green, k &+ Words.scalarCount)
                    b.store(second.blue, k &+ Words.scalarCount)
                    k &+= KernelLimits.group
                }
            }
            return
        }
        var k = 0
        while k < count {
            let (e0, e1) = tones(r.even, g.even, b.even, k, matrix, tone)
            let (o0, o1) = tones(r.odd, g.odd, b.odd, k, matrix, tone)
            store((e0.red, e1.red), (o0.red, o1.red), bytes.red, k)
            store((e0.green, e1.green), (o0.green, o1.green), bytes.green, k)
            store((e0.blue, e1.blue), (o0.blue, o1.blue), bytes.blue, k)
            k &+= KernelLimits.group
        }
    }

    /// Stores codes that are half an 8-bit code more.
    @inline(__always)
    private func store(
        _ even: (Signals, Signals), _ odd: (Signals, Signals), _ bytes: UnsafeMutablePointer<UInt8>, _ k: Int
    ) {
        RoundKernel.storeBytes((even.0 &>> 6, even.1 &>> 6), (odd.0 &>> 6, odd.1 &>> 6), into: bytes, k)
    }

    @inline(__always)
    private func tones(
        _ r: UnsafeMutablePointer<Int16>, _ g: UnsafeMutablePointer<Int16>, _ b: UnsafeMutablePointer<Int16>,
        _ k: Int, _ matrix: some ColorLanes, _ tone: some ToneLanes
    ) -> (Colors, Colors) {
        tone(
            matrix(Colors(r.lanes(k), g.lanes(k), b.lanes(k))),
            matrix(
                Colors(
                    r.lanes(k &+ Words.scalarCount), g.lanes(k &+ Words.scalarCount), b.lanes(k &+ Words.scalarCount))))
    }
}

/// A curve for every channel.
private struct EachLanes<Shape: CurveShape>: ToneLanes {
    let curve: CurveLanes<Shape>

    @inline(__always)
    func callAsFunction(_ first: Colors, _ second: Colors) -> (Colors, Colors) {
        let red = curve(first.red, second.red)
        let green = curve(first.green, second.green)
        let blue = curve(first.blue, second.blue)
        return (Colors(red.0, green.0, blue.0), Colors(red.1, green.1, blue.1))
    }
}

/// A curve for the largest and the smallest channel, and the middle one at its place between them.
private struct HueLanes: ToneLanes {
    let light, coding: CurveLanes<TwoKnees>

    @inline(__always)
    func callAsFunction(_ a: Colors, _ b: Colors) -> (Colors, Colors) {
        let (first, second) = (Extremes(a), Extremes(b))
        let top = light(first.largest, second.largest)
        let foot = light(first.smallest, second.smallest)
        let (m0, m1) = (first.middle(top.0, foot.0), second.middle(top.1, foot.1))
        let (t, f, m) = (coding(top.0, top.1), coding(foot.0, foot.1), coding(m0, m1))
        return (first.choose(a, t.0, f.0, m.0), second.choose(b, t.1, f.1, m.1))
    }

    /// The largest, the smallest and the middle one of three channels.
    private struct Extremes {
        let largest, smallest: Signals
        private let between: Words

        @inline(__always)
        init(_ c: Colors) {
            largest = cv_max_s16(cv_max_s16(c.red, c.green), c.blue)
            smallest = cv_min_s16(cv_min_s16(c.red, c.green), c.blue)
            let floor = Signals(repeating: Int16(Linear16.signedZero))
            // What lies outside the gamut counts from black.
            let middle = cv_max_s16(c.red ^ c.green ^ c.blue ^ largest ^ smallest, floor)
            let low = cv_max_s16(smallest, floor)
            let part = unsafeBitCast(middle &- low, to: Words.self)
            let whole = unsafeBitCast(cv_max_s16(largest, floor) &- low, to: Words.self)
            between = unsafeBitCast(cv_share_u16(part, whole), to: Words.self)
        }

        @inline(__always)
        func middle(_ top: Signals, _ foot: Signals) -> Signals {
            foot &+ cv_mulround_s16(top &- foot, unsafeBitCast(between, to: Signals.self))
        }

        @inline(__always)
        func choose(_ c: Colors, _ top: Signals, _ foot: Signals, _ middle: Signals) -> Colors {
            @inline(__always)
            func chosen(_ value: Signals) -> Signals {
                let notTop = cv_select_s16(cv_equal_s16(value, smallest), foot, middle)
                return cv_select_s16(cv_equal_s16(value, largest), top, notTop)
            }
            return Colors(chosen(c.red), chosen(c.green), chosen(c.blue))
        }
    }
}
