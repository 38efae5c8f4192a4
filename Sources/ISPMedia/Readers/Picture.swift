// A finished picture as a file holds it: samples and their depth, nothing else.

import ISPImaging

/// A picture read from a file: interleaved samples, rows first, no padding.
///
/// The samples are as stored, so of a usual file sRGB-coded; colour profiles are not looked at.
public struct Picture: Hashable, Sendable {
    /// The longest side, in pixels.
    public static let maximumSide = 1 << 17
    /// The largest picture, in pixels: its samples take 1.5 GiB in colour.
    public static let maximumArea = 1 << 28

    /// Columns and rows, 1 to `maximumSide` each.
    public let size: Size
    /// Samples a pixel: 1 is grey, 3 are red, green and blue.
    public let channels: Int
    /// 8 or 16; samples run from 0 to `maximum`.
    public let bitsPerSample: Int
    /// The samples: pixel after pixel, row after row, `size.width * size.height * channels` of them.
    public let samples: [UInt16]

    /// The sample value of full brightness: 255 or 65535.
    public var maximum: Int { (1 << bitsPerSample) - 1 }

    /// Creates a picture.
    /// - Throws: `ISPError(.usage)` where the number of channels, bits or samples is none a picture has, or a sample
    ///   exceeds the depth; `ISPError(.resource)` where it is too large.
    public init(size: Size, channels: Int, bitsPerSample: Int, samples: [UInt16]) throws(ISPError) {
        try Self.check(size)
        guard channels == 1 || channels == 3, bitsPerSample == 8 || bitsPerSample == 16 else {
            throw ISPError(
                .usage, "a picture of \(channels) channels and \(bitsPerSample) bits; use 1 or 3 channels, 8 or 16 bits"
            )
        }
        guard samples.count == size.width * size.height * channels else {
            throw ISPError(
                .usage,
                "\(samples.count) samples; a picture of \(size) with \(channels) channels has "
                    + "\(size.width * size.height * channels)")
        }
        guard bitsPerSample == 16 || samples.allSatisfy({ $0 <= 255 }) else {
            throw ISPError(.usage, "a sample above 255 in a picture of 8 bits")
        }
        self.init(size, channels, bitsPerSample, samples)
    }

    /// For samples that are sound by construction.
    init(_ size: Size, _ channels: Int, _ bitsPerSample: Int, _ samples: [UInt16]) {
        self.size = size
        self.channels = channels
        self.bitsPerSample = bitsPerSample
        self.samples = samples
    }

    /// The sample of a channel at a pixel; a grey picture has the same in every channel.
    /// - Precondition: the pixel is in the picture, and the channel 0 to 2.
    public func sample(x: Int, y: Int, channel: Int) -> Int {
        precondition(x >= 0 && x < size.width && y >= 0 && y < size.height, "pixel outside the picture")
        precondition((0...2).contains(channel), "no such channel")
        return Int(samples[(y * size.width + x) * channels + (channels == 3 ? channel : 0)])
    }

    /// Refuses a size before memory is taken for it.
    /// - Throws: `ISPError(.resource)`, or `.damagedInput` for an empty picture.
    static func check(_ size: Size) throws(ISPError) {
        guard size.width > 0, size.height > 0 else {
            throw ISPError(.damagedInput, "a picture of \(size) pixels has no pixels")
        }
        guard size.width <= maximumSide, size.height <= maximumSide, size.width * size.height <= maximumArea else {
            throw ISPError(
                .resource,
                "a picture of \(size) pixels; at most \(maximumArea >> 20) Mi pixels are read, no side above \(maximumSide)"
            )
        }
    }
}
