// The bytes of a line. Made by hand: a log must keep up with the runtime, and interpolated strings take several times as long.

import ISPRuntime

/// Fields of an object whose brace is open. Nothing that is written here needs an escape.
extension [UInt8] {
    mutating func field(_ key: String, _ number: UInt64) {
        open(key)
        decimal(number)
    }

    mutating func field(_ key: String, _ text: String) {
        open(key)
        quote { $0.append(contentsOf: text.utf8) }
    }

    /// A slot: `raw3`.
    mutating func field(_ key: String, _ pool: Pool, _ slot: Int16) {
        open(key)
        quote {
            $0.append(contentsOf: pool.name.utf8)
            if slot < 0 { $0.append(UInt8(ascii: "-")) }
            $0.decimal(UInt64(slot.magnitude))
        }
    }

    /// A token twice: to read, and to the bit.
    mutating func field(_ key: String, _ bitsKey: String, _ word: TokenWord) {
        open(key)
        quote { $0.append(word) }
        open(bitsKey)
        quote { $0.hexadecimal(word.bits) }
    }

    /// A token as its description has it, also where it holds what no transition can make.
    mutating func append(_ word: TokenWord) {
        guard let state = SlotState(rawValue: UInt8(word.bits & 0xf)) else {
            append(contentsOf: "no state ".utf8)
            return decimal(word.bits & 0xf)
        }
        append(contentsOf: state.name.utf8)
        append(contentsOf: " hw=".utf8)
        append(contentsOf: word.hardware.name.utf8)
        append(UInt8(ascii: "/"))
        decimal(UInt64(word.hardwareSequence))
        append(contentsOf: " holder=".utf8)
        append(contentsOf: word.holder.name.utf8)
        append(contentsOf: " attempt=".utf8)
        decimal(UInt64(word.attempt))
        append(contentsOf: " leases=".utf8)
        decimal(UInt64(word.leases))
        append(contentsOf: " epoch=".utf8)
        decimal(UInt64(word.epoch))
    }

    private mutating func open(_ key: String) {
        if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
        quote { $0.append(contentsOf: key.utf8) }
        append(UInt8(ascii: ":"))
    }

    private mutating func quote(_ body: (inout [UInt8]) -> Void) {
        append(UInt8(ascii: "\""))
        body(&self)
        append(UInt8(ascii: "\""))
    }

    private mutating func decimal(_ number: UInt64) {
        // From the front: turning a slice of the array round would copy it, on the heap, for every number of every line.
        var unit: UInt64 = 1
        while number / unit >= 10 { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
    }

    private mutating func hexadecimal(_ number: UInt64) {
        append(contentsOf: "0x".utf8)
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(number >> shift & 15)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
