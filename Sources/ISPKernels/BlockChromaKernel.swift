// Chroma denoise on blocks of 2x2 pixels.

import CVector

/// A row of blocks: luma, Cb and Cr, an entry a block.
public struct BlockRow: @unchecked Sendable {
    // Sendable: as `ParityRow`.
    /// Mean luma and colour differences of each block, on the scale of `Display16`.
    public let luma, cb, cr: UnsafeMutablePointer<Int16>

    /// Joins three rows.
    public init(
        luma: UnsafeMutablePointer<Int16>, cb: UnsafeMutablePointer<Int16>, cr: UnsafeMutablePointer<Int16>
    ) {
        (self.luma, self.cb, self.cr) = (luma, cb, cr)
    }
}

/// The steps of `BlockChromaDenoise` on rows of blocks.
public struct BlockChromaKernel: Sendable {
    private let luma, chroma: Widths

    /// A whole weight: 16 times it is a ninth of 2^15, so that weights need no division.
    private static let whole = 228

    /// Widths by luma as factors: a difference, limited to the largest width and moved up, times the factor is what it takes
    /// from a whole weight.
    private struct Widths: Sendable {
        let most, scale: UInt16
        let factors: LumaTableKernel

        init(_ takes: (Float) -> Float) {
            let white = Float(Display16.white)
            let widths = (0...64).map { white / takes(Float($0) / 64) }
            let most = min(widths.max()!.rounded(.up), 32767)
            var scale = 1
            while Int(most) * scale * 2 < 65536 { scale *= 2 }
            (self.most, self.scale) = (UInt16(most), UInt16(scale))
            factors = LumaTableKernel { code in
                let whole = Float(BlockChromaKernel.whole) * 65536
                return Int((whole * takes(Float(code) / white) / (white * Float(scale))).rounded())
            }
        }

        @inline(__always)
        func taken(_ difference: Words, _ factor: Words) -> Words {
            cv_mulhi_u16(cv_min_u16(difference, Words(repeating: most)) &* Words(repeating: scale), factor)
        }
    }

    /// Creates the kernel from what a difference of 1 takes from a weight of 1, by luma of 0 to 1.
    public init(luma: (Float) -> Float, chroma: (Float) -> Float) {
        self.luma = Widths(luma)
        self.chroma = Widths(chroma)
    }

    /// Adds a row of pixels to the blocks it is the upper or the lower half of.
    /// - Parameter isFirst: whether it is the first of the two rows.
    public func add(
        _ color: ColorRow, luma: SignalRow, isFirst: Bool, kernel: LumaKernel, to blocks: BlockRow, count: Int
    ) {
        let half = Signals(repeating: 16384)
        let (toBlue, toRed) = kernel.halves
        var k = 0
        while k < count {
            // Halves of the means, so that two rows add up to the mean of four pixels.
            let (even, odd) = (luma.even.lanes(k), luma.odd.lanes(k))
            let y = cv_mulround_s16(cv_mulround_s16(even, half) &+ cv_mulround_s16(odd, half), half)
            let blue = (color.blue.even.lanes(k) &- even) &+ (color.blue.odd.lanes(k) &- odd)
            let red = (color.red.even.lanes(k) &- even) &+ (color.red.odd.lanes(k) &- odd)
            let cb = cv_mulround_s16(blue, toBlue), cr = cv_mulround_s16(red, toRed)
            if isFirst {
                blocks.luma.store(y, k)
                blocks.cb.store(cb, k)
                blocks.cr.store(cr, k)
            } else {
                blocks.luma.store(blocks.luma.lanes(k) &+ y, k)
                blocks.cb.store(blocks.cb.lanes(k) &+ cb, k)
                blocks.cr.store(blocks.cr.lanes(k) &+ cr, k)
            }
            k &+= Words.scalarCount
        }
    }

    /// By how much the blocks of a row move.
    /// - Parameters:
    ///   - rows: the row of blocks two above, the row itself, the one two below.
    ///   - distance: blocks from a block to its neighbours.
    ///   - moves: takes Cb and Cr; its luma is not touched.
    public func move(
        _ rows: (BlockRow, BlockRow, BlockRow), distance: Int, into moves: BlockRow, count: Int
    ) {
        var k = 0
        while k < count {
            let (l0, l1) = luma.factors.look(rows.1.luma.lanes(k), rows.1.luma.lanes(k &+ Words.scalarCount))
            let (c0, c1) = chroma.factors.look(rows.1.luma.lanes(k), rows.1.luma.lanes(k &+ Words.scalarCount))
            moveLanes(rows, distance, moves, k, l0, c0)
            moveLanes(rows, distance, moves, k &+ Words.scalarCount, l1, c1)
            k &+= KernelLimits.group
        }
    }

