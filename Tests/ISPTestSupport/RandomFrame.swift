// Raw frames for property tests.

import ISPImaging

/// A frame of random samples, some of them above the bit depth.
public func randomFrame(
    _ cfa: CFAPattern?, width: Int, height: Int, bits: Int = 12, seed: UInt64
) throws -> RawFrame {
    var random = SeededGenerator(seed: seed)
    let format = PixelFormat.raw(cfa, bitsPerSample: bits, packing: .words)!
    let words = (0..<(width * height)).map { _ in
        UInt16.random(in: 0...UInt16(min(format.maximum + 7, 0xffff)), using: &random)
    }
    return try RawFrame(
        words: words, format: format, size: Size(width: width, height: height),
        metadata: FrameMetadata(blackLevel: Float(1 << (bits - 6)), whiteLevel: Float(format.maximum)))
}
