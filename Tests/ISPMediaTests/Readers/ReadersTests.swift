import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct ReadersTests {
    @Test func everyReaderDescribesItself() {
        #expect(Readers.all.map(\.name) == ["camera", "raw-dump"])
        for reader in Readers.all {
            #expect(!reader.summary.isEmpty && !reader.fileExtensions.isEmpty)
            #expect(reader.fileExtensions.allSatisfy { $0 == $0.lowercased() && !$0.contains(".") })
        }
    }

    @Test func missingFile() throws {
        let error = failure { () throws(ISPError) in try Readers.read(.file("/nonexistent/frame.dng")) }
        #expect(error.kind == .cannotOpenInput)
        #expect(error.message == "/nonexistent/frame.dng: no such file; check the path")
    }

    @Test func directory() throws {
        let folder = try TestFolder()
        let error = failure { () throws(ISPError) in try Readers.read(.file(folder.path)) }
        #expect(error.kind == .cannotOpenInput && error.message.contains("directory"))
    }

    @Test func unreadableFile() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.dng", DNGBuilder().bytes())
        #expect(chmod(path, 0) == 0)
        guard access(path, R_OK) != 0 else { return }  // the superuser reads everything
        let error = failure { () throws(ISPError) in try Readers.read(.file(path)) }
        #expect(error.kind == .cannotOpenInput && error.message.contains("permission"))
    }

    @Test(arguments: ["empty.dng", "empty.raw", "empty"])
    func emptyFile(name: String) throws {
        let folder = try TestFolder()
        let path = try folder.write(name, [])
        let error = failure { () throws(ISPError) in try Readers.read(.file(path)) }
        #expect(error.kind == .damagedInput && error.message.contains("empty (0 bytes)"))
    }

    @Test(arguments: [
        ("a.jpg", [0xff, 0xd8, 0xff, 0xe0] as [UInt8], "JPEG"), ("a.dng", [0xff, 0xd8, 0xff, 0xe1], "JPEG"),
        ("a.raw", [0x89, 0x50, 0x4e, 0x47], "PNG"),
    ])
    func picturesAreRefusedByNameWhateverTheirExtension(name: String, head: [UInt8], kind: String) throws {
        let folder = try TestFolder()
        let path = try folder.write(name, head + [UInt8](repeating: 7, count: 100))
        let error = failure { () throws(ISPError) in try Readers.read(.file(path)) }
        #expect(error.kind == .unsupportedInput && error.message.contains(kind))
    }

    @Test(arguments: ["notes.txt", "notes.dng", "notes.nef", "notes"])
    func textIsNotARawFile(name: String) throws {
        let folder = try TestFolder()
        let path = try folder.write(name, text: String(repeating: "The quick brown fox. ", count: 400))
        let error = failure { () throws(ISPError) in try Readers.read(.file(path)) }
        #expect(error.kind == .unsupportedInput)
        #expect(error.message.hasPrefix(path + ": "))
    }

    @Test func aTIFFPictureIsNotARawFile() {
        let picture = DNGBuilder(
            photometric: 2, samplesPerPixel: 3, bitsPerSample: 8, common: [.ascii(271, ""), .ascii(272, "")],
            isDNG: false)
        let error = failure { () throws(ISPError) in try read(picture) }
        #expect(error.kind == .unsupportedInput)
    }

    @Test func aDumpNobodyDescribedNeverReachesLibRaw() throws {
        // 614400 bytes are the size of a camera's file in LibRaw's table.
        let folder = try TestFolder()
        let path = try folder.write("frame.raw", [UInt8](repeating: 1, count: 614_400))
        let error = failure { () throws(ISPError) in try Readers.read(.file(path)) }
        #expect(error.kind == .usage && error.message.contains("sidecar"))
    }

    @Test func aCameraFileIsKnownByContentWithoutAnExtension() throws {
        let folder = try TestFolder()
        let path = try folder.write("whatever.txt", DNGBuilder().bytes())
        #expect(try Readers.read(.file(path)).size == Size(width: 64, height: 48))
    }

    @Test func bytesAndAFileGiveTheSameFrame() throws {
        let folder = try TestFolder()
        let bytes = DNGBuilder().bytes()
        let path = try folder.write("a.dng", bytes)
        let (one, two) = (try Readers.read(.file(path)), try Readers.read(.bytes(name: "x", bytes)))
        #expect(samples(one) == samples(two))
        #expect(one.format == two.format)
    }

    @Test func aNamedPipeIsReadToItsEnd() async throws {
        let folder = try TestFolder()
        let path = folder.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let bytes = DNGBuilder().bytes()
        let writer = Thread {
            let file = open(path, O_WRONLY)
            _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            close(file)
        }
        writer.start()
        #expect(try Readers.read(.file(path)).size == Size(width: 64, height: 48))
    }

    @Test func aStreamBeyondTheLimitIsRefused() throws {
        let folder = try TestFolder()
        let path = try folder.write("long", [UInt8](repeating: 0, count: 5000))
        let error = failure { () throws(ISPError) in try FileBytes.stream(path: path, limit: 4999) }
        #expect(error.kind == .resource)
        #expect(try FileBytes.stream(path: path, limit: 5000).count == 5000)
    }
}
