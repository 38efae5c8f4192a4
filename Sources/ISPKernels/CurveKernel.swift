// Any rising curve on 16-bit values: sixteen parabolas, looked up by byte shuffle instead of through memory.

import CVector

/// A rising function of 16-bit values as sixteen pieces of parabolas that are dense where the function bends most.
///
/// A value is first bent itself, `z = c0 u + c1 min(u, a) + c2 min(u, b)`, `u` counting from `bottom`: two or three slopes,
/// steep at the bottom. The upper four bits of `z` choose a piece, the lower twelve are the place in it. `CurveFit` chooses
/// the numbers; the error of the result is known (`error`).
public struct CurveKernel: Sendable {
    /// The largest distance from the function times weight, rounding included.
    public let error: Double
    let bottom: Int16
    let knees: CurveKnees
    /// Of the pieces: results at their start, their slopes there, and how those change, in high bytes.
    let offset, rise, bend: WordTable
    /// Offsets of results that are half an 8-bit code more.
    let roundedOffset: WordTable

    /// Fits a function.
    /// - Parameters:
    ///   - range: the values that matter; those beyond have the result of its ends.
    ///   - weight: how much an error counts at a value; the largest error times weight is made small.
    ///   - enough: an error that is as good as none: one knee is tried first, and two where its error is larger.
    ///   - function: the result for a value, -32768 to 32767; it must not fall.
    public init(
        _ range: ClosedRange<Int>, weight: (Int) -> Double = { _ in 1 }, enough: Double? = nil,
        _ function: (Int) -> Double
    ) {
        let fit = CurveFit(
            range.map(function), weights: range.map(weight), enough: enough)
        bottom = Int16(range.lowerBound)
        (error, knees) = (fit.error, fit.knees)
        offset = WordTable { fit.pieces[$0].offset }
        roundedOffset = WordTable { fit.pieces[$0].offset + 32 }
        rise = WordTable { fit.pieces[$0].rise }
        bend = WordTable { fit.pieces[$0].bend << 8 }
    }

    /// Replaces the values of a row; plans for colours have the curve in the loop of `ToneKernel`.
    /// - Parameter count: columns of one parity, a multiple of `KernelLimits.group`.
    public func apply(_ row: SignalRow, count: Int) {
        if knees.areTwo {
            Self.apply(row, CurveLanes<TwoKnees>(self), count)
        } else {
            Self.apply(row, CurveLanes<OneKnee>(self), count)
        }
    }

    @inline(__always)
    private static func apply(_ row: SignalRow, _ lanes: CurveLanes<some CurveShape>, _ count: Int) {
        for values in [row.even, row.odd] {
            var k = 0
            while k < count {
                let (first, second) = lanes(values.lanes(k), values.lanes(k &+ Words.scalarCount))
                values.store(first, k)
                values.store(second, k &+ Words.scalarCount)
                k &+= KernelLimits.group
            }
        }
    }
}

/// How values are bent before they are looked up. What is above the largest value ends at 65535.
struct CurveKnees: Sendable {
    /// Whether there are two; `c0` is in 2^15 then, in 2^16 with one.
    let areTwo: Bool
    let a, b, c0, c1, c2: UInt16

    func callAsFunction(_ u: Int) -> Int {
        let last = (u * Int(c0)) >> 16
        return min((areTwo ? 2 * last : last) + min(u, Int(a)) * Int(c1) + min(u, Int(b)) * Int(c2), 65_535)
    }
}

/// Whether a curve has one or two knees; loops are made for each.
protocol CurveShape { static var hasTwoKnees: Bool { get } }
enum OneKnee: CurveShape { static var hasTwoKnees: Bool { false } }
enum TwoKnees: CurveShape { static var hasTwoKnees: Bool { true } }

/// A curve as loops see it.
struct CurveLanes<Shape: CurveShape> {
    private let bottom, a, b, c0, c1, c2: Words
    private let offset, rise, bend: WordTable

    /// - Parameter halfMore: whether results are half an 8-bit code more, so that rounding is a shift.
    @inline(__always)
    init(_ kernel: CurveKernel, halfMore: Bool = false) {
        let knees = kernel.knees
        bottom = Words(repeating: UInt16(bitPattern: kernel.bottom))
        (a, b) = (Words(repeating: knees.a), Words(repeating: knees.b))
        (c0, c1, c2) = (Words(repeating: knees.c0), Words(repeating: knees.c1), Words(repeating: knees.c2))
        offset = halfMore ? kernel.roundedOffset : kernel.offset
        (rise, bend) = (kernel.rise, kernel.bend)
    }

    /// The results of two vectors of values.
    @inline(__always)
    func callAsFunction(_ first: Signals, _ second: Signals) -> (Signals, Signals) {
        let (z0, z1) = (place(first), place(second))
        let shift = UInt16(CurveFit.placeBits)
        let index = WordTable.Index(z0 &>> shift, z1 &>> shift)
        let (offset, rise, bend) = (offset.look(index), rise.look(index), bend.lookHigh(index))
        return (piece(z0, offset.0, rise.0, bend.0), piece(z1, offset.1, rise.1, bend.1))
    }

    @inline(__always)
    private func place(_ value: Signals) -> Words {
        let low = unsafeBitCast(bottom, to: Signals.self)
        let u = unsafeBitCast(cv_max_s16(value, low) &- low, to: Words.self)
        let last = cv_mulhi_u16(u, c0)
        let z = cv_add_u16(Shape.hasTwoKnees ? cv_add_u16(last, last) : last, cv_min_u16(u, a) &* c1)
        return Shape.hasTwoKnees ? cv_add_u16(z, cv_min_u16(u, b) &* c2) : z
    }

    /// As `CurveFit.Piece` has it.
    @inline(__always)
    private func piece(_ z: Words, _ offset: Words, _ rise: Words, _ bend: Words) -> Signals {
        let place = z & Words(repeating: UInt16(1 << CurveFit.placeBits - 1))
        let eightfold = unsafeBitCast(place &<< 3, to: Signals.self)
        let change = cv_mulhi_s16(eightfold, unsafeBitCast(bend, to: Signals.self))
        let slope = rise &+ unsafeBitCast(change, to: Words.self)
        return unsafeBitCast(offset &+ cv_mulhi_u16(place, slope), to: Signals.self)
    }
}
