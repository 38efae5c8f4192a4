// What a pixel takes.

import Benchmark

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processor time that a frame's work takes for a pixel.
///
/// In picoseconds, since package-benchmark prints whole numbers. Its own processor time comes in steps of 10 ms, longer than
/// a frame; the clock on the wall counts what other programs do in between.
enum PixelTime {
    static let processor = BenchmarkMetric.custom("Processor (ps / pixel)", useScalingFactor: false)

    /// Does the work and times it by the clock of the thread.
    static func picoseconds(_ work: () -> Void) -> Int {
        let start = nanoseconds()
        work()
        return (nanoseconds() - start) * 1000 / (Rows.size.width * Rows.size.height)
    }

    private static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
