// Raw frames from files, pipes and standard input, whole or not at all.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct RawStreamReaderTests {
    static let size = Size(width: 16, height: 16)
    /// Rows of 20 bytes of which 4 are padding.
    private let padded = RawDumpGeometry(format: try? .named("SRGGB8"), size: size, bytesPerRow: 20, offset: 3)
    private let plain = RawDumpGeometry(format: try? .named("SRGGB8"), size: size, blackLevel: [16], whiteLevel: 250)

    private func bytes(_ count: Int, from first: Int = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: first + $0 * 7) }
    }

    /// All frames of a stream, and how it ended.
    private func read(_ reader: RawStreamReader) -> (frames: [[UInt8]], error: ISPError?) {
        let memory = AlignedMemory(byteCount: reader.layout.bytesPerFrame)
        var frames: [[UInt8]] = []
        let error = failure { while try reader.read(into: memory.bytes) { frames.append(Array(memory.bytes)) } }
        #expect(reader.frameCount == frames.count)
        // The end stays the end.
        var isMore = false
        #expect(failure { isMore = try reader.read(into: memory.bytes) } == error)
        #expect(!isMore)
        return (frames, error)
    }

    @Test func framesFollowOneAnother() throws {
        let folder = try TestFolder()
        let all = bytes(3 * 256)
        let reader = try RawStreamReader(try folder.write("a.bin", all), geometry: plain)
        #expect(reader.layout.size == Self.size && reader.layout.format.name == "SRGGB8")
        #expect(reader.layout.bytesPerRow == 16 && reader.layout.bytesPerFrame == 256)
        #expect(reader.metadata.blackLevel == [16, 16, 16, 16] && reader.metadata.whiteLevel == 250)
        let (frames, error) = read(reader)
        #expect(error == nil && frames == (0..<3).map { Array(all[($0 * 256)..<($0 * 256 + 256)]) })
    }

    @Test func aSidecarDescribesTheStream() throws {
        let folder = try TestFolder()
        try folder.write("a.raw.json", text: #"{"width": 16, "height": 16, "format": "SGBRG10", "black_level": 64}"#)
        let reader = try RawStreamReader(try folder.write("a.raw", bytes(1024)), geometry: RawDumpGeometry())
        #expect(reader.layout.format.name == "SGBRG10" && reader.metadata.blackLevel == [64, 64, 64, 64])
        #expect(read(reader).frames.count == 2)
    }

    @Test func anEmptyStreamHasNoFrames() throws {
        let (frames, error) = read(try RawStreamReader("/dev/null", geometry: plain))
        #expect(frames.isEmpty && error == nil)
    }

    @Test func everyTruncationOfTheLastFrameIsSeen() throws {
        let folder = try TestFolder()
        for length in 256...512 {
            let path = try folder.write("a.bin", bytes(length))
            let (frames, error) = read(try RawStreamReader(path, geometry: plain))
            switch length {
            case 256, 512: #expect(error == nil && frames.count == length / 256)
            default:
                #expect(frames.count == 1)
                #expect(
                    error
                        == ISPError(
                            .damagedInput,
                            "\(path): frame 2 has \(length - 256) of 256 bytes (16x16 SRGGB8 with a stride of 16); "
                                + "the stream was cut short or its description is wrong"))
            }
        }
    }

    @Test func everyTruncationWithHeaderAndPaddingIsSeen() throws {
        let folder = try TestFolder()
        for length in 0...(3 + 640) {
            let path = try folder.write("a.bin", bytes(length))
            let (frames, error) = read(try RawStreamReader(path, geometry: padded))
            switch length {
            // Nothing at all is cut short as well: where a header is due, an empty stream is none.
            case 0..<3: #expect(error?.message.contains("\(length) bytes, but the header has 3") == true)
            // The padding of the last row may be missing.
            case 3: #expect(error == nil && frames.isEmpty)
            case 319...323: #expect(error == nil && frames.count == 1)
            case 639...643: #expect(error == nil && frames.count == 2)
            default: #expect(error?.message.contains("has \((length - 3) % 320) of 316 bytes") == true, "\(length)")
            }
            if let frame = frames.first { #expect(Array(frame[..<316]) == Array(bytes(length)[3..<319])) }
            if frames.count > 1 { #expect(Array(frames[1][..<316]) == Array(bytes(length)[323..<639])) }
        }
    }

    @Test(arguments: [1, 7, 100, 256, 1000]) func aPipeMayBringAnyPieces(_ piece: Int) throws {
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        // Opening does not wait for a writer; reading does.
        let reader = try RawStreamReader(pipe, geometry: plain)
        let all = bytes(4 * 256)
        let readingThread = thisThread()
        let writer = Thread.detached {
            waitUntilAsleep(readingThread)
            let descriptor = open(pipe, O_WRONLY)
            for start in stride(from: 0, to: all.count, by: piece) {
                let part = Array(all[start..<min(all.count, start + piece)])
                #expect(write(descriptor, part, part.count) == part.count)
                if piece > 50 { waitUntilTaken(descriptor) }
            }
            close(descriptor)
        }
        let (frames, error) = read(reader)
        writer.wait()
        #expect(error == nil && frames.flatMap(\.self) == all)
    }

    @Test func standardInputIsAStream() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[0], STDIN_FILENO)
            let all = (0..<600).map { UInt8(truncatingIfNeeded: $0) }
            guard write(ends[1], all, all.count) == all.count else { exit(2) }
            close(ends[1])
            let geometry = RawDumpGeometry(format: try .named("R8"), size: Size(width: 16, height: 16))
            let reader = try RawStreamReader("-", geometry: geometry)
            let memory = AlignedMemory(byteCount: 256)
            for frame in 0..<2 {
                guard try reader.read(into: memory.bytes) else { exit(3) }
                guard Array(memory.bytes) == Array(all[(frame * 256)..<(frame * 256 + 256)]) else { exit(4) }
            }
            let error = failure { _ = try reader.read(into: memory.bytes) }
            exit(error?.message.hasPrefix("standard input: frame 3 has 88 of 256 bytes") == true ? 7 : 1)
        }
    }

    @Test func aWaitingReadCanBeInterrupted() throws {
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        for bytesBefore in [nil, 0, 100] {
            let reader = try RawStreamReader(pipe, geometry: plain)
            // No writer at all, one that is silent, one that stops within a frame.
            let writer = bytesBefore.map { count in
                let descriptor = open(pipe, O_WRONLY)
                #expect(write(descriptor, bytes(count), count) == count)
                return descriptor
            }
            let interruption = reader.interruption
            let readingThread = thisThread()
            let helper = Thread.detached {
                waitUntilAsleep(readingThread)
                interruption.interrupt()
            }
            let (frames, error) = read(reader)
            helper.wait()
            #expect(frames.isEmpty && error == nil && interruption.isInterrupted)
            if let writer { close(writer) }
        }
    }

    @Test func anInterruptionIsForGoodAndForAll() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.bin", bytes(1024))
        let interruption = try ReadInterruption()
        let readers = try (0..<3).map { _ in try RawStreamReader(path, geometry: plain, interruption: interruption) }
        let memory = AlignedMemory(byteCount: 256)
        for reader in readers { #expect(try reader.read(into: memory.bytes)) }
        #expect(!interruption.isInterrupted)
        interruption.interrupt()
        interruption.interrupt()
        for reader in readers { #expect(try !reader.read(into: memory.bytes)) }
        // A stream that always has bytes is stopped as well, within its header too.
        var endless = plain
        endless.offset = .max
        let zero = try RawStreamReader("/dev/zero", geometry: endless)
        let readingThread = thisThread()
        let helper = Thread.detached { [stop = zero.interruption] in
            waitUntilReading(readingThread)
            stop.interrupt()
        }
        #expect(try !zero.read(into: memory.bytes))
        helper.wait()
    }

    @Test func whatCannotBeReadIsRefusedByName() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.bin", bytes(256))
        let cases: [(String, RawDumpGeometry, ISPError.Kind, String)] = [
            (folder.path, plain, .cannotOpenInput, "directory"),
            (folder.path + "/none", plain, .cannotOpenInput, "no such file"),
            (path, RawDumpGeometry(), .usage, "pixel format"),
            (path, RawDumpGeometry(format: plain.format), .usage, "size"),
            (path, RawDumpGeometry(format: .rgb888, size: Self.size), .usage, "not a raw format"),
            (path, RawDumpGeometry(format: plain.format, size: Self.size, offset: -1), .usage, "offset of 0 or more"),
            (path, RawDumpGeometry(format: plain.format, size: Self.size, bytesPerRow: 15), .damagedInput, "stride"),
            (path, RawDumpGeometry(format: plain.format, size: Size(width: 8, height: 8)), .damagedInput, "8x8"),
        ]
        for (path, geometry, kind, advice) in cases {
            let error = failure { _ = try RawStreamReader(path, geometry: geometry) }
            #expect(error?.kind == kind && error?.message.contains(advice) == true, "\(error?.message ?? "none")")
            #expect(error?.message.hasPrefix(path + ": ") == true)
        }
    }

    @Test func readingThatFailsIsAnInputOutputError() async {
        await #expect(processExitsWith: .exitCode(7)) {
            dup2(open("/dev/null", O_WRONLY), STDIN_FILENO)
            let geometry = RawDumpGeometry(format: try .named("R8"), size: Size(width: 16, height: 16))
            let reader = try RawStreamReader("-", geometry: geometry)
            let memory = AlignedMemory(byteCount: 256)
            let error = failure { _ = try reader.read(into: memory.bytes) }
            exit(error?.kind == .inputOutput && error?.message.hasPrefix("standard input: ") == true ? 7 : 1)
        }
    }

    /// All wake for the same bytes, one gets them, and the reads of others would block.
    @Test func readersMayShareAPipe() throws {
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let geometry = plain
        // Opened here: a reader that comes when all is over would wait for another writer.
        nonisolated(unsafe) let readers = try (0..<12).map { _ in try RawStreamReader(pipe, geometry: geometry) }
        let others = (0..<12).map { index in
            Thread.detached {
                let memory = AlignedMemory(byteCount: 256)
                let error = failure { while try readers[index].read(into: memory.bytes) {} }
                #expect(error == nil)
                return readers[index].frameCount
            }
        }
        let descriptor = open(pipe, O_WRONLY)
        let frame = bytes(256)
        for _ in 0..<3000 {
            #expect(write(descriptor, frame, frame.count) == frame.count)
            waitUntilTaken(descriptor)
        }
        close(descriptor)
        #expect(others.map { $0.wait() }.reduce(0, +) == 3000)
    }

    @Test func signalsDoNotDisturbAWaitingRead() async {
        await #expect(processExitsWith: .exitCode(7)) {
            // Without SA_RESTART every call that waits ends with EINTR.
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in }
            sigaction(SIGUSR1, &action, nil)
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[0], STDIN_FILENO)
            let (other, source) = (ends[1], ends[0])
            close(source)
            let thread = pthread_self()
            let readingThread = thisThread()
            let writer = Thread.detached {
                for byte in 0..<256 {
                    waitUntilAsleep(readingThread)
                    pthread_kill(thread, SIGUSR1)
                    var value = UInt8(byte)
                    write(other, &value, 1)
                }
                close(other)
            }
            let geometry = RawDumpGeometry(format: try .named("R8"), size: Size(width: 16, height: 16))
            let reader = try RawStreamReader("-", geometry: geometry)
            let memory = AlignedMemory(byteCount: 256)
            let isRead = try reader.read(into: memory.bytes)
            let isMore = try reader.read(into: memory.bytes)
            writer.wait()
            exit(isRead && !isMore && Array(memory.bytes) == Array(0...255) ? 7 : 1)
        }
    }

    /// Random headers, strides, formats and lengths: frames are what slicing the bytes gives, and nothing traps.
    @Test func randomLayoutsAreSlicedRight() throws {
        let folder = try TestFolder()
        var generator = SeededGenerator(state: 5)
        for _ in 0..<300 {
            let format = PixelFormat.all.filter(\.isRaw).randomElement(using: &generator)!
            let size = Size(
                width: .random(in: 16...40, using: &generator), height: .random(in: 16...20, using: &generator))
            let packed = format.minimumBytesPerRow(width: size.width)
            let geometry = RawDumpGeometry(
                format: format, size: size, bytesPerRow: packed + .random(in: 0...5, using: &generator),
                offset: .random(in: 0...5000, using: &generator))
            let all = bytes(.random(in: 0...12_000, using: &generator))
            let reader = try RawStreamReader(try folder.write("a", all), geometry: geometry)
            let (frames, error) = read(reader)
            let samples = max(0, all.count - geometry.offset)
            let missing = reader.layout.bytesPerFrame - reader.layout.minimumBytesPerFrame
            #expect(frames.count == (samples + missing) / reader.layout.bytesPerFrame)
            let rest = samples - frames.count * reader.layout.bytesPerFrame
            #expect((error == nil) == (rest <= 0 && all.count >= geometry.offset), "\(geometry) \(all.count)")
            for (i, frame) in frames.enumerated() {
                let start = geometry.offset + i * reader.layout.bytesPerFrame
                let whole = all[start..<min(all.count, start + reader.layout.bytesPerFrame)]
                #expect(Array(frame[..<whole.count]) == Array(whole))
            }
        }
    }
}
