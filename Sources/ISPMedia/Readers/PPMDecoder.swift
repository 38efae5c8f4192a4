// netpbm's binary formats: a few words of text, then the samples.

import ISPImaging

/// Decodes PPM (P6) and PGM (P5) of any maximum. Depths between are stretched to 8 or 16 bits.
enum PPMDecoder {
    /// Whether the bytes begin as such a file does.
    static func claims(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: "P5".utf8) || bytes.starts(with: "P6".utf8)
    }

    /// - Throws: `ISPError(.damagedInput)`, or `.resource` for a picture that is too large.
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ISPError) -> Picture {
        let channels = bytes[1] == UInt8(ascii: "6") ? 3 : 1
        var header = Header(bytes: bytes)
        let width = try header.number("width", in: 1...(1 << 30))
        let height = try header.number("height", in: 1...(1 << 30))
        let maximum = try header.number("maximum", in: 1...65_535)
        let start = try header.end()
        let size = Size(width: width, height: height)
        try Picture.check(size)

        let bytesPerSample = maximum > 255 ? 2 : 1
        let count = width * height * channels
        guard bytes.count - start >= count * bytesPerSample else {
            throw ISPError(
                .damagedInput,
                "\(bytes.count - start) bytes of samples, but \(size) pixels need \(count * bytesPerSample); the file is truncated"
            )
        }
        let full = bytesPerSample == 2 ? 65_535 : 255
        var above = false
        let samples = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
            for i in 0..<count {
                let from = start + i * bytesPerSample
                let value = bytesPerSample == 2 ? Int(bytes[from]) << 8 | Int(bytes[from + 1]) : Int(bytes[from])
                if value > maximum { above = true }
                buffer[i] = UInt16((2 * min(value, maximum) * full + maximum) / (2 * maximum))
            }
            filled = count
        }
        guard !above else {
            throw ISPError(.damagedInput, "a sample above the maximum of \(maximum) that the header states")
        }
        return Picture(size, channels, bytesPerSample * 8, samples)
    }

    /// The text in front of the samples: numbers between blanks, comments from `#` to the end of the line.
    private struct Header {
        let bytes: UnsafeRawBufferPointer
        private var position = 2

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        mutating func number(_ name: String, in range: ClosedRange<Int>) throws(ISPError) -> Int {
            let first = position
            skipBlanks()
            guard position > first else { throw wrong(name, range) }
            let digits = bytes[position...].prefix(11).prefix { (0x30...0x39).contains($0) }
            position += digits.count
            guard (1...10).contains(digits.count) else { throw wrong(name, range) }
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard range.contains(value) else { throw wrong(name, range) }
            return value
        }

        /// One blank ends the header; the next byte is a sample whatever it looks like.
        mutating func end() throws(ISPError) -> Int {
            guard position < bytes.count, Self.isBlank(bytes[position]) else {
                throw ISPError(.damagedInput, "the header of the PPM file does not end; it is damaged or truncated")
            }
            return position + 1
        }

        private mutating func skipBlanks() {
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    while position < bytes.count, bytes[position] != 0x0a { position += 1 }
                } else if Self.isBlank(bytes[position]) {
                    position += 1
                } else {
                    return
                }
            }
        }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

        private func wrong(_ name: String, _ range: ClosedRange<Int>) -> ISPError {
            ISPError(
                .damagedInput,
                "the header of the PPM file has no \(name) from \(range.lowerBound) to \(range.upperBound); it is damaged"
            )
        }
    }
}
