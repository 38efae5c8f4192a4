// Every vector operation is the same loop over its lanes.

import CVector
import ISPTestSupport
import Testing

@Suite struct CVectorTests {
    typealias Words = cv_u16
    typealias Signals = cv_s16
    typealias Bytes = cv_u8

    let count = Words.scalarCount
    let blocks = Bytes.scalarCount / 16

    /// Calls `body` with vectors among whose lanes the extremes are frequent.
    func trial(_ body: (inout Extremes) -> Void) {
        var extremes = Extremes(seed: 11)
        for _ in 0..<400 { body(&extremes) }
    }

    func signals(_ extremes: inout Extremes) -> Signals {
        var v = Signals()
        for i in v.indices { v[i] = extremes.next() }
        return v
    }

    func words(_ extremes: inout Extremes) -> Words { unsafeBitCast(signals(&extremes), to: Words.self) }

    func bytes(_ extremes: inout Extremes) -> Bytes {
        var v = Bytes()
        for i in v.indices { v[i] = extremes.next() }
        return v
    }

    func lanes<V: SIMD>(_ v: V) -> [Int] where V.Scalar: FixedWidthInteger { v.indices.map { Int(v[$0]) } }

    /// Words as functions that work by blocks of 8 join them.
    func byBlocks(_ a: [Int], _ b: [Int]) -> [Int] {
        var result: [Int] = []
        for first in stride(from: 0, to: a.count, by: 8) {
            result += a[first..<(first + 8)]
            result += b[first..<(first + 8)]
        }
        return result
    }

    /// Values of two lists in turn.
    func inTurn(_ a: [Int], _ b: [Int]) -> [Int] { zip(a, b).flatMap { [$0, $1] } }

