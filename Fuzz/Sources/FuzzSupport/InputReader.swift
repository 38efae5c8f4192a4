// Decisions out of bytes: what a structured fuzz target makes its frames and settings from.

/// Takes choices and numbers from the front of an input; when the bytes are used up, everything is zero.
public struct InputReader {
    private var bytes: ArraySlice<UInt8>

    /// Reads from the first byte on.
    public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// The next byte.
    public mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    /// Two bytes.
    public mutating func word() -> Int { Int(byte()) << 8 | Int(byte()) }

    /// True with a probability of `share` in 256; false at the end.
    public mutating func chance(_ share: Int) -> Bool { Int(byte()) >= 256 - share }

    /// A whole number.
    public mutating func integer(_ range: ClosedRange<Int>) -> Int {
        let span = range.upperBound - range.lowerBound + 1
        return range.lowerBound + (span <= 256 ? Int(byte()) : word()) % span
    }

    /// A number; the ends of the range are as likely as any.
    public mutating func number(_ range: ClosedRange<Double>) -> Double {
        let share = Double(word()) / 65_535
        // So that rounding does not leave the range.
        return min(range.lowerBound + (range.upperBound - range.lowerBound) * share, range.upperBound)
    }

    /// Numbers.
    public mutating func numbers(_ count: Int, _ range: ClosedRange<Double>) -> [Double] {
        (0..<count).map { _ in number(range) }
    }

    /// One of several.
    public mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[integer(0...(elements.count - 1))]
    }

    /// A random generator that the next bytes determine.
    public mutating func generator() -> SeededGenerator { SeededGenerator(seed: UInt64(word())) }
}
