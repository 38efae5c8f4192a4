import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct RawDumpReaderTests {
    static let size = Size(width: 32, height: 20)
    static let words = (0..<(32 * 20)).map { UInt16(64 + $0) }
    static let bytes = words.flatMap { little($0) }
    static let sidecar = #"{"width": 32, "height": 20, "format": "SGRBG10", "black_level": 64, "white_level": 1000}"#

    private func read(_ json: String, bytes: [UInt8] = bytes, dump: RawDumpGeometry? = nil, name: String = "a.raw")
        throws
        -> RawFrame
    {
        let folder = try TestFolder()
        let path = try folder.write(name, bytes)
        try folder.write(name + ".json", text: json)
        return try Readers.read(.file(path), dump: dump)
    }

    private func error(_ json: String, bytes: [UInt8] = bytes, dump: RawDumpGeometry? = nil) throws -> ISPError {
        do { _ = try read(json, bytes: bytes, dump: dump) } catch let error as ISPError { return error }
        Issue.record("no error was thrown")
        return ISPError(.usage, "")
    }

    @Test func aDumpWithASidecar() throws {
        let frame = try read(Self.sidecar)
        #expect(frame.format.name == "SGRBG10" && frame.size == Self.size && frame.bytesPerRow == 64)
        #expect(samples(frame) == Self.words)
        #expect(frame.metadata.blackLevel == [64, 64, 64, 64] && frame.metadata.whiteLevel == 1000)
        #expect(frame.metadata.notes.isEmpty)
    }

    @Test func magicBytesInSamplesMeanNothingBesideASidecar() throws {
        for value: UInt16 in [0x4949, 0x4d4d, 0xffff, 0x8b1f] {
            let frame = try read(
                #"{"width": 32, "height": 20, "format": "SRGGB16"}"#, bytes: (0..<640).flatMap { _ in little(value) })
            #expect(samples(frame).allSatisfy { $0 == value })
        }
    }

    @Test(arguments: [
        (#""cfa": "RGGB", "bits_per_sample": 12"#, "SRGGB12"), (#""cfa": "bggr", "bits_per_sample": 8"#, "SBGGR8"),
        (#""cfa": "MONO", "bits_per_sample": 16, "packing": "uint16 little-endian""#, "R16"),
        (#""cfa": "GBRG", "bits_per_sample": 10, "packing": "MIPI CSI-2""#, "SGBRG10_CSI2P"),
        (#""format": "pRAA""#, "SRGGB10_CSI2P"), (#""format": "bayer_rggb16le""#, "SRGGB16"),
    ])
    func everyWayToNameTheFormat(keys: String, name: String) throws {
        #expect(try read(#"{"width": 32, "height": 20, \#(keys)}"#).format.name == name)
    }

    @Test func geometryAloneAndOverASidecar() throws {
        let geometry = RawDumpGeometry(
            format: try PixelFormat.named("SBGGR12"), size: Self.size, blackLevel: [1, 2, 3, 4], whiteLevel: 4000)
        let alone = try Readers.read(.bytes(name: "standard input", Self.bytes), dump: geometry)
        #expect(alone.format.name == "SBGGR12" && alone.metadata.blackLevel == [1, 2, 3, 4])
        #expect(samples(alone) == Self.words)

        let over = try read(
            #"{"width": 32, "height": 20, "format": "SGRBG10", "stride_bytes": 70, "black_level": 64, "wb_gains": [2, 1, 1.5]}"#,
            dump: geometry)
        #expect(over.format.name == "SBGGR12" && over.metadata.whiteLevel == 4000 && over.bytesPerRow == 64)
        #expect(over.metadata.asShotGains?.red == 2)
    }

    @Test func headerStrideAndLaterFrames() throws {
        let format = try PixelFormat.named("SRGGB10")
        let rows = (0..<20).flatMap { y in Self.bytes[(64 * y)..<(64 * y + 64)] + [9, 9, 9, 9] }
        let frame = try Readers.read(
            .bytes(name: "x", [1, 2, 3] + rows),
            dump: RawDumpGeometry(format: format, size: Self.size, bytesPerRow: 68, blackLevel: [0], offset: 3))
        #expect(samples(frame) == Self.words && frame.metadata.notes.isEmpty)

        let three = try read(Self.sidecar, bytes: Self.bytes + Self.bytes + Self.bytes)
        #expect(three.metadata.notes == ["the file holds 3 frames; the first is read"])
        #expect(
            try read(Self.sidecar, bytes: Self.bytes + [1, 2]).metadata.notes == [
                "2 bytes after the frame are not read"
            ])
    }

    @Test func samplesAboveTheDepthAreReadAndCounted() throws {
        var words = Self.words
        words[3] = 65_535
        let frame = try read(Self.sidecar, bytes: words.flatMap { little($0) })
        #expect(samples(frame)[3] == 1023)
        let statistics = RawStatistics(frame)
        #expect(statistics.aboveBitDepth == 1 && statistics.aboveWhite == 1 && statistics.saturated == 1)
        #expect(statistics.maximum.max() == 65_535)
    }

    @Test func statisticsPerPhotosite() throws {
        let block: [UInt16] = [10, 20, 30, 40]
        let words = (0..<640).map { (i: Int) -> UInt16 in block[i % 2 + 2 * (i / 32 % 2)] }
        let statistics = RawStatistics(try read(Self.sidecar, bytes: words.flatMap { little($0) }))
        // GRBG: Gr R / B Gb
        #expect(statistics.mean == [20, 10, 40, 30])
        #expect(statistics.minimum == [20, 10, 40, 30] && statistics.maximum == [20, 10, 40, 30])
        #expect(statistics.aboveBitDepth == 0 && statistics.saturated == 0)
    }

    @Test func truncatedDump() throws {
        let error = try error(Self.sidecar, bytes: Array(Self.bytes.dropLast()))
        #expect(error.kind == .damagedInput && error.message.contains("truncated"))
        #expect(error.message.contains("1279 bytes") && error.message.contains("1280"))
    }

    @Test func incompleteDescriptions() throws {
        #expect(try error(#"{"width": 32, "height": 20}"#).kind == .usage)
        #expect(try error(#"{"width": 32, "height": 20}"#).message.contains("format"))
        #expect(try error(#"{"format": "SRGGB10"}"#).message.contains("size"))
        let unpacked = try error(
            #"{"width": 32, "height": 20, "cfa": "RGGB", "bits_per_sample": 10, "packing": "tiles"}"#)
        #expect(unpacked.kind == .unsupportedInput && unpacked.message.contains("tiles"))
        #expect(
            try error(#"{"width": 32, "height": 20, "cfa": "RGGB", "bits_per_sample": 11}"#).kind == .unsupportedInput)
    }

    /// Read as little-endian and low they would be pictures, only wrong ones.
    @Test(arguments: ["uint16 big-endian", "uint16 little-endian, MSB-aligned"])
    func otherByteOrdersAndAlignmentsAreRefused(_ packing: String) throws {
        for format in [#""format": "SRGGB10""#, #""cfa": "RGGB", "bits_per_sample": 10"#] {
            let refusal = try error(#"{"width": 32, "height": 20, \#(format), "packing": "\#(packing)"}"#)
            #expect(refusal.kind == .unsupportedInput && refusal.message.contains("low bits"))
        }
    }

    @Test func contradictionsWithTheFlags() throws {
        let rgb = RawDumpGeometry(format: .rgb888, size: Self.size)
        #expect(try error(Self.sidecar, dump: rgb).kind == .usage)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(blackLevel: [1, 2])).kind == .usage)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(whiteLevel: 2000)).kind == .usage)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(whiteLevel: 60)).kind == .usage)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(offset: 5000)).kind == .usage)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(offset: -1)).kind == .usage)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(bytesPerRow: 63)).kind == .damagedInput)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(bytesPerRow: .max)).kind == .damagedInput)
        #expect(
            try error(Self.sidecar, dump: RawDumpGeometry(size: Size(width: .max, height: .max))).kind == .damagedInput)
        #expect(try error(Self.sidecar, dump: RawDumpGeometry(size: Size(width: 8, height: 8))).kind == .damagedInput)
    }
}
