// A function of luma as a table, looked up by byte shuffle.

import CVector

/// A function of `Display16` codes as sixteen straight pieces of equal width; it may rise and fall.
public final class LumaTableKernel: Sendable {
    private let start, rise: WordTable

    /// The codes of a piece.
    public static let width = 1024
    private static let pieces = 16

    /// Tabulates a function at both ends of each piece; values are limited to 0 to 32767.
    public init(_ function: (Int) -> Int) {
        let values = (0...Self.pieces).map { min(max(function($0 * Self.width), 0), 32767) }
        start = WordTable { values[$0] }
        rise = WordTable { values[$0 + 1] - values[$0] }
    }

    /// The values at 32 codes; codes below 0 and above white have those of the ends.
    @inline(__always)
    func look(_ first: Signals, _ second: Signals) -> (Words, Words) {
        let white = Signals(repeating: Int16(Display16.white)), none = Signals(repeating: 0)
        let (v0, v1) = (cv_min_s16(cv_max_s16(first, none), white), cv_min_s16(cv_max_s16(second, none), white))
        let index = WordTable.Index(
            unsafeBitCast(v0 &>> 10, to: Words.self), unsafeBitCast(v1 &>> 10, to: Words.self))
        let (start, rise) = (start.look(index), rise.look(index))
        return (value(v0, start.0, rise.0), value(v1, start.1, rise.1))
    }

    @inline(__always)
    private func value(_ code: Signals, _ start: Words, _ rise: Words) -> Words {
        let place = (code & Signals(repeating: Int16(Self.width - 1))) &<< 5
        return start &+ unsafeBitCast(cv_mulround_s16(place, unsafeBitCast(rise, to: Signals.self)), to: Words.self)
    }
}
