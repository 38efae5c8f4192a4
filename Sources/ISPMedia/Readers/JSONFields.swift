// JSON as typed, range-checked fields whose errors name the key.

import Foundation
import ISPImaging

/// A JSON value.
package indirect enum JSONValue: Decodable, Sendable {
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    case bool(Bool)
    case null

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Numbers first: the long arrays of gain maps are made of them.
        if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if container.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a JSON value")
        }
    }

    /// A few words that show the value in a message.
    var shown: String {
        switch self {
        case .number(let value): "\(value)"
        case .string(let text): "\"\(text.prefix(40))\""
        case .array(let values): "a list of \(values.count)"
        case .object: "an object"
        case .bool(let value): "\(value)"
        case .null: "null"
        }
    }
}

/// The fields of one JSON object. A missing key (or `null`) is `nil`; a wrong type or value throws with the key's name.
struct JSONFields {
    /// The largest JSON file read, in bytes.
    static let maximumBytes = 1 << 24
    /// The deepest nesting of lists and objects. (Foundation takes time with the square of it for every value.)
    static let maximumDepth = 32

    private let values: [String: JSONValue]
    /// The keys that lead here, for messages: `maps[2].`.
    private let path: String

    /// Parses an object.
    /// - Throws: `ISPError(.damagedInput)` for anything else.
    init(_ bytes: [UInt8]) throws(ISPError) {
        // A zero byte means UTF-16 or worse, which RFC 8259 rules out and `isShallow` does not see through.
        guard !bytes.contains(0) else { throw ISPError(.damagedInput, "not JSON in UTF-8; convert it") }
        guard Self.isShallow(bytes) else {
            throw ISPError(.damagedInput, "lists and objects are nested more than \(Self.maximumDepth) deep")
        }
        let parsed: JSONValue
        do { parsed = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) } catch {
            throw ISPError(.damagedInput, "not valid JSON; correct it, or remove the file if it is not a sidecar")
        }
        guard case .object(let values) = parsed else {
            throw ISPError(.damagedInput, "a JSON object { ... } is expected, not \(parsed.shown)")
        }
        self.init(values, path: "")
    }

    /// Whether lists and objects are nested no deeper than `maximumDepth`. What is not JSON may be either.
    private static func isShallow(_ bytes: [UInt8]) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth > maximumDepth { return false }
        }
        return true
    }

    /// Reads and parses a file.
    init(path: String) throws(ISPError) {
        guard case .regular(let count) = try FileBytes.kind(of: path) else {
            throw ISPError(.cannotOpenInput, "not a regular file; a JSON file is expected")
        }
        guard count <= Self.maximumBytes else {
            throw ISPError(.resource, "\(count) bytes of JSON; at most \(Self.maximumBytes) are read")
        }
        try self.init(try FileBytes(path: path, offset: 0, count: count).array)
    }

    private init(_ values: [String: JSONValue], path: String) {
        self.values = values
        self.path = path
    }

    /// The error that a key's value is not what it must be.
    func wrong(_ key: String, _ expected: String) -> ISPError {
        let shown = values[key].map { ", not \($0.shown)" } ?? ""
        return ISPError(.damagedInput, "key '\(path)\(key)' must be \(expected)\(shown)")
    }

    private subscript(key: String) -> JSONValue? {
        if case .null = values[key] { return nil }
        return values[key]
    }

    func number(_ key: String, _ range: ClosedRange<Double>) throws(ISPError) -> Double? {
        guard let value = self[key] else { return nil }
        guard case .number(let number) = value, range.contains(number) else {
            throw wrong(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(ISPError) -> Int? {
        guard let value = self[key] else { return nil }
        guard case .number(let number) = value, let integer = Int(exactly: number), range.contains(integer) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func string(_ key: String) throws(ISPError) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value else { throw wrong(key, "a text") }
        return text
    }

    /// A list of numbers, or one number as a list of one.
    func numbers(_ key: String, counts: Set<Int>, _ range: ClosedRange<Double>) throws(ISPError) -> [Double]? {
        guard let value = self[key] else { return nil }
        let list: [JSONValue]
        if case .array(let values) = value { list = values } else { list = [value] }
        let numbers = list.compactMap { if case .number(let n) = $0, range.contains(n) { n } else { nil } }
        guard numbers.count == list.count, counts.contains(list.count) else {
            let many = counts.sorted().map(String.init).joined(separator: " or ")
            throw wrong(key, "\(many) numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        return numbers
    }

    /// Any number of numbers.
    func manyNumbers(_ key: String, _ range: ClosedRange<Double>) throws(ISPError) -> [Double]? {
        guard let value = self[key] else { return nil }
        guard case .array(let list) = value else { throw wrong(key, "a list of numbers") }
        return try numbers(key, counts: [list.count], range)
    }

    /// Three rows of three numbers.
    func matrix(_ key: String) throws(ISPError) -> Matrix3? {
        guard let value = self[key] else { return nil }
        var numbers: [Double] = []
        if case .array(let rows) = value, rows.count == 3 {
            for case .array(let row) in rows where row.count == 3 {
                for case .number(let number) in row where abs(number) <= 100 { numbers.append(number) }
            }
        }
        guard let matrix = Matrix3(numbers) else { throw wrong(key, "3 rows of 3 numbers from -100 to 100") }
        return matrix
    }

    /// Red, green and blue as `{"r": , "g": , "b": }` or `[r, g, b]`.
    func triple(_ key: String, _ range: ClosedRange<Double>) throws(ISPError) -> Vector3? {
        guard let value = self[key] else { return nil }
        if case .object = value, let fields = try object(key) {
            guard let r = try fields.number("r", range), let g = try fields.number("g", range),
                let b = try fields.number("b", range)
            else { throw wrong(key, "three numbers r, g, b") }
            return Vector3(r, g, b)
        }
        return try numbers(key, counts: [3], range).map { Vector3($0[0], $0[1], $0[2]) }
    }

    func object(_ key: String) throws(ISPError) -> JSONFields? {
        guard let value = self[key] else { return nil }
        guard case .object(let values) = value else { throw wrong(key, "an object { ... }") }
        return JSONFields(values, path: "\(path)\(key).")
    }

    func objects(_ key: String) throws(ISPError) -> [JSONFields]? {
        guard let value = self[key] else { return nil }
        guard case .array(let list) = value else { throw wrong(key, "a list of objects") }
        var found: [JSONFields] = []
        for (index, entry) in list.enumerated() {
            guard case .object(let values) = entry else { throw wrong(key, "a list of objects") }
            found.append(JSONFields(values, path: "\(path)\(key)[\(index)]."))
        }
        return found
    }

    /// Pairs of whole numbers.
    func pairs(_ key: String, _ range: ClosedRange<Int>) throws(ISPError) -> [(Int, Int)]? {
        guard let value = self[key] else { return nil }
        var pairs: [(Int, Int)] = []
        let list: [JSONValue]
        if case .array(let values) = value { list = values } else { throw wrong(key, "a list of [x, y]") }
        for entry in list {
            guard case .array(let pair) = entry, pair.count == 2, case .number(let x) = pair[0],
                case .number(let y) = pair[1], let x = Int(exactly: x), let y = Int(exactly: y),
                range.contains(x), range.contains(y)
            else {
                throw wrong(key, "a list of [x, y] with whole numbers from \(range.lowerBound) to \(range.upperBound)")
            }
            pairs.append((x, y))
        }
        return pairs
    }

    /// A number (an EXIF code) or a text.
    func codeOrName(_ key: String) -> JSONValue? { self[key] }
}
