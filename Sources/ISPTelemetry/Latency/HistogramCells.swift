// One shard of a histogram: the words that recording threads add to.

/// A histogram in a shard's memory: sum, maximum, then one counter a bucket.
struct HistogramCells {
    /// Words it takes, padded so that its neighbours stay out of its cache lines.
    static let words = AtomicWords.padded(2 + LogLinearBuckets.count)

    private let cells: AtomicWords

    @inline(__always)
    init(_ cells: AtomicWords) { self.cells = cells }

    /// Adds one value. O(1).
    @inline(__always)
    func record(_ nanoseconds: UInt64) {
        cells.raise(1, to: nanoseconds)
        cells.add(0, nanoseconds)
        cells.add(2 &+ LogLinearBuckets.index(of: nanoseconds))
    }

    var sum: UInt64 { cells.load(0) }
    var maximum: UInt64 { cells.load(1) }
    func count(_ bucket: Int) -> UInt64 { cells.load(2 + bucket) }
}
