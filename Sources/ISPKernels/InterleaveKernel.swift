// Rows of red, green and blue bytes to the interleaved pixels of a picture.

import CVector

/// Interleaves rows of bytes: RGB, BGR, RGBX, BGRX and their likes.
public final class InterleaveKernel: Sendable {
    /// For each byte of a pixel which of red, green and blue it is; -1 for padding, which becomes 0.
    private let order: [Int]
    /// For each of the three vectors that 16 pixels of three bytes make: where its bytes come from in each colour.
    private let shuffles: [[SIMD32<UInt8>]]

    /// Creates the kernel for pixels as `PixelFormat.Layout.rgb` has them: "rgb", "bgrx" and so on.
    /// - Precondition: three or four of the letters r, g, b, x.
    public init(order letters: String) {
        order = letters.map { ["r": 0, "g": 1, "b": 2][$0] ?? -1 }
        precondition(order.count == 3 || order.count == 4, "pixels of \(letters)")
        let places = order
        shuffles = (0..<3).map { vector in
            (0..<3).map { colour in
                var shuffle = SIMD32<UInt8>(repeating: 0x80)
                for i in 0..<16 {
                    let byte = vector * 16 + i
                    guard places.count == 3, places[byte % 3] == colour else { continue }
                    shuffle[i] = UInt8(byte / 3)
                    shuffle[16 + i] = UInt8(byte / 3)
                }
                return shuffle
            }
        }
    }

    /// Stores `width` pixels.
    /// - Parameters:
    ///   - colours: red, green and blue, readable to the next multiple of 32.
    ///   - step: 1, or -1 to store from right to left, the first pixel at `pixels`.
    public func apply(
        _ red: UnsafePointer<UInt8>, _ green: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>, width: Int,
        into pixels: UnsafeMutablePointer<UInt8>, step: Int
    ) {
        var done = 0
        if step == 1 {
            if order.count == 3 {
                done = threeBytes(red, green, blue, width, pixels)
            } else {
                done = fourBytes(red, green, blue, width, pixels)
            }
        }
        let colours = (red, green, blue)
        let size = order.count
        for i in done..<max(done, width) {
            let pixel = pixels + i &* step &* size
            for byte in 0..<size {
                switch order[byte] {
                case 0: pixel[byte] = colours.0[i]
                case 1: pixel[byte] = colours.1[i]
                case 2: pixel[byte] = colours.2[i]
                default: pixel[byte] = 0
                }
            }
        }
    }

    private func threeBytes(
        _ red: UnsafePointer<UInt8>, _ green: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>, _ width: Int,
        _ pixels: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let (s0, s1, s2) = (shuffles[0], shuffles[1], shuffles[2])
        let (r0, g0, b0) = (s0[0], s0[1], s0[2])
        let (r1, g1, b1) = (s1[0], s1[1], s1[2])
        let (r2, g2, b2) = (s2[0], s2[1], s2[2])
        let isAligned = Int(bitPattern: pixels) & 15 == 0
        var i = 0
        while i &+ 32 <= width {
            let r = UnsafeRawPointer(red + i).loadUnaligned(as: SIMD32<UInt8>.self)
            let g = UnsafeRawPointer(green + i).loadUnaligned(as: SIMD32<UInt8>.self)
            let b = UnsafeRawPointer(blue + i).loadUnaligned(as: SIMD32<UInt8>.self)
            let first = cv_or_u8(cv_or_u8(cv_lookup_u8(r, r0), cv_lookup_u8(g, g0)), cv_lookup_u8(b, b0))
            let second = cv_or_u8(cv_or_u8(cv_lookup_u8(r, r1), cv_lookup_u8(g, g1)), cv_lookup_u8(b, b1))
            let third = cv_or_u8(cv_or_u8(cv_lookup_u8(r, r2), cv_lookup_u8(g, g2)), cv_lookup_u8(b, b2))
            let target = pixels + 3 &* i
            if isAligned {
                cv_stream_halves(first, target, target + 48)
                cv_stream_halves(second, target + 16, target + 64)
                cv_stream_halves(third, target + 32, target + 80)
            } else {
                cv_store_halves(first, target, target + 48)
                cv_store_halves(second, target + 16, target + 64)
                cv_store_halves(third, target + 32, target + 80)
            }
            i &+= 32
        }
        return i
    }

    private func fourBytes(
        _ red: UnsafePointer<UInt8>, _ green: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>, _ width: Int,
        _ pixels: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let colours = (red, green, blue)
        func source(_ byte: Int) -> UnsafePointer<UInt8>? {
            switch order[byte] {
            case 0: colours.0
            case 1: colours.1
            case 2: colours.2
            default: nil
            }
        }
        let (p0, p1, p2, p3) = (source(0), source(1), source(2), source(3))
        @inline(__always)
        func load(_ p: UnsafePointer<UInt8>?, _ i: Int) -> SIMD32<UInt8> {
            guard let p else { return SIMD32<UInt8>(repeating: 0) }
            return UnsafeRawPointer(p + i).loadUnaligned(as: SIMD32<UInt8>.self)
        }
        let isAligned = Int(bitPattern: pixels) & 31 == 0
        var i = 0
        while i &+ 32 <= width {
            let (a, b) = (load(p0, i), load(p1, i))
            let (c, d) = (load(p2, i), load(p3, i))
            // Pairs of bytes, then pairs of pairs; every half of 16 pixels by itself.
            let (ab0, ab1) = (cv_widen_low(a, b), cv_widen_high(a, b))
            let (cd0, cd1) = (cv_widen_low(c, d), cv_widen_high(c, d))
            let target = pixels + 4 &* i
            if isAligned {
                cv_stream_pairs(ab0, cd0, target, target + 64)
                cv_stream_pairs(ab1, cd1, target + 32, target + 96)
            } else {
                cv_store_pairs(ab0, cd0, target, target + 64)
                cv_store_pairs(ab1, cd1, target + 32, target + 96)
            }
            i &+= 32
        }
        return i
    }

    /// Stores bytes of two rows in turn: Cb and Cr of video formats.
    public static func pairs(
        _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>, into bytes: UnsafeMutablePointer<UInt8>,
        count: Int
    ) {
        var i = 0
        while i &+ 32 <= count {
            let a = UnsafeRawPointer(first + i).loadUnaligned(as: SIMD32<UInt8>.self)
            let b = UnsafeRawPointer(second + i).loadUnaligned(as: SIMD32<UInt8>.self)
            let low = unsafeBitCast(cv_widen_low(a, b), to: SIMD32<UInt8>.self)
            let high = unsafeBitCast(cv_widen_high(a, b), to: SIMD32<UInt8>.self)
            let target = bytes + 2 &* i
            cv_store_halves(low, target, target + 32)
            cv_store_halves(high, target + 16, target + 48)
            i &+= 32
        }
        while i < count {
            bytes[2 &* i] = first[i]
            bytes[2 &* i &+ 1] = second[i]
            i &+= 1
        }
    }

    /// Makes everything that was stored visible to other threads: stores past the caches are not in order by themselves.
    public static func finish() { cv_stream_fence() }
}
