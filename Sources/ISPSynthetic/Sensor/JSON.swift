// JSON as text, for the files beside a synthetic capture.

/// The little of JSON that writing needs.
indirect enum JSON {
    case integer(Int)
    case number(Double)
    case shortNumber(Float)
    case text(String)
    case truth(Bool)
    case null
    case array([JSON])
    case object([(String, JSON)])

    /// A number, or `null` where there is none.
    static func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }

    static func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }

    /// The text; objects one field a line, arrays on one line. Numbers are the shortest that read back the same.
    var text: String {
        switch self {
        case .integer(let value): return "\(value)"
        case .number(let value): return "\(value)"
        case .shortNumber(let value): return "\(value)"
        case .text(let value): return Self.quoted(value)
        case .truth(let value): return value ? "true" : "false"
        case .null: return "null"
        case .array(let values): return "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let fields):
            return "{\n" + fields.map { "\(Self.quoted($0.0)): \($0.1.text)" }.joined(separator: ",\n") + "\n}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
