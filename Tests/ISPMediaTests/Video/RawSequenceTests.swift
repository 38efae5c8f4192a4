// Raw files as the frames of one stream.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct RawSequenceTests {
    private static let sidecar = #"{"width": 16, "height": 16, "format": "SRGGB8", "black_level": 16, "iso": 100}"#

    private func bytes(_ seed: Int, count: Int = 256) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: seed + $0 * 3) }
    }

    private func frame(_ sequence: RawSequence, _ index: Int) throws -> (bytes: [UInt8], metadata: FrameMetadata) {
        let memory = AlignedMemory(byteCount: sequence.layout.bytesPerFrame)
        let metadata = try sequence.read(index, into: memory.bytes)
        return (Array(memory.bytes), metadata)
    }

    @Test func dumpsAreReadByNumber() throws {
        let folder = try TestFolder()
        for i in 0..<3 {
            try folder.write("f\(i).raw", bytes(i))
            try folder.write("f\(i).raw.json", text: Self.sidecar.replacing("100", with: "\(100 + i)"))
        }
        let sequence = try RawSequence([folder.path + "/f%d.raw"])
        #expect(sequence.count == 3 && sequence.items.allSatisfy { $0.isSequence })
        #expect(
            sequence.layout.description == "16x16 SRGGB8 with a stride of 16" && sequence.layout.bytesPerFrame == 256)
        #expect(sequence.metadata.blackLevel == [16, 16, 16, 16])
        for i in [2, 0, 1, 1] {
            let (found, metadata) = try frame(sequence, i)
            #expect(found == bytes(i) && metadata.capture.iso == Double(100 + i))
        }
    }

    @Test func headersAndStridesMayDiffer() throws {
        let folder = try TestFolder()
        let rows = { (stride: Int) in (0..<16).flatMap { y in (0..<stride).map { UInt8(y * 16 + min($0, 15)) } } }
        try folder.write("a.raw", rows(20))
        try folder.write("a.raw.json", text: Self.sidecar.replacing("}", with: #", "stride_bytes": 20}"#))
        try folder.write("b.raw", rows(16))
        try folder.write("b.raw.json", text: Self.sidecar)
        // The padding of the last row may be missing.
        try folder.write("c.raw", rows(20).dropLast(4))
        try folder.write("c.raw.json", text: Self.sidecar.replacing("}", with: #", "stride_bytes": 20}"#))
        let sequence = try RawSequence([folder.path])
        #expect(sequence.layout.bytesPerRow == 20)
        for i in 0..<3 {
            let found = try frame(sequence, i).bytes
            for y in 0..<16 {
                #expect(Array(found[(20 * y)..<(20 * y + 16)]) == Array(rows(16)[(16 * y)..<(16 * y + 16)]))
            }
        }

        let dump = RawDumpGeometry(format: try .named("SRGGB8"), size: Size(width: 16, height: 16), offset: 5)
        let headed = try folder.write("d.bin", [9, 9, 9, 9, 9] + bytes(1))
        let second = try RawSequence([headed], dump: dump)
        #expect(try frame(second, 0).bytes == bytes(1))
        #expect(second.layout.offset == 0, "in memory there is no header")
    }

    @Test func aFrameOfAnotherKindNamesBothFiles() throws {
        let folder = try TestFolder()
        for (name, json) in [
            ("a.raw", Self.sidecar), ("b.raw", Self.sidecar.replacing(#""height": 16"#, with: #""height": 17"#)),
            ("c.raw", Self.sidecar.replacing("SRGGB8", with: "SBGGR8")),
        ] {
            try folder.write(name, bytes(0, count: 512))
            try folder.write(name + ".json", text: json)
        }
        try folder.write("d.dng", DNGBuilder().bytes())
        let sequence = try RawSequence([folder.path])
        #expect(sequence.count == 4)
        for (index, name, what) in [
            (1, "b.raw", "16x17 SRGGB8"), (2, "c.raw", "16x16 SBGGR8"), (3, "d.dng", "64x48 SRGGB"),
        ] {
            let error = failure { _ = try frame(sequence, index) }
            #expect(error?.kind == .damagedInput)
            let expected = "\(folder.path)/\(name): \(what)"
            #expect(error?.message.hasPrefix(expected) == true, "\(error?.message ?? "none")")
            #expect(error?.message.contains("began with 16x16 SRGGB8 in \(folder.path)/a.raw;") == true)
        }
        #expect(try frame(sequence, 0).bytes == bytes(0))
    }

    @Test func cameraFilesAreDecodedIntoTheBuffer() throws {
        let folder = try TestFolder()
        for i in 1...2 {
            var dng = DNGBuilder()
            dng.sample = { x, y in UInt16(100 * i + x + y) }
            try folder.write("f\(i).dng", dng.bytes())
        }
        let sequence = try RawSequence([folder.path + "/f%d.dng"])
        #expect(sequence.layout.size == Size(width: 64, height: 48))
        for i in 0..<2 {
            let alone = try Readers.read(sequence.items[i].source)
            let (found, metadata) = try frame(sequence, i)
            let row = sequence.layout.bytesPerRow
            alone.withBytes { bytes in
                for y in 0..<48 {
                    #expect(
                        Array(found[(y * row)..<(y * row + row)])
                            == Array(bytes[(y * alone.bytesPerRow)...][..<(y * alone.bytesPerRow + row)]))
                }
            }
            #expect(metadata.blackLevel == alone.metadata.blackLevel && metadata.whiteLevel == 4000)
        }
    }

    @Test func aFileThatShrankOrWentIsAnErrorWithItsName() throws {
        let folder = try TestFolder()
        let dump = RawDumpGeometry(format: try .named("SRGGB8"), size: Size(width: 16, height: 16))
        for i in 0..<4 { try folder.write("f\(i).raw", bytes(i)) }
        let sequence = try RawSequence([folder.path + "/f%d.raw"], dump: dump)
        for length in 0..<256 {
            let path = try folder.write("f1.raw", bytes(1, count: length))
            let error = failure { _ = try frame(sequence, 1) }
            #expect(error?.kind == .damagedInput && error?.message.hasPrefix(path + ": ") == true)
        }
        try FileManager.default.removeItem(atPath: folder.path + "/f2.raw")
        #expect(failure { _ = try frame(sequence, 2) }?.kind == .cannotOpenInput)
        #expect(try frame(sequence, 3).bytes == bytes(3))
    }

    @Test func longerDumpsSayThatTheirFirstFrameIsRead() throws {
        let folder = try TestFolder()
        let dump = RawDumpGeometry(format: try .named("SRGGB8"), size: Size(width: 16, height: 16), blackLevel: [0])
        let sequence = try RawSequence([try folder.write("a.raw", bytes(0, count: 1024))], dump: dump)
        #expect(try frame(sequence, 0).metadata.notes == ["the file holds 4 frames; the first is read"])
    }

    @Test func sequencesThatCannotBeAreRefusedWhenOpened() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.raw", bytes(0))
        #expect(failure { _ = try RawSequence([InputItem]()) }?.kind == .usage)
        #expect(failure { _ = try RawSequence([path]) }?.kind == .usage)
        let input = failure { _ = try RawSequence([path, "-"]) }
        #expect(input?.kind == .usage && input?.message.contains("stream") == true)
        #expect(failure { _ = try RawSequence([folder.path + "/none%d.raw"]) }?.kind == .cannotOpenInput)
        let device = failure { _ = try RawSequence(["/dev/zero"], dump: RawDumpGeometry()) }
        #expect(device?.kind == .usage && device?.message.hasPrefix("/dev/zero: ") == true)
        let small = RawDumpGeometry(format: try .named("SRGGB8"), size: Size(width: 16, height: 17))
        let error = failure { _ = try RawSequence([path], dump: small) }
        #expect(error?.kind == .damagedInput && error?.message.hasPrefix(path) == true)
    }
}
