// The conventions for names that come from outside the table.

/// A name that can not be in the exposition.
public struct MetricNameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String
}

enum MetricNames {
    /// Endings that the text format or its conventions keep for other types.
    private static let endings = ["_total", "_bucket", "_sum", "_count", "_info"]
    /// Labels with a value of its own for every frame: each would be a time series of its own, for ever.
    private static let unbounded: Set = ["frame", "frame_id", "packet", "packet_id", "ticket", "alloc_ticket", "epoch"]

    static func checkGauge(_ name: String) throws(MetricNameError) {
        guard name.hasPrefix("softisp_"), isWord(name), name.utf8.count > 8 else {
            throw refuse("gauge", name, "use softisp_ followed by lower-case letters, digits and underscores")
        }
        if let ending = endings.first(where: name.hasSuffix) {
            throw refuse("gauge", name, "the ending \(ending) is not for gauges; leave it out")
        }
        if TelemetryTable.rows.contains(where: { $0.name == name && $0.type != .gauge }) {
            throw refuse("gauge", name, "another metric has this name; choose another one")
        }
    }

    static func checkLabel(_ name: String) throws(MetricNameError) {
        guard isWord(name), !name.hasPrefix("__"), name != "le" else {
            throw refuse(
                "label", name, "use lower-case letters, digits and underscores, and neither __ in front nor le")
        }
        if unbounded.contains(name) {
            throw refuse("label", name, "its values never end; put single frames into the event log")
        }
    }

    private static func refuse(_ what: String, _ name: String, _ advice: String) -> MetricNameError {
        MetricNameError(description: "the \(what) name '\(name)' can not be: \(advice)")
    }

    private static func isWord(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}
