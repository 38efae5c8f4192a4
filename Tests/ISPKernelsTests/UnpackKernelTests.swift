// Unpacked rows are those of RawPacking, and nothing is read past the last byte.

import ISPImaging
import ISPKernels
import ISPTestSupport
import Testing

@Suite struct UnpackKernelTests {
    static let formats = PixelFormat.all.filter(\.isRaw)

    /// Rows of any bytes, samples above the bit depth among them, ending where memory ends.
    func bytes(_ count: Int, seed: UInt64) -> GuardedPages {
        let pages = GuardedPages(byteCount: count)
        var extremes = Extremes(seed: seed)
        for i in 0..<count { pages.bytes[i] = extremes.next() }
        return pages
    }

    func expect(_ format: PixelFormat, width: Int, column: Int, behind: Int) {
        let length = format.minimumBytesPerRow(width: width)
        let source = bytes(length + behind, seed: UInt64(width * 1000 + column))
        let kernel = UnpackKernel(format)
        let count = width - column
        // Whole groups are written: so many entries of each parity, and no more.
        let group = KernelLimits.group
        let target = GuardedMosaic((count + group - 1) / group * group / 2, seed: UInt64(width))
        kernel.apply(UnsafeRawBufferPointer(source.bytes), column: column, count: count, into: target.row, at: 0)
        var expected = [UInt16](repeating: 0, count: count)
        expected.withUnsafeMutableBufferPointer {
            RawPacking.unpack(
                UnsafeRawBufferPointer(source.bytes), format, columns: column..<width, into: $0.baseAddress!)
        }
        let isRight = (0..<count).allSatisfy { target[$0] == Int(expected[$0]) << kernel.shift }
        #expect(isRight && target.isIntact, "\(format): columns \(column) to \(width), \(behind) bytes behind")
    }

    @Test(arguments: formats) func samplesAreThoseOfUnpackMovedUp(_ format: PixelFormat) {
        #expect(UnpackKernel(format).shift == 16 - format.bitsPerSample)
        for width in 16...200 {
            for column in [0, 4, width / 8 * 4] where column < width {
                expect(format, width: width, column: column, behind: 0)
            }
        }
    }

    /// Bytes behind the row, as rows before the last have them, change nothing.
    @Test(arguments: formats) func bytesBehindTheRowAreNotSeen(_ format: PixelFormat) {
        for width in [16, 31, 32, 33, 64, 100, 127, 128, 200] {
            for behind in [1, 31, 64, 200] { expect(format, width: width, column: 0, behind: behind) }
        }
    }

    @Test(arguments: formats) func aRowMayBeginAnywhereInItsBuffer(_ format: PixelFormat) {
        let source = bytes(format.minimumBytesPerRow(width: 40), seed: 5)
        let whole = GuardedMosaic(64, seed: 1)
        let moved = GuardedMosaic(64 + 16, seed: 2)
        let kernel = UnpackKernel(format)
        kernel.apply(UnsafeRawBufferPointer(source.bytes), column: 0, count: 40, into: whole.row, at: 0)
        kernel.apply(UnsafeRawBufferPointer(source.bytes), column: 0, count: 40, into: moved.row, at: 16)
        let isSame = (0..<40).allSatisfy { whole[$0] == moved[$0 + 32] }
        #expect(isSame && whole.isIntact && moved.isIntact)
    }

    /// Asking for memory in advance reads nothing.
    @Test(arguments: formats) func prefetchStaysHarmless(_ format: PixelFormat) {
        let source = bytes(format.minimumBytesPerRow(width: 100), seed: 5)
        UnpackKernel(format).prefetch(UnsafeRawBufferPointer(source.bytes), column: 4, count: 96)
        UnpackKernel(format).prefetch(UnsafeRawBufferPointer(source.bytes), column: 96, count: 500)
    }
}
