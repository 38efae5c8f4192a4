// A function of luma as a table, looked up by byte shuffle.

import CVector

/// A function of `Display16` codes as sixteen straight pieces; it may rise and fall.
///
/// The lowest quarter has eight of them, since noise changes most there: codes `v` are looked up at `v + 3 min(v, knee)`.
public struct LumaTableKernel: Sendable {
    private let start, rise: WordTable

    private static let pieces = 16
    private static let knee = 4096
    private static let placeBits = 11

    /// Tabulates a function at both ends of each piece; values are limited to 0 to 32767.
    public init(_ function: (Int) -> Int) {
        let values = (0...Self.pieces).map { piece in
            let z = piece << Self.placeBits
            return min(max(function(z <= 4 * Self.knee ? z / 4 : z - 3 * Self.knee), 0), 32767)
        }
        start = WordTable { values[$0] }
        rise = WordTable { values[$0 + 1] - values[$0] }
    }

    /// The values at the codes of two vectors; codes below 0 and above white have those of the ends.
    @inline(__always)
    func look(_ first: Signals, _ second: Signals) -> (Words, Words) {
        let (z0, z1) = (place(first), place(second))
        let shift = UInt16(Self.placeBits)
        let index = WordTable.Index(z0 &>> shift, z1 &>> shift)
        let (start, rise) = (start.look(index), rise.look(index))
        return (value(z0, start.0, rise.0), value(z1, start.1, rise.1))
    }

    @inline(__always)
    private func place(_ code: Signals) -> Words {
        let white = Signals(repeating: Int16(Display16.white)), none = Signals(repeating: 0)
        let v = unsafeBitCast(cv_min_s16(cv_max_s16(code, none), white), to: Words.self)
        return v &+ cv_min_u16(v, Words(repeating: UInt16(Self.knee))) &* Words(repeating: 3)
    }

    @inline(__always)
    private func value(_ z: Words, _ start: Words, _ rise: Words) -> Words {
        let place = (z & Words(repeating: UInt16(1 << Self.placeBits - 1))) &<< UInt16(15 - Self.placeBits)
        let product = cv_mulround_s16(
            unsafeBitCast(place, to: Signals.self), unsafeBitCast(rise, to: Signals.self))
        return start &+ unsafeBitCast(product, to: Words.self)
    }
}