    @Test func lesserAndGreater() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            #expect(lanes(cv_min_s16(a, b)) == zip(lanes(a), lanes(b)).map { min($0, $1) })
            #expect(lanes(cv_max_s16(a, b)) == zip(lanes(a), lanes(b)).map { max($0, $1) })
            let (c, d) = (words(&e), words(&e))
            #expect(lanes(cv_min_u16(c, d)) == zip(lanes(c), lanes(d)).map { min($0, $1) })
            #expect(lanes(cv_max_u16(c, d)) == zip(lanes(c), lanes(d)).map { max($0, $1) })
        }
    }

    @Test func sumsEndAtTheLimits() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            #expect(lanes(cv_add_s16(a, b)) == zip(lanes(a), lanes(b)).map { limited16($0 + $1) })
            #expect(lanes(cv_sub_s16(a, b)) == zip(lanes(a), lanes(b)).map { limited16($0 - $1) })
            let (c, d) = (words(&e), words(&e))
            #expect(lanes(cv_add_u16(c, d)) == zip(lanes(c), lanes(d)).map { min($0 + $1, 65_535) })
            #expect(lanes(cv_sub_u16(c, d)) == zip(lanes(c), lanes(d)).map { max($0 - $1, 0) })
        }
    }

    @Test func meansAndProducts() {
        trial { e in
            let (c, d) = (words(&e), words(&e))
            #expect(lanes(cv_average_u16(c, d)) == zip(lanes(c), lanes(d)).map { ($0 + $1 + 1) >> 1 })
            #expect(lanes(cv_mulhi_u16(c, d)) == zip(lanes(c), lanes(d)).map { ($0 * $1) >> 16 })
            let (a, b) = (signals(&e), signals(&e))
            #expect(lanes(cv_mulhi_s16(a, b)) == zip(lanes(a), lanes(b)).map { ($0 * $1) >> 16 })
            #expect(lanes(cv_mulround_s16(a, b)) == zip(lanes(a), lanes(b)).map { roundedProduct($0, $1) })
        }
    }

    @Test func productsOf32BitsAreShifted() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            for shift in 0...15 as ClosedRange<Int32> {
                for offset in [0, (-13_184 << shift) + ((1 << shift) >> 1), 1 << 28] as [Int32] {
                    let expected = zip(lanes(a), lanes(b)).map { limited16(($0 * $1 + Int(offset)) >> Int(shift)) }
                    #expect(lanes(cv_scale_s16(a, b, offset, shift)) == expected)
                }
            }
        }
    }

    /// A quotient of floats: exact but for the last step.
    @Test func shares() {
        trial { e in
            let (c, d) = (words(&e), words(&e))
            let (part, whole) = (cv_min_u16(c, d), cv_max_u16(c, d))
            for (share, (p, w)) in zip(lanes(cv_share_u16(part, whole)), zip(lanes(part), lanes(whole))) {
                #expect(abs(share - (w == 0 ? 0 : p * 32767 / w)) <= 1 && (0...32767).contains(share))
                if p == w, w > 0 { #expect(share == 32767) }
                if p == 0 { #expect(share == 0) }
            }
        }
    }

    @Test func lanesAreChosen() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            let mask = cv_equal_s16(a, b.replacing(with: a, where: a .> b))
            #expect(lanes(mask) == zip(lanes(a), lanes(b)).map { $0 >= $1 ? -1 : 0 })
            #expect(lanes(cv_select_s16(mask, a, b)) == zip(lanes(a), lanes(b)).map { max($0, $1) })
            let (x, y) = (bytes(&e), bytes(&e))
            #expect(lanes(cv_or_u8(x, y)) == zip(lanes(x), lanes(y)).map { $0 | $1 })
        }
        #expect(cv_any_u16(Words()) == 0 && cv_bits_u16(Words()) == 0)
        for i in 0..<count {
            var one = Words()
            one[i] = 1 << UInt16(i & 15)
            #expect(cv_any_u16(one) != 0 && cv_bits_u16(one) == 1 << UInt32(i))
        }
    }

    @Test func wordsAreDealtAndJoined() {
        trial { e in
            let (c, d) = (words(&e), words(&e))
            let both = lanes(c) + lanes(d)
            #expect(lanes(cv_even_u16(c, d)) == (0..<count).map { both[2 * $0] })
            #expect(lanes(cv_odd_u16(c, d)) == (0..<count).map { both[2 * $0 + 1] })
            // Of every eight words the first four or the last four, in turn.
            func fours(_ place: Int) -> [Int] {
                stride(from: place, to: Words.scalarCount, by: 8).flatMap { i in
                    [c, d].flatMap { Array(lanes($0)[i..<(i + 4)]) }
                }
            }
            #expect(lanes(cv_first_fours(c, d)) == fours(0))
            #expect(lanes(cv_last_fours(c, d)) == fours(4))
        }
    }

    @Test func bytesArePackedByBlocksAndBack() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            let clamped = [a, b].map { lanes($0).map { min(max($0, 0), 255) } }
            let packed = cv_pack_s16(a, b)
            #expect(lanes(packed) == byBlocks(clamped[0], clamped[1]))
            #expect(lanes(cv_order_u8(packed)) == clamped[0] + clamped[1])
            // Low and high bytes of words, packed apart, come together again.
            let (x, y) = (words(&e), words(&e))
            func part(_ v: Words) -> Signals { unsafeBitCast(v, to: Signals.self) }
            let (low, high) = (
                cv_pack_s16(part(x & 255), part(y & 255)), cv_pack_s16(part(x &>> 8), part(y &>> 8))
            )
            #expect(unsafeBitCast(cv_widen_low(low, high), to: Words.self) == x)
            #expect(unsafeBitCast(cv_widen_high(low, high), to: Words.self) == y)
            // Even and odd columns.
            let (c, d) = (signals(&e), signals(&e))
            let (even, odd) = (clamped[0] + clamped[1], (lanes(c) + lanes(d)).map { min(max($0, 0), 255) })
            let columns = inTurn(even, odd)
            let others = cv_pack_s16(c, d)
            #expect(
                lanes(unsafeBitCast(cv_widen_low(packed, others), to: Bytes.self))
                    + lanes(unsafeBitCast(cv_widen_high(packed, others), to: Bytes.self)) == columns)
        }
    }

    @Test func bytesAreLookedUpByBlocks() {
        trial { e in
            let (table, index) = (bytes(&e), bytes(&e))
            let expected = index.indices.map { i in
                index[i] & 0x80 != 0 ? 0 : Int(table[(i & ~15) | Int(index[i] & 15)])
            }
            #expect(lanes(cv_lookup_u8(table, index)) == expected)
        }
    }

    @Test func wordsAreLookedUp() {
        trial { e in
            let table = (0..<16).map { _ in UInt16(bitPattern: e.next()) }
            var (low, high, words, first, second) = (Bytes(), Bytes(), Words(), Words(), Words())
            for i in low.indices {
                (low[i], high[i]) = (UInt8(truncatingIfNeeded: table[i & 15]), UInt8(table[i & 15] >> 8))
            }
            for i in words.indices {
                words[i] = table[i & 15]
                (first[i], second[i]) = (UInt16(bitPattern: e.next()) & 15, UInt16(bitPattern: e.next()) & 15)
            }
            let packed = cv_pack_s16(unsafeBitCast(first, to: Signals.self), unsafeBitCast(second, to: Signals.self))
            #expect(lanes(cv_look_first(low, high, words, packed, first)) == lanes(first).map { Int(table[$0]) })
            #expect(lanes(cv_look_second(low, high, words, packed, second)) == lanes(second).map { Int(table[$0]) })
        }
    }

    @Test func bits() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            let (c, d) = (words(&e), words(&e))
            #expect(lanes(cv_and_s16(a, b)) == zip(lanes(a), lanes(b)).map { $0 & $1 })
            #expect(lanes(cv_xor_s16(a, b)) == zip(lanes(a), lanes(b)).map { $0 ^ $1 })
            #expect(lanes(cv_and_u16(c, d)) == zip(lanes(c), lanes(d)).map { $0 & $1 })
            #expect(lanes(cv_or_u16(c, d)) == zip(lanes(c), lanes(d)).map { $0 | $1 })
            #expect(lanes(cv_xor_u16(c, d)) == zip(lanes(c), lanes(d)).map { $0 ^ $1 })
            #expect(lanes(cv_not_u16(c)) == lanes(c).map { $0 ^ 0xffff })
            for places in 0..<16 {
                #expect(lanes(cv_up_u16(c, UInt16(places))) == lanes(c).map { ($0 << places) & 0xffff })
                #expect(lanes(cv_down_u16(c, UInt16(places))) == lanes(c).map { $0 >> places })
                #expect(
                    lanes(cv_up_s16(a, Int16(places))) == lanes(a).map { Int(Int16(truncatingIfNeeded: $0 << places)) })
                #expect(lanes(cv_down_s16(a, Int16(places))) == lanes(a).map { $0 >> places })
            }
        }
    }

    @Test func blocksAreLoaded() {
        var extremes = Extremes(seed: 3)
        for step in [10, 12, 14, 24, 33] {
            let source = GuardedRow<UInt8>(16 + (blocks - 1) * step, margin: 0) { _ in extremes.next() }
            let expected = (0..<blocks).flatMap { i in (0..<16).map { source[i * step + $0] } }
            #expect(lanes(cv_load_blocks(source.start, step)) == expected)
        }
        let source = GuardedRow<UInt8>(count, margin: 0) { _ in extremes.next() }
        #expect(lanes(cv_load_high_bytes(source.start)) == source.samples.map { $0 << 8 })
        cv_prefetch(source.start + 16)
    }

    /// Blocks of two, three and four vectors in turn, through the caches and past them.
    @Test(arguments: [0, 1] as [Int32]) func blocksAreStored(_ pastTheCaches: Int32) {
        trial { e in
            let vectors = (0..<4).map { _ in bytes(&e) }
            func inTurn(_ number: Int) -> [Int] {
                (0..<blocks).flatMap { block in
                    vectors[..<number].flatMap { v in (0..<16).map { Int(v[16 * block + $0]) } }
                }
            }
            let size = Bytes.scalarCount
            // Past the caches whole vectors are aligned.
            let pages = GuardedPages(byteCount: 4 * size)
            let start = pages.bytes.baseAddress!
            func stored(_ number: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> [Int] {
                body(start + (4 - number) * size)
                cv_stream_fence()
                return pages.bytes[((4 - number) * size)...].map { Int($0) }
            }
            let (a, b, c, d) = (vectors[0], vectors[1], vectors[2], vectors[3])
            #expect(stored(1) { cv_store_u8(a, $0, pastTheCaches) } == lanes(a))
            #expect(stored(2) { cv_store_twos(a, b, $0, pastTheCaches) } == inTurn(2))
            #expect(stored(3) { cv_store_threes(a, b, c, $0, pastTheCaches) } == inTurn(3))
            #expect(stored(4) { cv_store_fours(a, b, c, d, $0, pastTheCaches) } == inTurn(4))
        }
    }

    @Test func wordsArePaired() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            func pairs(_ from: Int) -> [Int] {
                var result: [Int] = []
                for i in stride(from: from, to: count, by: 8) {
                    for k in i..<(i + 4) {
                        for word in [a[k], b[k]].map({ UInt16(bitPattern: $0) }) {
                            result += [Int(word & 255), Int(word >> 8)]
                        }
                    }
                }
                return result
            }
            #expect(lanes(cv_pair_first_fours(a, b)) == pairs(0))
            #expect(lanes(cv_pair_last_fours(a, b)) == pairs(4))
        }
    }
}
