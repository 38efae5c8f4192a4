// Display codes to bytes.

import ISPKernels
import Testing

@Suite struct RoundKernelTests {
    @Test(arguments: groupedCounts) func codesAreRoundedAndInTheOrderOfColumns(_ count: Int) {
        for seed in 0..<4 as Range<UInt64> {
            var extremes = Extremes(seed: seed)
            let row = GuardedSignal(count, seed: seed) { _ in extremes.next() }
            let bytes = GuardedRow<UInt8>(2 * count, margin: 64)
            RoundKernel.apply(row.row, into: bytes.start, count: count)
            let isRight = (0..<(2 * count)).allSatisfy {
                bytes[$0] == min(max(limited16(row[$0] + 32) >> 6, 0), 255)
            }
            #expect(isRight && bytes.isIntact && row.isIntact)
        }
    }

    @Test func endsAreEnds() {
        let row = GuardedSignal(64, seed: 1) { column in column < 64 ? Int16(Display16.white) : 0 }
        let bytes = GuardedRow<UInt8>(128)
        RoundKernel.apply(row.row, into: bytes.start, count: 64)
        #expect(bytes.samples == Array(repeating: 255, count: 64) + Array(repeating: 0, count: 64))
    }
}
