// Any picture as a scene.

import ISPImaging

extension Scene {
    /// A scene made of an ordinary picture: its sRGB codes become linear light, full code = 1.
    /// - Parameters:
    ///   - size: columns and rows of the picture.
    ///   - channels: 1 (grey) or 3 (red, green, blue, interleaved).
    ///   - bitsPerSample: 8 or 16.
    ///   - samples: row after row without padding, `width * height * channels` of them, in 0 to 255 or 65535.
    /// - Throws: `ISPError(.usage)` where these do not go together or the size makes no sense.
    public static func picture(
        size: Size, channels: Int, bitsPerSample: Int, samples: [UInt16]
    ) throws(ISPError) -> Scene {
        try check(size)
        guard channels == 1 || channels == 3, bitsPerSample == 8 || bitsPerSample == 16 else {
            throw ISPError(
                .usage,
                "a picture of \(channels) channels and \(bitsPerSample) bits; use 1 or 3 channels, 8 or 16 bits")
        }
        let area = size.width * size.height
        guard samples.count == area * channels else {
            throw ISPError(
                .usage,
                "\(samples.count) samples; a picture of \(size) with \(channels) channels has \(area * channels)")
        }
        let maximum = (1 << bitsPerSample) - 1
        guard bitsPerSample == 16 || samples.allSatisfy({ $0 <= 255 }) else {
            throw ISPError(.usage, "a sample above 255 in a picture of 8 bits")
        }
        let linear = (0...maximum).map { Float(decoded(Double($0) / Double(maximum))) }
        let planes = (0..<channels).map { c in (0..<area).map { linear[Int(samples[$0 * channels + c])] } }
        return Scene(size, planes[0], planes[channels / 2], planes[channels - 1], SceneLayout())
    }

    /// The light of an sRGB code in 0 ... 1 (IEC 61966-2-1), the same to the bit on every machine.
    private static func decoded(_ code: Double) -> Double {
        code <= 0.04045 ? code / 12.92 : PortableMath.exp(2.4 * PortableMath.ln((code + 0.055) / 1.055))
    }
}
