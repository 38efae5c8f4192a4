// Times as people write them: 250ms, 2s, 1.5m.

import ISPImaging

extension Duration {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// Reads a time: a number with `ns`, `us`, `ms`, `s`, `m` or `h` after it; seconds without.
    ///
    /// - Parameter subject: what the time is of, for the message.
    /// - Returns: nanoseconds, at most 30 days.
    /// - Throws: `ISPError(.usage)`.
    public static func nanoseconds(of text: String, _ subject: String) throws(ISPError) -> UInt64 {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let suffix = text.dropFirst(digits.count)
        let unit = suffix.isEmpty ? 1e9 : units.first { $0.suffix == suffix }?.nanoseconds
        guard let unit, let number = Double(digits), number * unit <= 30 * 24 * 3600e9 else {
            throw ISPError(
                .usage, "\(subject) is '\(text)', but must be a time such as 250ms, 2s or 1.5m, at most 30 days")
        }
        return UInt64(number * unit)
    }
}
