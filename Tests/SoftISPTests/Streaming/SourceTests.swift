// The sources that read files and pipes.

import Foundation
import ISPImaging
import ISPMedia
import SoftISP
import Testing

@Suite struct SourceTests {
    private final class Folder {
        let path = NSTemporaryDirectory() + "softisp-" + UUID().uuidString
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
            return path + "/" + name
        }
    }

    private static var geometry: RawDumpGeometry {
        var geometry = RawDumpGeometry()
        geometry.format = PixelFormat.raw(.rggb, bitsPerSample: 8, packing: .bytes)
        geometry.size = Size(width: 16, height: 16)
        return geometry
    }

    /// The first samples of all frames that come.
    private func firstSamples(_ source: any FrameSource) throws -> [UInt8] {
        let memory = AlignedMemory(byteCount: source.first.storedByteCount)
        var samples: [UInt8] = []
        while try source.next(into: memory.bytes) != nil { samples.append(memory.bytes[0]) }
        return samples
    }

    @Test func aSequenceDeliversItsFilesInOrder() throws {
        let folder = try Folder()
        for number in 0..<5 { _ = try folder.write("f\(number).raw", Array(repeating: UInt8(number), count: 256)) }
        let source = try SequenceSource([folder.path + "/f%d.raw"], dump: Self.geometry)
        #expect(source.count == 5 && !source.isLive)
        #expect(try firstSamples(source) == [0, 1, 2, 3, 4])
    }

    @Test func aDamagedFileEndsTheSequenceAndIsNamed() throws {
        let folder = try Folder()
        for number in 0..<3 {
            _ = try folder.write("f\(number).raw", Array(repeating: 0, count: number == 1 ? 100 : 256))
        }
        let source = try SequenceSource([folder.path + "/f%d.raw"], dump: Self.geometry)
        let memory = AlignedMemory(byteCount: source.first.storedByteCount)
        #expect(try source.next(into: memory.bytes) != nil)
        let error = #expect(throws: ISPError.self) { try source.next(into: memory.bytes) }
        #expect(error?.kind == .damagedInput && error?.message.contains("f1.raw") == true)
    }

    @Test func aStreamDeliversWhatWasLookedAtToo() throws {
        let folder = try Folder()
        let path = try folder.write("all.raw", (0..<3).flatMap { Array(repeating: UInt8($0 + 10), count: 256) })
        let source = try RawStreamSource(path, geometry: Self.geometry)
        #expect(try firstSamples(source) == [10, 11, 12])
    }

    @Test func anEmptyStreamIsRefused() throws {
        let folder = try Folder()
        let file = try folder.write("none.raw", [])
        let error = #expect(throws: ISPError.self) { try RawStreamSource(file, geometry: Self.geometry) }
        #expect(error?.kind == .damagedInput)
    }

    @Test func anInterruptedSourceEnds() throws {
        let folder = try Folder()
        for number in 0..<3 { _ = try folder.write("f\(number).raw", Array(repeating: 0, count: 256)) }
        let source = try SequenceSource([folder.path + "/f%d.raw"], dump: Self.geometry)
        source.interrupt()
        #expect(try firstSamples(source).isEmpty)
    }
}
