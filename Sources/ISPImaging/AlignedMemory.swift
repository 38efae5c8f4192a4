// The owner of a block of memory that views point into.

/// A block of zeroed memory, aligned for vector loads, freed with its owner.
///
/// It hands out views and does not watch over them: threads that share a block write disjoint parts of it.
/// `@unchecked Sendable` is true because the class itself never changes after `init`; what the views write is the
/// business of whoever divides the block (the tile executor gives each pixel to exactly one tile).
public final class AlignedMemory: @unchecked Sendable {
    /// The alignment of the first byte: two cache lines, which also serves every vector width.
    public static let alignment = 128

    /// The whole block.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Allocates `byteCount` zeroed bytes.
    /// - Precondition: `byteCount >= 0`.
    public init(byteCount: Int) {
        bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
        _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }
}
