// How much of the second cache rows may take.

#if canImport(Glibc)
    import Glibc
#endif

/// The second cache of a core.
enum SecondCache {
    /// Bytes for the rows of a strip: three quarters of the cache, the rest being for the frame and the picture that pass by.
    /// Where the system doesn't say how large the cache is, of the 512 KiB that few processors have less than.
    static let room = size / 4 * 3

    private static var size: Int {
        #if canImport(Glibc)
            let size = sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))
            if size > 0 { return size }
        #endif
        return 512 * 1024
    }
}
