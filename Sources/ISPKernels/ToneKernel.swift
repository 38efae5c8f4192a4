// Linear colours to display codes: channel by channel, or keeping the hue.

import CVector

/// The tone curve on rows of `Linear16` colours; the result is on the scale of `Display16`.
public final class ToneKernel: Sendable {
    /// The scale of display light between the two curves of a rendering that keeps the hue.
    public static let lightWhite = Display16.white
    /// The display light at the end of that scale.
    private static let mostLight = Float(Int16.max) / Float(lightWhite)

    private let way: Way

    private enum Way: Sendable {
        case each(CurveKernel)
        case keepingHue(light: CurveKernel, coding: CurveKernel)
    }

    /// The largest distance from the curve, in 8-bit display codes.
    public let error: Double

    /// A curve for every channel.
    /// - Parameters:
    ///   - ceiling: the linear value that is `Linear16.white`.
    ///   - curve: linear light to display codes, 0 to 1; it must not fall.
    public init(ceiling: Float, curve: (Float) -> Float) {
        func code(_ linear: Int) -> Double { Self.code(curve, linear, ceiling) * Double(Display16.white) }
        let kernel = CurveKernel(Self.range(code), code)
        way = .each(kernel)
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
        // An error of light counts by what it becomes in display codes.
        let step = Float(1) / 1024
        let first = CurveKernel(
            Self.range(lightCode),
            weight: { linear in
                let value = Float(lightCode(linear)) / Float(Self.lightWhite)
                return Double(coding(value + step) - coding(value)) * 1024 / 2
            }, lightCode)
        let second = CurveKernel(0...Self.lightWhite) { code in
            Double(min(max(coding(Float(code) / Float(Self.lightWhite)), 0), 1)) * Double(Display16.white)
        }
        way = .keepingHue(light: first, coding: second)
        error = (first.error + second.error) / 64
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
    /// - Parameter count: columns of one parity, a multiple of `KernelLimits.group`.
    public func apply(_ row: ColorRow, count: Int) {
        switch way {
        case .each(let curve):
            curve.apply(row.red, count: count)
            curve.apply(row.green, count: count)
            curve.apply(row.blue, count: count)
        case .keepingHue(let light, let coding):
            Self.keepHue(row.red.even, row.green.even, row.blue.even, light, coding, count)
            Self.keepHue(row.red.odd, row.green.odd, row.blue.odd, light, coding, count)
        }
    }

    private static func keepHue(
        _ red: UnsafeMutablePointer<Int16>, _ green: UnsafeMutablePointer<Int16>,
        _ blue: UnsafeMutablePointer<Int16>, _ light: CurveKernel, _ coding: CurveKernel, _ count: Int
    ) {
        var k = 0
        while k < count {
            let first = Extremes(red.lanes(k), green.lanes(k), blue.lanes(k))
            let second = Extremes(red.lanes(k &+ 16), green.lanes(k &+ 16), blue.lanes(k &+ 16))
            let top = light.look(first.largest, second.largest)
            let foot = light.look(first.smallest, second.smallest)
            let middle = (first.middle(top.0, foot.0), second.middle(top.1, foot.1))
            let (t, f, m) = (
                coding.look(top.0, top.1), coding.look(foot.0, foot.1), coding.look(middle.0, middle.1)
            )
            @inline(__always)
            func place(_ channel: UnsafeMutablePointer<Int16>) {
                channel.store(first.choose(channel.lanes(k), t.0, f.0, m.0), k)
                channel.store(second.choose(channel.lanes(k &+ 16), t.1, f.1, m.1), k &+ 16)
            }
            place(red)
            place(green)
            place(blue)
            k &+= 32
        }
    }

    /// The largest, the smallest and the middle one of three channels.
    private struct Extremes {
        let largest, smallest: Signals
        private let between: Words

        @inline(__always)
        init(_ r: Signals, _ g: Signals, _ b: Signals) {
            largest = cv_max_s16(cv_max_s16(r, g), b)
            smallest = cv_min_s16(cv_min_s16(r, g), b)
            let floor = Signals(repeating: Int16(Linear16.signedZero))
            // What lies outside the gamut counts from black.
            let middle = cv_max_s16(r ^ g ^ b ^ largest ^ smallest, floor)
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
        func choose(_ value: Signals, _ top: Signals, _ foot: Signals, _ middle: Signals) -> Signals {
            let notTop = cv_select_s16(cv_equal_s16(value, smallest), foot, middle)
            return cv_select_s16(cv_equal_s16(value, largest), top, notTop)
        }
    }
}
