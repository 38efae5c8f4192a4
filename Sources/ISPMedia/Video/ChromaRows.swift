// Interleaved chroma taken apart, for file formats that want Cb and Cr in planes of their own.

enum ChromaRows {
    /// Copies every second byte of `row`, beginning with the one at `first` (0: Cb of NV12, 1: Cr), to `destination`.
    /// - Precondition: `row` has twice the bytes of `destination`.
    static func deinterleave(
        _ row: UnsafeMutableRawBufferPointer, first: Int, into destination: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        precondition(row.count == 2 * count && (0...1).contains(first), "chroma rows of different lengths")
        guard let base = row.baseAddress else { return }
        let source = base.assumingMemoryBound(to: UInt8.self) + first
        for i in 0..<count { destination[i] = source[2 &* i] }
    }
}
