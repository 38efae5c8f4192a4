// Binary PGM and PPM (P5, P6), by the definition of the Netpbm project.

import ISPImaging

enum NetpbmPicture {
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ISPError) -> ImageBuffer {
        var position = 2
        let width = try number(bytes, &position)
        let height = try number(bytes, &position)
        let maximum = try number(bytes, &position)
        guard (1...65_535).contains(maximum) else {
            throw ISPError(.damagedInput, "a PPM picture with a maximum of \(maximum)")
        }
        // One white space ends the header.
        position += 1
        let isColor = bytes[1] == 0x36
        let isWide = maximum > 255
        let format: PixelFormat = isColor ? (isWide ? .rgb48 : .rgb888) : (isWide ? .grey16 : .grey8)
        let size = isWide ? 2 : 1
        // Before memory is spent on it.
        let wanted = width.multipliedReportingOverflow(by: height)
        let samples = wanted.partialValue.multipliedReportingOverflow(by: (isColor ? 3 : 1) * size)
        guard !wanted.overflow, !samples.overflow, bytes.count - position >= samples.partialValue else {
            throw ISPError(.damagedInput, "the picture ends early; it is truncated")
        }
        let image = try PictureReaders.allocate(format, width: width, height: height)
        let full = isWide ? 65_535 : 255
        let count = samples.partialValue / size
        for i in 0..<count {
            if isWide {
                let value = Int(bytes[position + 2 * i]) << 8 | Int(bytes[position + 2 * i + 1])
                let code = UInt16((min(value, maximum) * full + maximum / 2) / maximum)
                image.bytes.storeBytes(of: code.littleEndian, toByteOffset: 2 * i, as: UInt16.self)
            } else {
                image.bytes[i] = UInt8((min(Int(bytes[position + i]), maximum) * full + maximum / 2) / maximum)
            }
        }
        return image
    }

    /// The next number of the header, after white space and comments.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(ISPError) -> Int {
        let damaged = ISPError(.damagedInput, "the header of the PPM picture makes no sense")
        var isComment = false
        while position < bytes.count {
            let byte = bytes[position]
            if isComment {
                isComment = byte != 10
            } else if byte == 0x23 {
                isComment = true
            } else if ![9, 10, 11, 12, 13, 32].contains(byte) {
                break
            }
            position += 1
        }
        var value = 0
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            value = value * 10 + Int(bytes[position] - 0x30)
            guard value < 1 << 30 else { throw damaged }
            position += 1
        }
        guard position > start else { throw damaged }
        return value
    }
}
