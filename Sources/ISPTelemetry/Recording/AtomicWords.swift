// The memory under counters and histograms: 64-bit words that any thread may add to at any time.

import Atomics

/// A run of atomic words in memory that somebody else owns.
///
/// Every access is relaxed: a counter orders nothing but itself.
struct AtomicWords {
    typealias Word = UnsafeAtomic<UInt64>

    /// The first word.
    let start: UnsafeMutablePointer<Word.Storage>

    /// Bytes that two threads should not share: two cache lines, because processors fetch them in pairs.
    static let padding = 128

    /// Takes memory for `count` words, all zero, aligned to ``padding``. Whoever asked gives it back with ``deallocate()``.
    static func allocate(_ count: Int) -> AtomicWords {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Word.Storage>.stride, alignment: padding)
        let start = memory.bindMemory(to: Word.Storage.self, capacity: count)
        for index in 0..<count { (start + index).initialize(to: Word.Storage(0)) }
        return AtomicWords(start: start)
    }

    func deallocate() { UnsafeMutableRawPointer(start).deallocate() }

    /// `count` words rounded up to whole ``padding``.
    static func padded(_ count: Int) -> Int {
        let unit = padding / MemoryLayout<Word.Storage>.stride
        return (count + unit - 1) / unit * unit
    }

    /// The words from `offset` on.
    @inline(__always)
    func advanced(by offset: Int) -> AtomicWords { AtomicWords(start: start + offset) }

    @inline(__always)
    func add(_ index: Int, _ value: UInt64 = 1) {
        Word(at: start + index).wrappingIncrement(by: value, ordering: .relaxed)
    }

    @inline(__always)
    func load(_ index: Int) -> UInt64 { Word(at: start + index).load(ordering: .relaxed) }

    /// Sets a word to `value` when that is more than it holds.
    @inline(__always)
    func raise(_ index: Int, to value: UInt64) {
        let word = Word(at: start + index)
        var known = word.load(ordering: .relaxed)
        while known < value {
            let (isDone, found) = word.weakCompareExchange(expected: known, desired: value, ordering: .relaxed)
            if isDone { return }
            known = found
        }
    }
}

/// A thread's shard among `count`: the number itself where it fits, so that the usual case costs no division.
@inline(__always)
func shardIndex(_ shard: Int, of count: Int) -> Int {
    let number = UInt(bitPattern: shard)
    return number < UInt(count) ? shard : Int(number % UInt(count))
}
