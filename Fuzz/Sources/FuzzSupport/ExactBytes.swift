// Memory that ends where it should, so that AddressSanitizer sees whoever goes further.

/// Bytes in memory of exactly their size.
public final class ExactBytes {
    private let memory: UnsafeMutableRawBufferPointer
    /// The bytes; they go with this object.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Allocates bytes.
    /// - Parameter start: where they start, counted from a multiple of 64. What is before them AddressSanitizer does not
    ///   watch.
    public init(count: Int, start: Int = 0) {
        memory = .allocate(byteCount: start + count, alignment: 64)
        bytes = UnsafeMutableRawBufferPointer(rebasing: memory[start...])
    }

    deinit { memory.deallocate() }
}
