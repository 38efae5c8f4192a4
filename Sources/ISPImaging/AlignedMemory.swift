// The owner of a block of memory that views point into.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A block of zeroed memory, aligned for vector loads, freed with its owner.
///
/// It hands out views and does not watch over them: threads that share a block write disjoint parts of it.
/// `@unchecked Sendable` is true because the class itself never changes after `init`; what the views write is the
/// business of whoever divides the block (the tile executor gives each pixel to exactly one tile).
public final class AlignedMemory: @unchecked Sendable {
    /// The alignment of the first byte: two cache lines, which also serves every vector width.
    public static let alignment = 128

    /// The whole block. It goes with this object: a view of a temporary owner is a view of nothing.
    public let bytes: UnsafeMutableRawBufferPointer
    private let allocation: UnsafeMutableRawPointer

    /// Allocates `byteCount` zeroed bytes. A large block costs nothing until its pages are first written, which then
    /// happens on the threads that write them.
    /// - Precondition: `byteCount >= 0`, and the system has the memory.
    public init(byteCount: Int) {
        precondition(byteCount >= 0, "a negative amount of memory")
        let isLarge = byteCount >= Self.large
        let alignment = isLarge ? Self.hugePage : Self.alignment
        guard let allocation = calloc(1, byteCount + alignment) else {
            preconditionFailure("the system has no \(byteCount) bytes of memory")
        }
        self.allocation = allocation
        let start = allocation.alignedUp(toMultipleOf: alignment)
        bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
        #if os(Linux)
            // A wish: whoever goes through a picture row by row looks up a page for every row otherwise.
            if isLarge { _ = madvise(start, byteCount, MADV_HUGEPAGE) }
        #endif
    }

    /// From this size on memory is asked for in huge pages, where the system has them.
    private static let large = 2 << 20
    private static let hugePage = 2 << 20

    deinit { free(allocation) }
}
