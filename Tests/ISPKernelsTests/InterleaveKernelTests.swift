// Bytes to pixels of every order, at every address and width.

import ISPKernels
import Testing

@Suite struct InterleaveKernelTests {
    static let orders = ["rgb", "bgr", "rgbx", "bgrx", "xrgb", "xbgr", "grb"]

    private func colours(_ width: Int) -> [GuardedRow<UInt8>] {
        var extremes = Extremes(seed: UInt64(width))
        // Readable to the next multiple of 32, and not beyond.
        return (0..<3).map { _ in
            GuardedRow<UInt8>((width + 31) / 32 * 32, margin: 0) { _ in extremes.next() }
        }
    }

    @Test(arguments: orders, [1, -1]) func pixelsAreInTheirOrder(_ order: String, _ step: Int) {
        let places = order.map { ["r": 0, "g": 1, "b": 2][$0] }
        let size = places.count
        for width in Array(1...16) + Array(17...200) {
            let colours = colours(width)
            // At an address that is a multiple of a vector, or is not: the kernel stores differently.
            for margin in [64, 61] {
                let pixels = GuardedRow<UInt8>(size * width, margin: margin) { _ in 0x5a }
                let kernel = InterleaveKernel(order: order)
                kernel.apply(
                    colours[0].start, colours[1].start, colours[2].start, width: width,
                    into: pixels.start + (step == 1 ? 0 : size * (width - 1)), step: step)
                InterleaveKernel.finish()
                let isRight = (0..<width).allSatisfy { i in
                    let pixel = step == 1 ? i : width - 1 - i
                    return (0..<size).allSatisfy { byte in
                        pixels[pixel * size + byte] == (places[byte].map { colours[$0][i] } ?? 0)
                    }
                }
                #expect(isRight && pixels.isIntact, "\(width) pixels")
            }
        }
    }

    @Test func alignedPixelsAreStoredPastTheCaches() {
        let colours = colours(96)
        let memory = GuardedPages(byteCount: 4096)
        for offset in 0..<48 {
            let target = memory.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + offset
            InterleaveKernel(order: "rgb").apply(
                colours[0].start, colours[1].start, colours[2].start, width: 96, into: target, step: 1)
            InterleaveKernel.finish()
            let isRight = (0..<288).allSatisfy { Int(target[$0]) == colours[$0 % 3][$0 / 3] }
            #expect(isRight, "\(offset)")
        }
    }

    @Test func pairsAlternate() {
        for count in 1...200 {
            let colours = colours(count)
            let bytes = GuardedRow<UInt8>(2 * count)
            InterleaveKernel.pairs(colours[0].start, colours[1].start, into: bytes.start, count: count)
            let isRight = (0..<count).allSatisfy {
                bytes[2 * $0] == colours[0][$0] && bytes[2 * $0 + 1] == colours[1][$0]
            }
            #expect(isRight && bytes.isIntact, "\(count)")
        }
    }
}
