// Both demosaics beside their filters, site by site.

import ISPKernels
import Testing

@Suite struct DemosaicKernelTests {
    /// Means as the kernels make them: two by two, half rounded up.
    private func mean(_ a: Int, _ b: Int) -> Int { (a + b + 1) >> 1 }
    private func mean(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Int { mean(mean(a, b), mean(c, d)) }
    /// Half a difference, rounded down.
    private func half(_ a: Int, _ b: Int) -> Int { (a - b) >> 1 }

    /// The colours of a column, less 2^15 as colour rows have them.
    private func expected(
        _ kernel: DemosaicKernel, _ m: [GuardedMosaic], _ x: Int, isGreen: Bool
    ) -> (own: Int, green: Int, other: Int) {
        func at(_ dx: Int, _ dy: Int) -> Int { m[2 + dy][x + dx] }
        let here = at(0, 0)
        let (sides, ends) = (mean(at(-1, 0), at(1, 0)), mean(at(0, -1), at(0, 1)))
        let corners = mean(at(-1, -1), at(1, -1), at(-1, 1), at(1, 1))
        if kernel == .bilinear {
            guard isGreen else {
                return (here - 32768, mean(at(-1, 0), at(1, 0), at(0, -1), at(0, 1)) - 32768, corners - 32768)
            }
            return (sides - 32768, here - 32768, ends - 32768)
        }
        guard isGreen else {
            let far = mean(at(-2, 0), at(2, 0), at(0, -2), at(0, 2))
            let step = half(here, far)
            let greens = mean(at(-1, 0), at(1, 0), at(0, -1), at(0, 1))
            return (
                here - 32768, limited16(greens - 32768 + step), limited16(corners - 32768 + limited16(step + step >> 1))
            )
        }
        let diagonal = half(here, corners)
        let across = half(here, mean(at(-2, 0), at(2, 0)))
        let along = half(here, mean(at(0, -2), at(0, 2)))
        return (
            limited16(limited16(sides - 32768 + diagonal) + (across >> 1) - (along >> 2)), here - 32768,
            limited16(limited16(ends - 32768 + diagonal) + (along >> 1) - (across >> 2))
        )
    }

    @Test(arguments: DemosaicKernel.allCases, [true, false]) func coloursAreThoseOfTheFilters(
        _ kernel: DemosaicKernel, _ greenFirst: Bool
    ) {
        for count in groupedCounts {
            var extremes = Extremes(seed: UInt64(count))
            for round in 0..<4 {
                let rows = (0..<5).map { y in
                    GuardedMosaic(count, seed: UInt64(y + 10 * round)) { _ in extremes.next() }
                }
                let colors = GuardedColors(count, seed: 7)
                kernel.apply(
                    MosaicWindow(rows[0].row, rows[1].row, rows[2].row, rows[3].row, rows[4].row),
                    greenFirst: greenFirst, own: colors.red.row, green: colors.green.row, other: colors.blue.row,
                    count: count)
                let isRight = (0..<(2 * count)).allSatisfy { x in
                    let colour = expected(kernel, rows, x, isGreen: (x & 1 == 0) == greenFirst)
                    return colors.red[x] == colour.own && colors.green[x] == colour.green
                        && colors.blue[x] == colour.other
                }
                #expect(isRight && colors.isIntact && rows.allSatisfy(\.isIntact), "\(count) columns")
            }
        }
    }

    /// A flat field stays flat at every level.
    @Test(arguments: DemosaicKernel.allCases) func greyStaysGrey(_ kernel: DemosaicKernel) {
        for level in [0, 1, 19_584, 40_001, 65_535] as [UInt16] {
            let rows = (0..<5).map { y in GuardedMosaic(64, seed: UInt64(y)) { _ in level } }
            let colors = GuardedColors(64, seed: 7)
            let window = MosaicWindow(rows[0].row, rows[1].row, rows[2].row, rows[3].row, rows[4].row)
            kernel.apply(
                window, greenFirst: true, own: colors.red.row, green: colors.green.row, other: colors.blue.row,
                count: 64)
            // The outer columns see the margins.
            let isFlat = (kernel.halo..<(128 - kernel.halo)).allSatisfy { x in
                [colors.red, colors.green, colors.blue].allSatisfy { $0[x] == Int(level) - 32768 }
            }
            #expect(isFlat, "\(level)")
        }
    }

    @Test func reachIsThatOfTheFilters() {
        #expect(DemosaicKernel.bilinear.halo == 1 && DemosaicKernel.malvar.halo == 2)
    }
}
