// Every vector operation is the same loop over its lanes.

import CVector
import ISPTestSupport
import Testing

@Suite struct CVectorTests {
    typealias Words = SIMD16<UInt16>
    typealias Signals = SIMD16<Int16>
    typealias Bytes = SIMD32<UInt8>

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

    /// Words as functions that keep halves of 8 apart join them.
    func halves(_ a: [Int], _ b: [Int]) -> [Int] { [a[0..<8], b[0..<8], a[8...], b[8...]].flatMap { Array($0) } }

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
        #expect(cv_any_u16(Words()) == 0)
        for i in 0..<16 {
            var one = Words()
            one[i] = 1 << UInt16(i)
            #expect(cv_any_u16(one) != 0)
        }
    }

    @Test func wordsAreDealtAndJoined() {
        trial { e in
            let (c, d) = (words(&e), words(&e))
            let both = lanes(c) + lanes(d)
            #expect(lanes(cv_even_u16(c, d)) == (0..<16).map { both[2 * $0] })
            #expect(lanes(cv_odd_u16(c, d)) == (0..<16).map { both[2 * $0 + 1] })
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

    @Test func bytesArePackedInHalvesAndBack() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            let clamped = [a, b].map { lanes($0).map { min(max($0, 0), 255) } }
            let packed = cv_pack_s16(a, b)
            #expect(lanes(packed) == halves(clamped[0], clamped[1]))
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
                lanes(unsafeBitCast(cv_widen_low(packed, others), to: SIMD32<UInt8>.self))
                    + lanes(unsafeBitCast(cv_widen_high(packed, others), to: SIMD32<UInt8>.self)) == columns)
        }
    }

    @Test func bytesAreLookedUpByHalves() {
        trial { e in
            let (table, index) = (bytes(&e), bytes(&e))
            let expected = (0..<32).map { i in
                index[i] & 0x80 != 0 ? 0 : Int(table[(i & 16) | Int(index[i] & 15)])
            }
            #expect(lanes(cv_lookup_u8(table, index)) == expected)
        }
    }

    @Test func halvesAreLoadedAndStored() {
        var extremes = Extremes(seed: 3)
        for offset in 0..<17 {
            let source = GuardedRow<UInt8>(49, margin: 0) { _ in extremes.next() }
            let (first, second) = (source.start + offset, source.start + 33)
            let loaded = cv_load_halves(first, second)
            #expect(lanes(loaded) == (0..<16).map { Int(first[$0]) } + (0..<16).map { Int(second[$0]) })
            #expect(lanes(cv_load_high_bytes(second)) == (0..<16).map { Int(second[$0]) << 8 })
            cv_prefetch(second + 16)
            let target = GuardedRow<UInt8>(32)
            cv_store_halves(loaded, target.start + 16, target.start)
            #expect(target.samples == Array(lanes(loaded)[16...] + lanes(loaded)[..<16]) && target.isIntact)
            let pages = GuardedPages(byteCount: 4096)
            let start = pages.bytes.baseAddress!
            cv_stream_halves(loaded, start + 32, start + 4080)
            cv_stream_fence()
            let streamed = (0..<16).map { Int(pages.bytes[32 + $0]) } + (0..<16).map { Int(pages.bytes[4080 + $0]) }
            #expect(streamed == lanes(loaded))
        }
    }

    @Test func pairsAreStored() {
        trial { e in
            let (a, b) = (signals(&e), signals(&e))
            let (first, second) = (GuardedRow<Int16>(16), GuardedRow<Int16>(16))
            cv_store_pairs(a, b, first.start, second.start)
            let zipped = inTurn(lanes(a), lanes(b))
            #expect(first.samples + second.samples == zipped && first.isIntact && second.isIntact)
        }
    }
}
