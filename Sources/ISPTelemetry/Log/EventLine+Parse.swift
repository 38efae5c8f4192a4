// From a line of the event log back to the event: for the validation of traces and for replay.

import ISPRuntime

/// Why a line is not one of the event log.
public struct EventLineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let reason: String

    init(_ reason: String) {
        // It may quote the line, which may be anything.
        self.reason = reason.count > 200 ? reason.prefix(200) + "..." : reason
    }

    /// One sentence.
    public var description: String { "not a line of the event log: \(reason)" }
}

extension EventLine {
    /// The event of a line, exactly as it was recorded.
    ///
    /// Strict, since a trace is evidence: unknown, repeated and contradicting fields are errors; order and spaces are free.
    ///
    /// - Throws: ``EventLineError``.
    public static func parse(_ line: some StringProtocol) throws(EventLineError) -> Event {
        var object = try FlatObject(line)
        var event = Event(try object.named("event", kinds))
        guard let time = try object.number("t_ns") else { throw EventLineError("\"t_ns\" is missing") }
        event.time = time
        try readParties(&object, &event)
        event.outcome = try outcome(&object)
        event.transition = try transition(&object)
        event.before = try object.word("before", "before_bits")
        event.after = try object.word("after", "after_bits")
        event.value = try object.number("value") ?? 0
        guard let unknown = object.fields.keys.min() else { return event }
        throw EventLineError("no event has a field \"\(unknown)\"")
    }

    private static func readParties(_ object: inout FlatObject, _ event: inout Event) throws(EventLineError) {
        if let text = try object.text("slot") { (event.pool, event.slot) = try slot(text) }
        event.holder = try object.namedIfAny("holder", holders) ?? .none
        if let session = try object.number("session") {
            guard let session = UInt8(exactly: session) else { throw EventLineError("there is no session \(session)") }
            event.session = session
        }
        event.frame = try object.number("frame") ?? 0
    }

    private static func slot(_ text: String) throws(EventLineError) -> (Pool, Int16) {
        for pool in Pool.allCases where text.hasPrefix(pool.name) {
            if let number = Int16(text.dropFirst(pool.name.count)), text == "\(pool.name)\(number)" {
                return (pool, number)
            }
        }
        throw EventLineError("there is no slot \"\(text)\"")
    }

    private static func outcome(_ object: inout FlatObject) throws(EventLineError) -> Outcome? {
        let reason = try object.namedIfAny("reason", reasons)
        guard let name = try object.text("outcome") else {
            if reason == nil { return nil }
            throw EventLineError("a reason without an outcome")
        }
        switch (name, reason) {
        case ("done", nil): return .done
        case ("error", nil): return .error
        case ("dropped", let reason?): return .dropped(reason)
        default: throw EventLineError("the outcome \"\(name)\" and its reason do not fit")
        }
    }

    private static func transition(_ object: inout FlatObject) throws(EventLineError) -> Transition? {
        let row = try object.text("row")
        let transition = try object.namedIfAny("transition", transitions)
        guard row == transition?.number else { throw EventLineError("row and transition do not fit") }
        return transition
    }

    private static let kinds = Dictionary(uniqueKeysWithValues: EventKind.allCases.map { ($0.name, $0) })
    private static let reasons = Dictionary(uniqueKeysWithValues: DropReason.allCases.map { ($0.name, $0) })
    private static let transitions = Dictionary(uniqueKeysWithValues: Transition.allCases.map { ($0.name, $0) })
    private static let holders = Dictionary(
        uniqueKeysWithValues: (UInt8.min...UInt8.max).map(Holder.init(rawValue:)).map { ($0.name, $0) })
}

extension FlatObject {
    /// The number of a field, nil without it.
    fileprivate mutating func number(_ key: String) throws(EventLineError) -> UInt64? {
        switch take(key) {
        case nil: return nil
        case .number(let number): return number
        case .text: throw EventLineError("\"\(key)\" is not a number")
        }
    }

    /// The text of a field, nil without it.
    fileprivate mutating func text(_ key: String) throws(EventLineError) -> String? {
        switch take(key) {
        case nil: return nil
        case .text(let text): return text
        case .number: throw EventLineError("\"\(key)\" is not a string")
        }
    }

    /// What the text of a field names, nil without the field.
    fileprivate mutating func namedIfAny<Value>(
        _ key: String, _ names: [String: Value]
    ) throws(EventLineError) -> Value? {
        guard let text = try text(key) else { return nil }
        guard let value = names[text] else { throw EventLineError("\"\(key)\" can not be \"\(text)\"") }
        return value
    }

    /// What the text of a field names.
    fileprivate mutating func named<Value>(_ key: String, _ names: [String: Value]) throws(EventLineError) -> Value {
        guard let value = try namedIfAny(key, names) else { throw EventLineError("\"\(key)\" is missing") }
        return value
    }

    /// A token from its bits, 0 without it; the readable text must say the same.
    fileprivate mutating func word(_ key: String, _ bitsKey: String) throws(EventLineError) -> UInt64 {
        let (readable, digits) = (try text(key), try text(bitsKey))
        if readable == nil && digits == nil { return 0 }
        guard let readable, let digits else { throw EventLineError("\"\(key)\" and \"\(bitsKey)\" go together") }
        let hex = digits.dropFirst(2)
        guard digits.hasPrefix("0x"), hex.count == 16, hex.allSatisfy(\.isHexDigit), let bits = UInt64(hex, radix: 16)
        else {
            throw EventLineError("\"\(bitsKey)\" is not 0x and 16 digits")
        }
        var text: [UInt8] = []
        text.append(TokenWord(bits: bits))
        guard readable.utf8.elementsEqual(text) else {
            throw EventLineError("\"\(key)\" and \"\(bitsKey)\" do not fit")
        }
        return bits
    }
}
