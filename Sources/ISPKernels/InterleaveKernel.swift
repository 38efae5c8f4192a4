// Rows of red, green and blue bytes to the interleaved pixels of a picture.

import CVector

/// Interleaves rows of bytes: RGB, BGR, RGBX, BGRX and their likes.
public struct InterleaveKernel: Sendable {
    /// For each byte of a pixel which of red, green and blue it is; -1 for padding, which becomes 0.
    private let order: SIMD4<Int>
    /// Bytes of a pixel.
    private let size: Int
    /// Of the three blocks of 16 bytes that 16 pixels of three bytes make.
    private let first, second, third: Shuffle

    /// Where the bytes of a block come from in each colour.
    private struct Shuffle: Sendable {
        let red, green, blue: Bytes

        init(block: Int, _ order: SIMD4<Int>) {
            func places(_ colour: Int) -> Bytes {
                var places = Bytes(repeating: 0x80)
                for i in 0..<Bytes.scalarCount {
                    let byte = block * 16 + i % 16
                    if order[byte % 3] == colour { places[i] = UInt8(byte / 3) }
                }
                return places
            }
            (red, green, blue) = (places(0), places(1), places(2))
        }

        @inline(__always)
        func callAsFunction(_ r: Bytes, _ g: Bytes, _ b: Bytes) -> Bytes {
            cv_or_u8(cv_or_u8(cv_lookup_u8(r, red), cv_lookup_u8(g, green)), cv_lookup_u8(b, blue))
        }
    }

    /// Creates the kernel for pixels as `PixelFormat.Layout.rgb` has them: "rgb", "bgrx" and so on.
    /// - Precondition: three or four of the letters r, g, b, x.
    public init(order letters: String) {
        size = letters.count
        precondition(size == 3 || size == 4, "pixels of \(letters)")
        let places = letters.map { ["r": 0, "g": 1, "b": 2][$0] ?? -1 }
        order = SIMD4(places[0], places[1], places[2], size == 4 ? places[3] : -1)
        (first, second, third) = (Shuffle(block: 0, order), Shuffle(block: 1, order), Shuffle(block: 2, order))
    }

    /// Stores `width` pixels.
    /// - Parameters:
    ///   - colours: red, green and blue, readable to the next multiple of `KernelLimits.group`.
    ///   - step: 1, or -1 to store from right to left, the first pixel at `pixels`.
    public func apply(
        _ red: UnsafePointer<UInt8>, _ green: UnsafePointer<UInt8>, _ blue: UnsafePointer<UInt8>, width: Int,
        into pixels: UnsafeMutablePointer<UInt8>, step: Int
    ) {
        var done = 0
        if step == 1 {
            if size == 3 {
                done = threeBytes(red, green, blue, width, pixels)
            } else {
                done = fourBytes(red, green, blue, width, pixels)
            }
        }
        let colours = (red, green, blue)
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
        let (x, y, z) = (first, second, third)
        return Self.blocks(width, pixels, size: 3) { i, isAligned in
            let (r, g, b) = (Self.load(red, i), Self.load(green, i), Self.load(blue, i))
            cv_store_threes(x(r, g, b), y(r, g, b), z(r, g, b), pixels + 3 &* i, isAligned)
        }
    }

    /// Calls a body for blocks of `Bytes.scalarCount` pixels, with 1 where they may be stored past the caches.
    ///
    /// Blocks overlap at the ends: the first one is stored as it comes if the row does not begin where stores past the caches
    /// may, and the last one ends where the row does.
    /// - Returns: `width`, or 0 where it is less than a block.
    @inline(__always)
    private static func blocks(
        _ width: Int, _ pixels: UnsafeMutablePointer<UInt8>, size: Int, _ store: (_ first: Int, Int32) -> Void
    ) -> Int {
        let block = Bytes.scalarCount
        guard width >= block else { return 0 }
        let (head, isAligned) = alignment(pixels, size: size)
        if head > 0 { store(0, 0) }
        var i = head
        while i &+ block <= width {
            store(i, isAligned)
            i &+= block
        }
        if i < width { store(width &- block, 0) }
        return width
    }

    /// The first pixel where stores past the caches may begin, and 1; or 0 and 0 if there is none.
    private static func alignment(_ pixels: UnsafeMutablePointer<UInt8>, size: Int) -> (first: Int, isAligned: Int32) {
        let vector = MemoryLayout<Bytes>.size
        let missing = -Int(bitPattern: pixels) & (vector - 1)
        // 43 threes are 1 more than two vectors, or four.
        if size == 3 { return (missing * 43 & (vector - 1), 1) }
        return missing % size == 0 ? (missing / size, 1) : (0, 0)
    }

    @inline(__always)
    private static func load(_ bytes: UnsafePointer<UInt8>, _ i: Int) -> Bytes {
        UnsafeRawPointer(bytes + i).loadUnaligned(as: Bytes.self)
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
        func load(_ p: UnsafePointer<UInt8>?, _ i: Int) -> Bytes {
            guard let p else { return Bytes(repeating: 0) }
            return Self.load(p, i)
        }
        return Self.blocks(width, pixels, size: 4) { i, isAligned in
            let (a, b) = (load(p0, i), load(p1, i))
            let (c, d) = (load(p2, i), load(p3, i))
            // Pairs of bytes, then pairs of pairs; every block of 16 pixels by itself.
            let (ab0, ab1) = (cv_widen_low(a, b), cv_widen_high(a, b))
            let (cd0, cd1) = (cv_widen_low(c, d), cv_widen_high(c, d))
            cv_store_fours(
                cv_pair_first_fours(ab0, cd0), cv_pair_last_fours(ab0, cd0), cv_pair_first_fours(ab1, cd1),
                cv_pair_last_fours(ab1, cd1), pixels + 4 &* i, isAligned)
        }
    }

    /// Stores bytes of two rows in turn: Cb and Cr of video formats.
    public static func pairs(
        _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>, into bytes: UnsafeMutablePointer<UInt8>,
        count: Int
    ) {
        let done = blocks(count, bytes, size: 2) { i, isAligned in
            let (a, b) = (load(first, i), load(second, i))
            cv_store_twos(
                unsafeBitCast(cv_widen_low(a, b), to: Bytes.self), unsafeBitCast(cv_widen_high(a, b), to: Bytes.self),
                bytes + 2 &* i, isAligned)
        }
        for i in done..<count {
            bytes[2 &* i] = first[i]
            bytes[2 &* i &+ 1] = second[i]
        }
    }

    /// Makes everything that was stored visible to other threads: stores past the caches are not in order by themselves.
    public static func finish() { cv_stream_fence() }
}
