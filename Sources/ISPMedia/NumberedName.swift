// Names of numbered files: what `frame%05d.raw` stands for, in inputs and outputs alike.

import ISPImaging

/// A name or path with one printf integer field: `%d`, `%5d` (taken as `%05d`) or `%05d`; `%%` is a percent sign.
package struct NumberedName: Hashable, Sendable {
    private var prefix = ""
    private var suffix = ""
    private var width = 0

    /// - Throws: `ISPError(.usage)` where the name has no field, several, or one that is no integer.
    package init(_ text: String) throws(ISPError) {
        var rest = Substring(text)
        var fields = 0
        while let character = rest.popFirst() {
            guard character == "%" else {
                if fields == 0 { prefix.append(character) } else { suffix.append(character) }
                continue
            }
            if rest.first == "%" {
                rest.removeFirst()
                if fields == 0 { prefix.append("%") } else { suffix.append("%") }
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard rest.popFirst() == "d", digits.count <= 2 else {
                throw ISPError(.usage, "a number field is written %d or %05d, and a percent sign %%")
            }
            width = Int(digits) ?? 0
            fields += 1
        }
        guard fields == 1 else { throw ISPError(.usage, "a sequence has exactly one number field, such as %05d") }
    }

    /// The name with a number.
    package func name(_ number: Int) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: max(0, width - digits.count)) + digits + suffix
    }

    /// The number in a name, or `nil` where the name is not of this pattern.
    package func number(_ text: String) -> Int? {
        guard text.count > prefix.count + suffix.count, text.hasPrefix(prefix), text.hasSuffix(suffix) else {
            return nil
        }
        let digits = text.dropFirst(prefix.count).dropLast(suffix.count)
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), number < Int(Int32.max) else {
            return nil
        }
        return name(number) == text ? number : nil
    }
}
