// Codes of video formats, beside the formulas of BT.601.

import ISPImaging
import ISPKernels
import Testing

@Suite struct VideoKernelTests {
    static let ranges = [YCbCrRange.full, .limited]

    private func lumaCode(_ v: Int, _ range: YCbCrRange) -> Int {
        let scale = range == .full ? 32767 : Int((219.0 / 255 * 32768).rounded())
        let scaled = roundedProduct(min(max(v, 0), Display16.white), scale)
        return (scaled + 32) >> 6 + (range == .full ? 0 : 16)
    }

    /// Of the sum of two rows.
    private func chromaCode(_ sum: Int, _ range: YCbCrRange) -> Int {
        let scale = range == .full ? 16384 : Int((224.0 / 255 * 16384).rounded())
        let limited = min(max(limited16(sum), -Display16.white), Display16.white)
        return min(max((roundedProduct(limited, scale) + 32) >> 6 + 128, 0), 255)
    }

    @Test(arguments: groupedCounts, ranges) func lumaIsRoundedToItsRange(_ count: Int, _ range: YCbCrRange) {
        var extremes = Extremes(seed: UInt64(count))
        let row = GuardedSignal(count, seed: 1) { _ in extremes.next() }
        let bytes = GuardedRow<UInt8>(2 * count)
        VideoKernel(range: range).luma(row.row, into: bytes.start, count: count)
        let isRight = (0..<(2 * count)).allSatisfy { bytes[$0] == lumaCode(row[$0], range) }
        #expect(isRight && bytes.isIntact && row.isIntact)
    }

    @Test(arguments: groupedCounts, ranges) func chromaIsTheMeanOfTwoRows(_ count: Int, _ range: YCbCrRange) {
        var extremes = Extremes(seed: UInt64(count))
        let (first, second) = (
            GuardedRow<Int16>(count) { _ in extremes.next() },
            GuardedRow<Int16>(count, seed: 2) { _ in extremes.next() }
        )
        let bytes = GuardedRow<UInt8>(count)
        VideoKernel(range: range).chroma(first.start, second.start, into: bytes.start, count: count)
        let isRight = (0..<count).allSatisfy { bytes[$0] == chromaCode(first[$0] + second[$0], range) }
        #expect(isRight && bytes.isIntact)
    }

    /// Black, white and the strongest colours have the codes that BT.601 and BT.709 give them.
    @Test func endsAreThoseOfTheStandard() {
        for (range, black, white, least, most) in [(YCbCrRange.limited, 16, 235, 16, 240), (.full, 0, 255, 0, 255)] {
            let kernel = VideoKernel(range: range)
            let row = GuardedSignal(64, seed: 1) { $0 < 64 ? 0 : Int16(Display16.white) }
            let bytes = GuardedRow<UInt8>(128)
            kernel.luma(row.row, into: bytes.start, count: 64)
            #expect(bytes[0] == black && bytes[127] == white)
            let strong = GuardedRow<Int16>(64) { Int16($0 < 32 ? -Display16.white / 2 : Display16.white / 2) }
            let codes = GuardedRow<UInt8>(64)
            kernel.chroma(strong.start, strong.start, into: codes.start, count: 64)
            #expect(abs(codes[0] - least) <= 1 && codes[63] == most, "\(codes[0]) \(codes[63])")
            let grey = GuardedRow<Int16>(64)
            kernel.chroma(grey.start, grey.start, into: codes.start, count: 64)
            #expect(codes.samples == Array(repeating: 128, count: 64))
        }
    }
}
