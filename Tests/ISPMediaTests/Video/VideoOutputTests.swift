// Where videos go: files that grow, pipes, full disks; every failure is an error and none a signal.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct VideoOutputTests {
    /// A pipe's buffer is smaller than one picture.
    private let size = Size(width: 400, height: 300)

    private func open(
        _ name: String, _ path: String, overwrite: Bool = false, size: Size = Size(width: 400, height: 300)
    ) throws -> any VideoWriter {
        var options = WriterOptions()
        options.overwrite = overwrite
        return try VideoWriters.open(
            try stream(.grey8, size), options: options, as: try VideoWriters.named(name), to: try OutputTarget(path))
    }

    @Test(arguments: streamingWriters) func everyFrameIsThereWhenWriteReturns(_ name: String) throws {
        let scratch = try Scratch()
        let small = Size(width: 8, height: 8)
        let video = try open(name, scratch.file("a"), size: small)
        #expect(scratch.names == ["a"], "a growing file has its name at once")
        var length = try contents(scratch.file("a")).count
        for _ in 0..<3 {
            try video.write(try picture(.grey8, small))
            let now = try contents(scratch.file("a")).count
            #expect(now > length)
            length = now
        }
        try video.finish()
        #expect(try contents(scratch.file("a")).count == length)
    }

    @Test(arguments: streamingWriters) func aKilledRunKeepsItsFrames(_ name: String) async throws {
        let scratch = try Scratch()
        let image = try picture(.grey8, size)
        let whole = try filmed([image, image], try stream(.grey8, size), as: try VideoWriters.named(name))
        await #expect(processExitsWith: .signal(SIGKILL)) { [name, path = scratch.file("a") as String] in
            let size = Size(width: 400, height: 300)
            let video = try VideoWriters.open(
                try stream(.grey8, size), options: WriterOptions(), as: try VideoWriters.named(name), to: .file(path))
            for _ in 0..<2 { try video.write(try picture(.grey8, size)) }
            kill(getpid(), SIGKILL)
        }
        #expect(try contents(scratch.file("a")) == whole)
    }

    @Test(arguments: streamingWriters) func anExistingFileIsKeptUnlessItMayBeOverwritten(_ name: String) throws {
        let scratch = try Scratch()
        let path = scratch.file("a")
        try Data(repeating: 9, count: 1 << 20).write(to: URL(fileURLWithPath: path))
        let error = failure { _ = try open(name, path) }
        #expect(error?.kind == .cannotCreateOutput && error?.message.contains("--overwrite") == true)
        #expect(try contents(path).count == 1 << 20)
        let video = try open(name, path, overwrite: true)
        try video.write(try picture(.grey8, size))
        try video.finish()
        let expected = try filmed(
            [try picture(.grey8, size)], try stream(.grey8, size), as: try VideoWriters.named(name))
        #expect(try contents(path) == expected)
    }

    @Test func linksAreFollowedOnlyToBeOverwritten() throws {
        let scratch = try Scratch()
        symlink("nowhere", scratch.file("link"))
        #expect(failure { _ = try open("raw", scratch.file("link")) }?.kind == .cannotCreateOutput)
        #expect(scratch.names == ["link"])
        try open("raw", scratch.file("link"), overwrite: true).finish()
        #expect(scratch.names == ["link", "nowhere"])
    }

    @Test(arguments: streamingWriters) func placesWhereNoFileCanBeAreRefused(_ name: String) throws {
        let scratch = try Scratch()
        for (path, advice) in [
            (scratch.file("missing/a"), "does not exist"), (scratch.path, "is a directory"),
            (scratch.file("a/"), "names a directory"),
        ] {
            let error = failure { _ = try open(name, path) }
            #expect(error?.kind == .cannotCreateOutput && error?.message.contains(advice) == true)
        }
    }

    @Test(arguments: streamingWriters) func aFullDiskIsAnInputOutputError(_ name: String) throws {
        var video: (any VideoWriter)?
        let error = failure {
            video = try open(name, "/dev/full")
            try video?.write(try picture(.grey8, size))
        }
        #expect(error == ISPError(.inputOutput, "/dev/full: the disk is full; free some space and try again"))
        if let video {
            #expect(failure { try video.write(try picture(.grey8, size)) } == error, "the failure stays")
            #expect(failure { try video.finish() } == error)
        }
    }

    @Test(arguments: streamingWriters) func aPipeGetsTheSameBytesAsAFile(_ name: String) throws {
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let reader = Thread.detached {
            let descriptor = Foundation.open(pipe, O_RDONLY)
            var bytes: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 5000)
            while case let count = read(descriptor, &part, part.count), count > 0 { bytes += part.prefix(count) }
            close(descriptor)
            return bytes
        }
        let images = [try picture(.grey8, size), try counting(.grey8, size)]
        let video = try open(name, pipe)
        for image in images { try video.write(image) }
        try video.finish()
        let expected = try filmed(images, try stream(.grey8, size), as: try VideoWriters.named(name))
        #expect(reader.wait() == expected)
    }

    @Test(arguments: streamingWriters) func aClosedPipeIsAnInputOutputError(_ name: String) throws {
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let reader = Thread.detached {
            let descriptor = Foundation.open(pipe, O_RDONLY)
            var byte: UInt8 = 0
            read(descriptor, &byte, 1)
            close(descriptor)
        }
        let video = try open(name, pipe)
        let error = failure { for _ in 0..<100 { try video.write(try picture(.grey8, size)) } }
        reader.wait()
        #expect(error == ISPError(.inputOutput, "\(pipe): the reader closed the pipe before everything was written"))
        #expect(failure { try video.finish() } == error)
    }

    @Test func aClosedStandardOutputIsAnErrorAndNoSignal() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[1], STDOUT_FILENO)
            close(ends[0])
            let error = failure {
                let size = Size(width: 40, height: 30)
                let video = try VideoWriters.open(
                    try stream(.grey8, size), options: WriterOptions(), as: RawVideoWriter.self, to: .standardOutput)
                try video.write(try picture(.grey8, size))
            }
            exit(error?.kind == .inputOutput && error?.message.hasPrefix("standard output: ") == true ? 7 : 1)
        }
    }

    @Test func aSlowReaderOfANonBlockingPipeGetsEverything() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[1], STDOUT_FILENO)
            close(ends[1])
            _ = fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK)
            let source = ends[0]
            let writingThread = thisThread()
            let reader = Thread.detached {
                var count = 0
                var part = [UInt8](repeating: 0, count: 10_000)
                // Not before the pipe is full, so that a write would have to wait.
                waitUntilAsleep(writingThread)
                while case let got = read(source, &part, part.count), got > 0 { count += got }
                return count
            }
            let size = Size(width: 400, height: 300)
            let video = try VideoWriters.open(
                try stream(.grey8, size), options: WriterOptions(), as: RawVideoWriter.self, to: .standardOutput)
            for _ in 0..<3 { try video.write(try picture(.grey8, size)) }
            try video.finish()
            // Standard output is not the writer's to close.
            guard fcntl(STDOUT_FILENO, F_GETFD) >= 0 else { exit(2) }
            close(STDOUT_FILENO)
            exit(reader.wait() == 3 * 120_000 ? 7 : 1)
        }
    }

    /// What a full disk leaves is a video that ends early, not one whose last frame is torn.
    @Test(arguments: ["y4m", "raw"]) func aFileThatCannotGrowEndsWithAWholeFrame(_ name: String) async throws {
        let scratch = try Scratch()
        await #expect(processExitsWith: .exitCode(7)) { [name, path = scratch.file("a") as String] in
            var limit = rlimit(rlim_cur: 300_000, rlim_max: 300_000)
            #if os(Linux)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #else
                setrlimit(RLIMIT_FSIZE, &limit)
            #endif
            let size = Size(width: 400, height: 300)
            let video = try VideoWriters.open(
                try stream(.grey8, size), options: WriterOptions(), as: try VideoWriters.named(name), to: .file(path))
            let error = failure { for _ in 0..<3 { try video.write(try picture(.grey8, size)) } }
            exit(error?.message.contains("ulimit") == true && video.frameCount == 2 ? 7 : 1)
        }
        let image = try picture(.grey8, size)
        let expected = try filmed([image, image], try stream(.grey8, size), as: try VideoWriters.named(name))
        #expect(try contents(scratch.file("a")) == expected)
    }

    @Test(arguments: streamingWriters) func aDroppedWriterClosesItsFile(_ name: String) throws {
        let scratch = try Scratch()
        func openFiles() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }
        // Other tests open and close files meanwhile: a leak of 2000 stands out.
        let before = openFiles()
        for _ in 0..<2000 { _ = try open(name, scratch.file("a"), overwrite: true, size: Size(width: 1, height: 1)) }
        #expect(openFiles() < before + 1000)
    }
}
