// Any curve on rows of 16-bit values: 32 straight pieces, looked up by byte shuffle instead of through memory.

import CVector

/// A rising function of 16-bit values as 32 straight pieces that are dense where the function bends most.
///
/// A value is first bent itself, `z = c0 u + c1 min(u, a) + c2 min(u, b)`, `u` counting from `bottom`: three slopes, steep at
/// the bottom. The upper five bits of `z` choose a piece, the lower eleven are the place in it. The five numbers are
/// chosen by trying; the error of the result is known (`error`).
public struct CurveKernel: Sendable {
    /// The largest distance from the function times weight, but for rounding.
    public let error: Double
    private let bottom, top: Int16
    private let bend: Bend
    /// Bytes of rises and offsets: low and high ones of pieces 0 to 15, then of 16 to 31.
    private let riseLow, riseHigh, offsetLow, offsetHigh: (SIMD32<UInt8>, SIMD32<UInt8>)

    private static let pieces = 32
    private static let pieceBits = 11

    /// Fits a function.
    /// - Parameters:
    ///   - range: the values that matter; those beyond have the result of its ends.
    ///   - weight: how much an error counts at a value; the largest error times weight is made small.
    ///   - function: the result for a value, -32768 to 32767; it must not fall.
    public init(_ range: ClosedRange<Int>, weight: (Int) -> Double = { _ in 1 }, _ function: (Int) -> Double) {
        bottom = Int16(range.lowerBound)
        top = Int16(range.upperBound)
        let span = range.upperBound - range.lowerBound
        let samples = (0...span).map { function(range.lowerBound + $0) }
        let weights = (0...span).map { weight(range.lowerBound + $0) }
        var best: (error: Double, bend: Bend, pieces: [Piece])?
        for bend in Bend.candidates(span) {
            let (error, pieces) = Self.fit(samples, weights, bend, giveUpAt: best?.error ?? .infinity)
            if error < best?.error ?? .infinity { best = (error, bend, pieces) }
        }
        guard let best else { preconditionFailure("no curve fits") }
        error = best.error
        bend = best.bend
        func table(_ byte: (Piece) -> UInt8) -> (SIMD32<UInt8>, SIMD32<UInt8>) {
            var (first, second) = (SIMD32<UInt8>(), SIMD32<UInt8>())
            for i in 0..<16 {
                first[i] = byte(best.pieces[i])
                second[i] = byte(best.pieces[16 + i])
                (first[16 + i], second[16 + i]) = (first[i], second[i])
            }
            return (first, second)
        }
        riseLow = table { UInt8(truncatingIfNeeded: $0.rise) }
        riseHigh = table { UInt8(truncatingIfNeeded: $0.rise >> 8) }
        offsetLow = table { UInt8(truncatingIfNeeded: $0.offset) }
        offsetHigh = table { UInt8(truncatingIfNeeded: $0.offset >> 8) }
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
        // A look-up gives 0 where the index has its high bit set, so each half of the table answers for its own pieces.
        let (lower, upper) = (cv_add_u8(index, 0x70), cv_subtract_u8(index, 16))
        @inline(__always)
        func look(_ table: (SIMD32<UInt8>, SIMD32<UInt8>)) -> SIMD32<UInt8> {
            cv_or_u8(cv_lookup_u8(table.0, lower), cv_lookup_u8(table.1, upper))
        }
        let (sl, sh, ol, oh) = (look(riseLow), look(riseHigh), look(offsetLow), look(offsetHigh))
        let place0 = z0 &<< UInt16(16 - Self.pieceBits), place1 = z1 &<< UInt16(16 - Self.pieceBits)
        let rise0 = cv_mulhi_u16(place0, unsafeBitCast(cv_widen_low(sl, sh), to: Words.self))
        let rise1 = cv_mulhi_u16(place1, unsafeBitCast(cv_widen_high(sl, sh), to: Words.self))
        return (
            cv_widen_low(ol, oh) &+ unsafeBitCast(rise0, to: Signals.self),
            cv_widen_high(ol, oh) &+ unsafeBitCast(rise1, to: Signals.self)
        )
    }

    @inline(__always)
    private func place(_ value: Signals) -> Words {
        let low = Signals(repeating: bottom)
        let inside = cv_min_s16(cv_max_s16(value, low), Signals(repeating: top))
        let u = unsafeBitCast(inside &- low, to: Words.self)
        let c0 = Words(repeating: bend.c0), c1 = Words(repeating: bend.c1), c2 = Words(repeating: bend.c2)
        let a = Words(repeating: bend.a), b = Words(repeating: bend.b)
        return cv_mulhi_u16(u, c0) &+ cv_min_u16(u, a) &* c1 &+ cv_min_u16(u, b) &* c2
    }

    // MARK: The fit

    /// How values are bent before they are looked up.
    private struct Bend: Sendable {
        var a, b, c0, c1, c2: UInt16

        func callAsFunction(_ u: Int) -> Int {
            (u * Int(c0)) >> 16 + min(u, Int(a)) * Int(c1) + min(u, Int(b)) * Int(c2)
        }

        /// Bends that use all pieces for values of 0 to `span`: pieces for the steep parts, and where those end.
        static func candidates(_ span: Int) -> [Bend] {
            var result = [Bend(a: 0, b: 0, c0: UInt16(min(65535, (65535 << 16) / max(span, 1))), c1: 0, c2: 0)]
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
            // What the whole numbers leave.
            let left = 65535 - a * c1 - b * c2
            guard left > 0 else { return nil }
            let c0 = left * 65536 / span
            guard c0 > 0 else { return nil }
            self.init(a: UInt16(a), b: UInt16(b), c0: UInt16(min(c0, 65535)), c1: UInt16(c1), c2: UInt16(c2))
        }

        init(a: UInt16, b: UInt16, c0: UInt16, c1: UInt16, c2: UInt16) {
            (self.a, self.b, self.c0, self.c1, self.c2) = (a, b, c0, c1, c2)
        }
    }

    private struct Piece {
        var offset = 0
        /// By how much the result rises over the piece.
        var rise = 0
    }

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
            let rise = end > start ? (samples[end] - samples[start]) / max(x1 - x0, 1) : 0
            // The chord, moved so that it errs as much to either side.
            var (low, high, heaviest) = (0.0, 0.0, 0.0)
            for u in stride(from: start, through: end, by: max(1, (end - start) / 24)) {
                let difference = samples[u] - samples[start] - rise * (Double(bend(u) & mask) - x0)
                low = min(low, difference)
                high = max(high, difference)
                heaviest = max(heaviest, weights[u])
            }
            let whole = max(rise * Double(1 << pieceBits), 0)
            guard whole <= 65535 else { return (.infinity, []) }
            let offset = samples[start] - rise * x0 + (low + high) / 2
            fitted[index] = Piece(
                offset: Int(min(max(offset.rounded(), -32768), 32767)), rise: Int(whole.rounded()))
            error = max(error, (high - low) / 2 * heaviest)
            if error >= limit { return (error, []) }
            start = end + 1
        }
        return (error, fitted)
    }
}
