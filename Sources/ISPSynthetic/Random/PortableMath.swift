// Elementary functions that give the same bits on every machine. The C library's differ in the last place from one
// system to the next, and one such place can turn a sample by one; these use only +, -, *, / and IEEE rounding.

/// Logarithm, exponential and cosine from basic arithmetic alone.
package enum PortableMath {
    /// The natural logarithm of a positive normal number; relative error below 1e-13.
    package static func ln(_ x: Double) -> Double {
        var exponent = Double(x.exponent)
        var m = x.significand
        if m > 1.4142135623730951 {
            m /= 2
            exponent += 1
        }
        // ln m = 2 artanh((m - 1) / (m + 1)), by its series; |t| <= 0.172.
        let t = (m - 1) / (m + 1)
        let s = t * t
        var sum = 1.0 / 17
        for k in stride(from: 15.0, through: 1, by: -2) { sum = sum * s + 1 / k }
        return exponent * 0.6931471805599453 + 2 * t * sum
    }

    /// The base-2 logarithm of a positive normal number.
    package static func log2(_ x: Double) -> Double { ln(x) / 0.6931471805599453 }

    /// e to the power `x`, for `x` in -700 ... 700; relative error below 1e-13.
    package static func exp(_ x: Double) -> Double {
        let power = (x / 0.6931471805599453).rounded()
        let r = x - power * 0.6931471805599453
        var sum = 1.0
        for k in stride(from: 14.0, through: 1, by: -1) { sum = 1 + sum * r / k }
        return Double(sign: .plus, exponent: Int(power), significand: sum)
    }

    /// The cosine of `turns` full turns; absolute error below 1e-12.
    package static func cosine(turns: Double) -> Double {
        let a = abs(turns - turns.rounded())
        let folded = a > 0.25 ? 0.5 - a : a
        let x = 6.283185307179586 * folded
        let s = x * x
        var sum = 1.0
        for k in stride(from: 18.0, through: 2, by: -2) { sum = 1 - sum * s / (k * (k - 1)) }
        return a > 0.25 ? -sum : sum
    }

    /// The smooth step of `x`: 0 below 0, 1 above 1, `3x^2 - 2x^3` between.
    package static func smoothStep(_ x: Double) -> Double {
        let t = min(max(x, 0), 1)
        return t * t * (3 - 2 * t)
    }
}
