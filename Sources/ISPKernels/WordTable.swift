// A table of sixteen words that is looked up by byte shuffle instead of through memory.

import CVector

/// Sixteen words, of which two vectors are looked up at a time.
struct WordTable: Sendable {
    /// The low and the high bytes, in every block of sixteen.
    private let low, high: Bytes
    /// The words, as often as they go.
    private let words: Words

    /// Fills the table.
    init(_ word: (Int) -> Int) {
        var (low, high) = (Bytes(), Bytes())
        for i in 0..<Bytes.scalarCount {
            low[i] = UInt8(truncatingIfNeeded: word(i & 15))
            high[i] = UInt8(truncatingIfNeeded: word(i & 15) >> 8)
        }
        (self.low, self.high) = (low, high)
        var words = Words()
        for i in 0..<Words.scalarCount { words[i] = UInt16(truncatingIfNeeded: word(i & 15)) }
        self.words = words
    }

    /// Which words are looked up for a vector and for another one.
    struct Index {
        fileprivate let first, second: Words
        fileprivate let bytes: Bytes

        /// - Precondition: all lanes are below 16.
        @inline(__always)
        init(_ first: Words, _ second: Words) {
            (self.first, self.second) = (first, second)
            bytes = cv_pack_s16(unsafeBitCast(first, to: Signals.self), unsafeBitCast(second, to: Signals.self))
        }
    }

    /// The words at the indices.
    @inline(__always)
    func look(_ index: Index) -> (Words, Words) { look(index, low) }

    /// The words at the indices, of a table whose low bytes are all 0.
    @inline(__always)
    func lookHigh(_ index: Index) -> (Words, Words) { look(index, Bytes(repeating: 0)) }

    @inline(__always)
    private func look(_ index: Index, _ low: Bytes) -> (Words, Words) {
        (
            cv_look_first(low, high, words, index.bytes, index.first),
            cv_look_second(low, high, words, index.bytes, index.second)
        )
    }
}
