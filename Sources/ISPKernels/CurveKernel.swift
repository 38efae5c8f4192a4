// Any curve on rows of 16-bit values: 32 straight pieces, looked up by byte shuffle instead of through memory.

import CVector

/// A rising function of 16-bit values as 32 straight pieces that are dense where the function bends most.
///
/// A value is first bent itself, `z = c0 u + c1 min(u, a) + c2 min(u, b)`, `u` counting from `bottom`: three slopes, steep at
/// the bottom. The upper five bits of `z` choose a piece, the lower eleven are the place in it. The five numbers are
/// chosen by trying; the error of the result is known (`error`).
public final class CurveKernel: Sendable {
    /// The largest distance from the function times weight, rounding included.
    public let error: Double
    private let bottom: Int16
    private let bend: Bend
    /// Of the pieces: rises in eighths, the low and the high bytes of offsets.
    private let rise, offsetLow, offsetHigh: ByteTable

    private static let pieces = 32
    private static let pieceBits = 11

    /// Fits a function.
    /// - Parameters:
    ///   - range: the values that matter; those beyond have the result of its ends.
    ///   - weight: how much an error counts at a value; the largest error times weight is made small.
    ///   - function: the result for a value, -32768 to 32767; it must not fall.
    public init(_ range: ClosedRange<Int>, weight: (Int) -> Double = { _ in 1 }, _ function: (Int) -> Double) {
        bottom = Int16(range.lowerBound)
        let span = range.upperBound - range.lowerBound
        let samples = (0...span).map { function(range.lowerBound + $0) }
        let weights = (0...span).map { weight(range.lowerBound + $0) }
        var best: (error: Double, bend: Bend, pieces: [Piece])?
        for bend in Bend.candidates(span) {
            let (error, pieces) = Self.fit(samples, weights, bend, giveUpAt: best?.error ?? .infinity)
            if best == nil || error < best!.error { best = (error, bend, pieces) }
        }
        guard let best else { preconditionFailure("no curve fits") }
        error = Self.error(of: best.pieces, samples, weights, best.bend)
        bend = best.bend
        rise = ByteTable { UInt8(best.pieces[$0].rise) }
        offsetLow = ByteTable { UInt8(truncatingIfNeeded: best.pieces[$0].offset) }
        offsetHigh = ByteTable { UInt8(truncatingIfNeeded: best.pieces[$0].offset >> 8) }
    }

    /// Replaces the values of a row.
    public func apply(_ row: SignalRow, count: Int) {
        apply(row.even, count)
        apply(row.odd, count)
    }

    /// Replaces values.
    /// - Parameter count: a multiple of `KernelLimits.group`.
    public func apply(_ values: UnsafeMutablePointer<Int16>, _ count: Int) {
        var k = 0
        while k < count {
            let (first, second) = look(values.lanes(k), values.lanes(k &+ 16))
            values.store(first, k)
            values.store(second, k &+ 16)
            k &+= 32
        }
    }

    /// The results of 32 values.
    @inline(__always)
    func look(_ first: Signals, _ second: Signals) -> (Signals, Signals) {
        let (z0, z1) = (place(first), place(second))
        let index = cv_pack_s16(
            unsafeBitCast(z0 &>> UInt16(Self.pieceBits), to: Signals.self),
            unsafeBitCast(z1 &>> UInt16(Self.pieceBits), to: Signals.self))
        let isUpper = cv_bit4_u8(index)
        let rise = rise.look(index, isUpper: isUpper)
        let low = offsetLow.look(index, isUpper: isUpper), high = offsetHigh.look(index, isUpper: isUpper)
        let none = SIMD32<UInt8>(repeating: 0)
        let mask = Words(repeating: UInt16(1 << Self.pieceBits - 1))
        // 11 bits of place times 8 bits of rise in eighths, the rise in the high byte: the product's upper half counts ones.
        let rise0 = cv_mulhi_u16(z0 & mask, unsafeBitCast(cv_widen_low(none, rise), to: Words.self))
        let rise1 = cv_mulhi_u16(z1 & mask, unsafeBitCast(cv_widen_high(none, rise), to: Words.self))
        return (
            cv_widen_low(low, high) &+ unsafeBitCast(rise0, to: Signals.self),
            cv_widen_high(low, high) &+ unsafeBitCast(rise1, to: Signals.self)
        )
    }

    @inline(__always)
    private func place(_ value: Signals) -> Words {
        let low = Signals(repeating: bottom)
        let u = cv_min_u16(
            unsafeBitCast(cv_max_s16(value, low) &- low, to: Words.self), Words(repeating: bend.most))
        let c0 = Words(repeating: bend.c0), c1 = Words(repeating: bend.c1), c2 = Words(repeating: bend.c2)
        let a = Words(repeating: bend.a), b = Words(repeating: bend.b)
        let wide = u &* Words(repeating: bend.scale)
        return cv_mulhi_u16(wide, c0) &+ cv_min_u16(u, a) &* c1 &+ cv_min_u16(u, b) &* c2
    }

    // MARK: The fit

    /// How values are bent before they are looked up.
    private struct Bend: Sendable {
        /// The largest value, and the power of two that brings it to the upper half of 16 bits.
        let most, scale: UInt16
        let a, b, c0, c1, c2: UInt16

