// As much of JSON as the event log uses: one object of strings and whole numbers.

/// The fields of a JSON object without nesting.
struct FlatObject {
    enum Value: Equatable {
        case text(String)
        case number(UInt64)
    }

    private(set) var fields: [String: Value] = [:]

    /// Reads an object, with nothing but spaces around it.
    init(_ text: some StringProtocol) throws(EventLineError) {
        var rest = ArraySlice(text.utf8)
        try expect("{", &rest)
        if !take("}", &rest) {
            repeat {
                let key = try string(&rest)
                try expect(":", &rest)
                let value = try value(&rest)
                guard fields.updateValue(value, forKey: key) == nil else {
                    throw EventLineError("the field \"\(key)\" stands twice")
                }
            } while take(",", &rest)
            try expect("}", &rest)
        }
        skipSpaces(&rest)
        guard rest.isEmpty else { throw EventLineError("something follows the object") }
    }

    /// Takes a field out, so that what is left at the end is what nobody knows.
    mutating func take(_ key: String) -> Value? { fields.removeValue(forKey: key) }

    private func value(_ rest: inout ArraySlice<UInt8>) throws(EventLineError) -> Value {
        skipSpaces(&rest)
        if rest.first == UInt8(ascii: "\"") { return .text(try string(&rest)) }
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let text = String(decoding: digits, as: UTF8.self)
        guard !digits.isEmpty else { throw EventLineError("a value is neither a string nor a whole number") }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0"), let number = UInt64(text) else {
            throw EventLineError("the number \(text.prefix(40)) is not a 64-bit one")
        }
        rest = rest.dropFirst(digits.count)
        return .number(number)
    }

    private func string(_ rest: inout ArraySlice<UInt8>) throws(EventLineError) -> String {
        try expect("\"", &rest)
        let bytes = rest.prefix { $0 != UInt8(ascii: "\"") }
        guard bytes.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw EventLineError("a string holds an escape or a character that the log never writes")
        }
        rest = rest.dropFirst(bytes.count)
        try expect("\"", &rest)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func expect(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) throws(EventLineError) {
        guard take(character, &rest) else {
            throw EventLineError(rest.isEmpty ? "it ends where \(character) should follow" : "\(character) is missing")
        }
    }

    private func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        skipSpaces(&rest)
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private func skipSpaces(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }
}
