// How often a frame comes, as the exact fraction that video headers want.

import ISPImaging

/// A frame rate: a positive fraction in lowest terms. NTSC's 29.97 is exactly 30000/1001.
public struct FrameRate: Hashable, Sendable, CustomStringConvertible {
    /// The largest numerator and denominator: video headers store 32 bits with a sign.
    public static let maximumTerm = Int(Int32.max)

    /// Frames in `denominator` seconds.
    public let numerator: Int
    /// The seconds that `numerator` frames take.
    public let denominator: Int

    /// Creates a rate of `numerator / denominator` frames a second.
    /// - Throws: `ISPError(.usage)` where a term is not 1 to `maximumTerm`.
    public init(_ numerator: Int, _ denominator: Int = 1) throws(ISPError) {
        let terms = 1...Self.maximumTerm
        guard terms.contains(numerator), terms.contains(denominator) else {
            throw ISPError(
                .usage, "a frame rate of \(numerator)/\(denominator); give a positive one, such as 30 or 30000/1001")
        }
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        self.numerator = numerator / a
        self.denominator = denominator / a
    }

    /// Reads `30`, `30000/1001` (or `30000:1001`) or `29.97`.
    /// - Throws: `ISPError(.usage)` for anything else, and for rates that are not positive.
    public init(_ text: String) throws(ISPError) {
        let terms = text.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == ":" }
        if terms.count == 2, let numerator = Int(terms[0]), let denominator = Int(terms[1]) {
            try self.init(numerator, denominator)
        } else if let whole = Int(text) {
            try self.init(whole)
        } else if let value = Double(text), let fraction = Rational(value), fraction.numerator > 0 {
            try self.init(Int(fraction.numerator), Int(fraction.denominator))
        } else {
            throw ISPError(.usage, "'\(text)' is no frame rate; give a positive one, such as 30, 29.97 or 30000/1001")
        }
    }

    /// Frames a second, rounded.
    public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

    /// `30` or `30000/1001`.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