        func callAsFunction(_ u: Int) -> Int {
            (u * Int(scale) * Int(c0)) >> 16 + min(u, Int(a)) * Int(c1) + min(u, Int(b)) * Int(c2)
        }

        /// Bends that use all pieces for values of 0 to `span`: pieces for the steep parts, and where those end.
        static func candidates(_ span: Int) -> [Bend] {
            var result = [Bend(span, a: 0, b: 0, c1: 0, c2: 0)].compactMap(\.self)
            for shiftA in 1...5 {
                for piecesA in [4, 6, 8, 10, 12, 14] {
                    let a = span >> shiftA
                    guard a > 0 else { continue }
                    for shiftB in [0, 2, 3, 4, 5] {
                        for piecesB in shiftB == 0 ? [0] : [2, 4, 6, 8, 10, 12] where piecesA + piecesB < 30 {
                            let b = shiftB == 0 ? 0 : a >> shiftB
                            guard shiftB == 0 || b > 0 else { continue }
                            if let bend = Bend(span, a: a, b: b, piecesA, piecesB) { result.append(bend) }
                        }
                    }
                }
            }
            return result
        }

        /// A bend with about so many pieces from `b` to `a` and up to `b`; `nil` where a slope is too small to be a whole
        /// number.
        private init?(_ span: Int, a: Int, b: Int, _ piecesA: Int, _ piecesB: Int) {
            let unit = Double(1 << pieceBits)
            let slope = Double(CurveKernel.pieces - piecesA - piecesB) * unit / Double(span - a)
            let slopeA = Double(piecesA) * unit / Double(a - b)
            let slopeB = b > 0 ? Double(piecesB) * unit / Double(b) : slopeA
            let c1 = Int((slopeA - slope).rounded())
            let c2 = Int((slopeB - slopeA).rounded())
            guard c1 > 0, c2 >= 0, c1 < 65536, c2 < 65536 else { return nil }
            self.init(span, a: a, b: b, c1: c1, c2: c2)
        }

        /// The bend with given steps of slope; the last slope is what brings `span` to the last piece.
        private init?(_ span: Int, a: Int, b: Int, c1: Int, c2: Int) {
            let left = 65535 - a * c1 - b * c2
            guard left > 0, span > 0 else { return nil }
            var scale = 1
            while span * scale * 2 < 65536 { scale *= 2 }
            let c0 = min(left * 65536 / (span * scale), 65535)
            guard c0 > 0 else { return nil }
            (most, self.scale) = (UInt16(span), UInt16(scale))
            (self.a, self.b, self.c0) = (UInt16(a), UInt16(b), UInt16(c0))
            (self.c1, self.c2) = (UInt16(c1), UInt16(c2))
        }
    }

    private struct Piece {
        var offset = 0
        /// By how much the result rises over the piece, in steps of 8.
        var rise = 0
    }

    /// The error of pieces at every value: the fit looks at some values of each piece only, which is enough to choose.
    private static func error(
        of pieces: [Piece], _ samples: [Double], _ weights: [Double], _ bend: Bend
    ) -> Double {
        samples.indices.reduce(0) { worst, u in
            let z = bend(u)
            let piece = pieces[z >> pieceBits]
            let result = piece.offset + ((z & (1 << pieceBits - 1)) * piece.rise) >> 8
            return max(worst, abs(Double(result) - samples[u]) * weights[u])
        }
    }

    /// Pieces for a bend and their error, or an error beyond the limit.
    private static func fit(
        _ samples: [Double], _ weights: [Double], _ bend: Bend, giveUpAt limit: Double
    ) -> (Double, [Piece]) {
        var fitted = Array(repeating: Piece(), count: pieces)
        var error = 0.0
        var start = 0
        while start < samples.count {
            let index = min(bend(start) >> pieceBits, pieces - 1)
            // The last value of the piece.
            var (end, beyond) = (start, samples.count)
            while beyond - end > 1 {
                let middle = (end + beyond) / 2
                if bend(middle) >> pieceBits > index { beyond = middle } else { end = middle }
            }
            let mask = 1 << pieceBits - 1
            let (x0, x1) = (Double(bend(start) & mask), Double(bend(end) & mask))
            let chord = end > start ? (samples[end] - samples[start]) / max(x1 - x0, 1) : 0
            // A steeper piece is as steep as can be; the error says so.
            let steps = min(max((chord * Double(1 << pieceBits) / 8).rounded(), 0), 255)
            let rise = steps * 8 / Double(1 << pieceBits)
            // The chord, moved so that it errs as much to either side.
            var (low, high, heaviest) = (0.0, 0.0, 0.0)
            for u in stride(from: start, through: end, by: max(1, (end - start) / 24)) {
                let difference = samples[u] - samples[start] - rise * (Double(bend(u) & mask) - x0)
                low = min(low, difference)
                high = max(high, difference)
                heaviest = max(heaviest, weights[u])
            }
            let offset = samples[start] - rise * x0 + (low + high) / 2
            fitted[index] = Piece(
                offset: Int(min(max(offset.rounded(), -32768), 32767)), rise: Int(steps))
            error = max(error, (high - low) / 2 * heaviest)
            if error > limit { return (error, []) }
            start = end + 1
        }
        return (error, fitted)
    }
}
