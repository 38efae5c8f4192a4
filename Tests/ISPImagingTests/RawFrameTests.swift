import ISPImaging
import ISPTestSupport
import Testing

@Suite struct RawFrameTests {
    func frame(_ width: Int, _ height: Int, stride: Int, count: Int) throws -> RawFrame {
        let memory = AlignedMemory(byteCount: count)
        return try RawFrame(
            format: .named("SRGGB10"), size: Size(width: width, height: height), bytesPerRow: stride,
            bytes: UnsafeRawBufferPointer(start: memory.bytes.baseAddress, count: count), owner: memory,
            metadata: FrameMetadata(blackLevel: 0, whiteLevel: 1023))
    }

    @Test func lastRowNeedsNoPadding() throws {
        #expect(throws: Never.self) { try frame(16, 16, stride: 64, count: 15 * 64 + 32) }
    }

    @Test(arguments: [
        (16, 16, 31, 4096), (16, 16, 32, 511), (15, 16, 32, 4096), (16, 70_000, 32, 4096), (-1, 16, 32, 4096),
    ])
    func contradictionsAreRefused(_ width: Int, _ height: Int, _ stride: Int, _ count: Int) {
        let error = #expect(throws: ISPError.self) { try frame(width, height, stride: stride, count: count) }
        #expect(error?.kind == .damagedInput)
    }

    @Test func samplesAboveTheBitDepthAreClamped() throws {
        let frame = try RawFrame(
            words: Array(repeating: 65_535, count: 256), format: .named("SRGGB10"), size: Size(width: 16, height: 16),
            metadata: FrameMetadata(blackLevel: 0, whiteLevel: 1023))
        var row = [UInt16](repeating: 0, count: 16)
        row.withUnsafeMutableBufferPointer { frame.unpackRow(3, columns: 0..<16, into: $0.baseAddress!) }
        #expect(row.allSatisfy { $0 == 1023 })
    }

    @Test func shadingMeshesAreChecked() {
        #expect(throws: ISPError.self) {
            try LensShadingMap.Mesh(columns: 2, rows: 2, spacingX: 1, spacingY: 1, gains: [1, 1, 1])
        }
        #expect(throws: ISPError.self) {
            try LensShadingMap.Mesh(columns: 2, rows: 1, spacingX: 1, spacingY: 1, gains: [1, .nan])
        }
        #expect(throws: ISPError.self) {
            try LensShadingMap.Mesh(columns: 2, rows: 1, spacingX: 0, spacingY: 1, gains: [1, 1])
        }
        #expect(throws: ISPError.self) {
            try LensShadingMap.Mesh(columns: 100_000, rows: 1, spacingX: 1, spacingY: 1, gains: [])
        }
        // Finite as Double, but neither as Float nor divided by each other.
        for (origin, spacing) in [(1e300, 1e300), (-1e300, 1), (0, 1e300), (.nan, 1), (0, .infinity)] {
            #expect(throws: ISPError.self, "\(origin), \(spacing)") {
                try LensShadingMap.Mesh(
                    columns: 2, rows: 1, originX: origin, spacingX: spacing, spacingY: 1, gains: [1, 1])
            }
            #expect(throws: ISPError.self, "\(origin), \(spacing)") {
                try LensShadingMap.Mesh(
                    columns: 1, rows: 2, originY: origin, spacingX: 1, spacingY: spacing, gains: [1, 1])
            }
        }
    }
}