    @inline(__always)
    private func moveLanes(
        _ rows: (BlockRow, BlockRow, BlockRow), _ distance: Int, _ moves: BlockRow, _ k: Int, _ ofLuma: Words,
        _ ofChroma: Words
    ) {
        let (y, b, r) = (rows.1.luma.lanes(k), rows.1.cb.lanes(k), rows.1.cr.lanes(k))
        let whole = Words(repeating: UInt16(Self.whole))
        var (cb, cr) = (Signals(repeating: 0), Signals(repeating: 0))
        @inline(__always)
        func add(_ row: BlockRow, _ i: Int) {
            let (db, dr) = (row.cb.lanes(i) &- b, row.cr.lanes(i) &- r)
            let difference = unsafeBitCast(cv_abs_s16(row.luma.lanes(i) &- y), to: Words.self)
            let colour = unsafeBitCast(cv_abs_s16(db), to: Words.self) &+ unsafeBitCast(cv_abs_s16(dr), to: Words.self)
            let away = cv_add_u16(luma.taken(difference, ofLuma), chroma.taken(colour, ofChroma))
            let weight = unsafeBitCast(cv_sub_u16(whole, away) &<< 4, to: Signals.self)
            cb = cb &+ cv_mulround_s16(db, weight)
            cr = cr &+ cv_mulround_s16(dr, weight)
        }
        add(rows.0, k &- distance)
        add(rows.0, k)
        add(rows.0, k &+ distance)
        add(rows.1, k &- distance)
        add(rows.1, k &+ distance)
        add(rows.2, k &- distance)
        add(rows.2, k)
        add(rows.2, k &+ distance)
        moves.cb.store(cb, k)
        moves.cr.store(cr, k)
    }

    /// Adds a row of blocks' moves to chroma that was filtered 1 2 1 across: three quarters of the block that the middle
    /// column is in, a quarter of the next one.
    /// - Parameter atOdd: whether the middle columns are the odd ones.
    public static func add(_ moves: BlockRow, atOdd: Bool, to chroma: SignalRow, count: Int) {
        add(moves.cb, atOdd, chroma.even, count)
        add(moves.cr, atOdd, chroma.odd, count)
    }

    private static func add(
        _ moves: UnsafeMutablePointer<Int16>, _ atOdd: Bool, _ chroma: UnsafeMutablePointer<Int16>, _ count: Int
    ) {
        let next = atOdd ? moves + 1 : moves - 1
        let quarter = Signals(repeating: 8192)
        var k = 0
        while k < count {
            let move = moves.lanes(k)
            let part = cv_mulround_s16(next.lanes(k) &- move, quarter)
            chroma.store(chroma.lanes(k) &+ move &+ part, k)
            k &+= Words.scalarCount
        }
    }

    /// Adds a row of blocks' moves to colours, luma staying as it is.
    public static func add(_ moves: BlockRow, to color: ColorRow, kernel: LumaKernel, count: Int) {
        let factors = kernel.fromChroma
        var k = 0
        while k < count {
            let (cb, cr) = (moves.cb.lanes(k), moves.cr.lanes(k))
            // Factors are below 2: half of each product is added twice.
            let blue = cv_mulround_s16(cb, factors.blue), red = cv_mulround_s16(cr, factors.red)
            let green = cv_mulround_s16(cb, factors.greenOfBlue) &+ cv_mulround_s16(cr, factors.greenOfRed)
            @inline(__always)
            func add(_ row: SignalRow, _ half: Signals) {
                row.even.store(cv_add_s16(cv_add_s16(row.even.lanes(k), half), half), k)
                row.odd.store(cv_add_s16(cv_add_s16(row.odd.lanes(k), half), half), k)
            }
            add(color.blue, blue)
            add(color.red, red)
            add(color.green, green)
            k &+= Words.scalarCount
        }
    }
}

extension LumaKernel {
    /// What turns the sum of two differences from luma into half their mean colour difference.
    fileprivate var halves: (blue: Signals, red: Signals) {
        (
            Signals(repeating: Int16((toBlue / 4 * 32768).rounded())),
            Signals(repeating: Int16((toRed / 4 * 32768).rounded()))
        )
    }

    /// Halves of what colour differences add to blue, red and green.
    fileprivate var fromChroma: (blue: Signals, red: Signals, greenOfBlue: Signals, greenOfRed: Signals) {
        func lanes(_ v: Double) -> Signals { Signals(repeating: Int16((v / 2 * 32768).rounded())) }
        let (kr, kb) = weights
        let kg = 1 - kr - kb
        let (ofBlue, ofRed) = (2 * (1 - kb), 2 * (1 - kr))
        return (lanes(ofBlue), lanes(ofRed), lanes(-kb * ofBlue / kg), lanes(-kr * ofRed / kg))
    }
}
