import ISPImaging
import Testing

@Suite struct ImageBufferTests {
    private final class Owner {
        let onEnd: () -> Void
        init(onEnd: @escaping () -> Void) { self.onEnd = onEnd }
        deinit { onEnd() }
    }

    @Test func byteCountsAreThoseOfThePlanes() throws {
        let cases: [(PixelFormat, Int, Int, Int)] = [
            (.rgb888, 5, 3, 45), (.rgb48, 5, 3, 90), (.grey8, 5, 3, 15), (.nv12, 4, 2, 12), (.nv12, 5, 3, 27),
            (.i420, 5, 3, 27), (.i420, 1, 1, 3), (try .named("YUYV"), 5, 3, 36),
            (try .named("SRGGB10_CSI2P"), 5, 3, 30),
        ]
        for (format, width, height, bytes) in cases {
            let size = Size(width: width, height: height)
            #expect(try ImageBuffer.byteCount(format: format, size: size) == bytes, "\(size) \(format)")
            #expect(try ImageBuffer(format: format, size: size).bytes.count == bytes)
        }
    }

    @Test(arguments: [
        (0, 0), (0, 5), (5, 0), (-1, 5), (5, -1), (-2, -2), (1 << 40, 1), (.max, .max), (1 << 20, 1 << 20),
    ])
    func sizesOfNoPictureAreRefused(_ width: Int, _ height: Int) throws {
        let size = Size(width: width, height: height)
        let owner = AlignedMemory(byteCount: 64)
        for attempt in 0..<3 {
            let error = #expect(throws: ISPError.self) {
                switch attempt {
                case 0: _ = try ImageBuffer.byteCount(format: .grey8, size: size)
                case 1: _ = try ImageBuffer(format: .grey8, size: size)
                default: _ = try ImageBuffer(format: .grey8, size: size, bytes: owner.bytes, owner: owner)
                }
            }
            #expect(error?.kind == .resource)
        }
    }

    @Test func memoryOfOthersIsUsedAsItIs() throws {
        let memory = AlignedMemory(byteCount: 40)
        for i in 0..<40 { memory.bytes[i] = UInt8(i) }
        // Odd alignment, and more than the picture needs.
        let part = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[3...])
        let image = try ImageBuffer(format: .nv12, size: Size(width: 5, height: 3), bytes: part, owner: memory)
        #expect(image.bytes.baseAddress == part.baseAddress && image.bytes.count == 27)
        #expect(Array(image.row(1)) == [8, 9, 10, 11, 12])
        #expect(Array(image.row(1, plane: 1)) == [24, 25, 26, 27, 28, 29])
        image.row(0)[0] = 99
        #expect(memory.bytes[3] == 99)
    }

    @Test func tooLittleMemoryIsRefused() throws {
        let memory = AlignedMemory(byteCount: 27)
        let size = Size(width: 5, height: 3)
        _ = try ImageBuffer(format: .nv12, size: size, bytes: memory.bytes, owner: memory)
        let short = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[..<26])
        let error = #expect(throws: ISPError.self) {
            try ImageBuffer(format: .nv12, size: size, bytes: short, owner: memory)
        }
        #expect(error == ISPError(.resource, "26 bytes of memory for 5x3 NV12, which takes 27; give it more"))
    }

    @Test func theOwnerLivesAsLongAsThePicture() throws {
        let memory = AlignedMemory(byteCount: 12)
        nonisolated(unsafe) var isGone = false
        var image: ImageBuffer? = try ImageBuffer(
            format: .grey8, size: Size(width: 4, height: 3), bytes: memory.bytes, owner: Owner { isGone = true })
        #expect(!isGone && image?.bytes.count == 12)
        image = nil
        #expect(isGone)
    }
}
