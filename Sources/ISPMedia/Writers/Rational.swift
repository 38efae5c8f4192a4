// Real numbers as EXIF stores them: fractions of 32-bit integers.

/// An unsigned fraction, EXIF type 5.
package struct Rational: Hashable, Sendable {
    /// The numerator.
    package let numerator: UInt32
    /// The denominator, never 0.
    package let denominator: UInt32

    /// The simplest fraction within one part in a million of `value`, by continued fractions: 0.0166667 becomes 1/60, as
    /// photographers expect, although cameras' Float32 values are a little off. `nil` for what EXIF cannot store: negative
    /// numbers, infinity, NaN, values above 2^32 - 1.
    package init?(_ value: Double) {
        guard value.isFinite, value >= 0, value <= Double(UInt32.max) else { return nil }
        var (previousNumerator, previousDenominator) = (1.0, 0.0)
        var (numerator, denominator) = (value.rounded(.down), 1.0)
        var rest = value - numerator
        while abs(numerator / denominator - value) > 1e-6 * value, rest > 0 {
            let reciprocal = 1 / rest
            let digit = reciprocal.rounded(.down)
            let next = (digit * numerator + previousNumerator, digit * denominator + previousDenominator)
            guard next.0 <= Double(UInt32.max), next.1 <= Double(UInt32.max) else { break }
            (previousNumerator, previousDenominator) = (numerator, denominator)
            (numerator, denominator) = next
            rest = reciprocal - digit
        }
        self.numerator = UInt32(numerator)
        self.denominator = UInt32(denominator)
    }
}
