// Files appear whole or not at all, and every failure has its kind and its advice.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct AtomicFileTests {
    static let plain = AtomicFile.Abilities()
    static let abilities: [AtomicFile.Abilities] = {
        var named = AtomicFile.Abilities()
        named.anonymousFiles = false
        var unlinked = named
        unlinked.hardLinks = false
        return [plain, named, unlinked]
    }()

    private func write(
        _ path: String, _ text: String, overwrite: Bool = false, synchronize: Bool = false,
        _ abilities: AtomicFile.Abilities = plain
    ) throws(ISPError) {
        try AtomicFile.write(to: .file(path), overwrite: overwrite, synchronize: synchronize, abilities: abilities) {
            file throws(ISPError) in try file.write(Array(text.utf8))
        }
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test(arguments: abilities.indices) func aFileAppearsWholeAndAlone(_ i: Int) throws {
        let scratch = try Scratch()
        try write(scratch.file("a.png"), "whole", synchronize: true, Self.abilities[i])
        #expect(text(scratch.file("a.png")) == "whole")
        #expect(scratch.names == ["a.png"])
    }

    @Test(arguments: abilities.indices) func nothingIsThereBeforeTheEnd(_ i: Int) throws {
        let scratch = try Scratch()
        try AtomicFile.write(
            to: .file(scratch.file("a")), overwrite: false, synchronize: false, abilities: Self.abilities[i]
        ) { file throws(ISPError) in
            try file.write(Array(repeating: 1, count: 1 << 20))
            #expect(!scratch.names.contains("a"))
            #expect(scratch.names.isEmpty || Self.abilities[i].anonymousFiles == false)
        }
        #expect(scratch.names == ["a"])
    }

    @Test(arguments: abilities.indices) func aSourceThatFailsHalfWayLeavesNothing(_ i: Int) throws {
        let scratch = try Scratch()
        let error = failure {
            try AtomicFile.write(
                to: .file(scratch.file("a")), overwrite: false, synchronize: false, abilities: Self.abilities[i]
            ) { file throws(ISPError) in
                try file.write(Array(repeating: 1, count: 1 << 20))
                throw ISPError(.damagedInput, "the source broke")
            }
        }
        #expect(error == ISPError(.damagedInput, "the source broke"))
        #expect(scratch.names.isEmpty)
    }

    @Test(arguments: abilities.indices) func anExistingFileIsKept(_ i: Int) throws {
        let scratch = try Scratch()
        let path = scratch.file("a")
        try write(path, "old")
        let error = failure { try write(path, "new", Self.abilities[i]) }
        #expect(error?.kind == .cannotCreateOutput)
        #expect(error?.message.contains("--overwrite") == true)
        #expect(text(path) == "old")
        #expect(scratch.names == ["a"])
    }

    @Test(arguments: abilities.indices) func aFileThatAppearsMeanwhileIsKept(_ i: Int) throws {
        let scratch = try Scratch()
        let path = scratch.file("a")
        let error = failure {
            try AtomicFile.write(to: .file(path), overwrite: false, synchronize: false, abilities: Self.abilities[i]) {
                file throws(ISPError) in
                try file.write(Array("new".utf8))
                _ = FileManager.default.createFile(atPath: path, contents: Data("other".utf8))
            }
        }
        #expect(error?.kind == .cannotCreateOutput)
        #expect(text(path) == "other")
        #expect(scratch.names == ["a"])
    }

    @Test(arguments: abilities.indices) func overwriteReplacesAtTheEnd(_ i: Int) throws {
        let scratch = try Scratch()
        let path = scratch.file("a")
        try write(path, "old")
        try AtomicFile.write(to: .file(path), overwrite: true, synchronize: false, abilities: Self.abilities[i]) {
            file throws(ISPError) in
            try file.write(Array("new".utf8))
            #expect(text(path) == "old")
        }
        #expect(text(path) == "new")
        let error = failure {
            try AtomicFile.write(to: .file(path), overwrite: true) { _ throws(ISPError) in
                throw ISPError(.resource, "no")
            }
        }
        #expect(error?.kind == .resource)
        #expect(text(path) == "new", "a failed replacement keeps the old file")
        #expect(scratch.names == ["a"])
    }

    @Test func aLinkKeepsItsPlaceWhenItsFileIsReplaced() throws {
        let scratch = try Scratch()
        try write(scratch.file("real"), "old")
        symlink("real", scratch.file("link"))
        #expect(failure { try write(scratch.file("link"), "new") }?.kind == .cannotCreateOutput)
        try write(scratch.file("link"), "new", overwrite: true)
        #expect(text(scratch.file("real")) == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file("link")) == "real")
    }

    @Test func aLinkToNothingIsKept() throws {
        let scratch = try Scratch()
        symlink("nowhere", scratch.file("link"))
        #expect(failure { try write(scratch.file("link"), "new") }?.message.contains("--overwrite") == true)
        #expect(scratch.names == ["link"])
    }

    @Test func permissionsFollowTheUmask() throws {
        let scratch = try Scratch()
        let mask = umask(0)
        umask(mask)
        for abilities in Self.abilities {
            let path = scratch.file(UUID().uuidString)
            try write(path, "x", abilities)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o666 & ~mask)
        }
    }

    @Test func placesWhereNoFileCanBeAreRefusedBeforeAnyWork() throws {
        let scratch = try Scratch()
        try write(scratch.file("plain"), "x")
        let cases = [
            (scratch.file("missing/a.png"), "does not exist"), (scratch.file("plain/a.png"), "not a directory"),
            (scratch.path, "is a directory"), (scratch.file("missing/"), "names a directory"),
            (scratch.file("plain"), "--overwrite"), ("/proc/a.png", "/proc"),
            (scratch.file(String(repeating: "x", count: 300)), "too long"),
        ]
        for (path, advice) in cases {
            let early = failure { try AtomicFile.check(.file(path), overwrite: false) }
            if path != "/proc/a.png" { #expect(early?.kind == .cannotCreateOutput, "\(path)") }
            var ran = false
            let error = failure {
                try AtomicFile.write(to: .file(path), overwrite: false) { _ throws(ISPError) in ran = true }
            }
            #expect(error?.kind == .cannotCreateOutput, "\(path)")
            #expect(error?.message.contains(advice) == true, "\(error?.message ?? "no error")")
            #expect(!ran)
        }
    }

    @Test func anUnwritableDirectoryIsRefused() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.file("d"), withIntermediateDirectories: false)
        chmod(scratch.file("d"), 0o555)
        defer { chmod(scratch.file("d"), 0o755) }
        guard geteuid() != 0 else { return }  // The superuser may write anywhere.
        let error = failure { try write(scratch.file("d/a"), "x") }
        #expect(error?.kind == .cannotCreateOutput)
        #expect(error?.message.contains("no permission") == true)
    }

    @Test(arguments: ["/dev/full"]) func aFullDiskIsAnInputOutputError(_ path: String) throws {
        let small = failure { try write(path, "few bytes fail as well") }
        #expect(small?.kind == .inputOutput)
        #expect(small?.message == "/dev/full: the disk is full; free some space and try again")
        let large = failure { try write(path, String(repeating: "x", count: 1 << 20)) }
        #expect(large == small)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: Writers.all.map { $0.descriptor.name }) func everyWriterReportsAFullDisk(_ name: String) throws {
        let writer = try Writers.named(name)
        for size in [Size(width: 1, height: 1), Size(width: 700, height: 400)] {
            let image = try picture(writer.descriptor.formats[0], size)
            let error = failure {
                try Writers.write(image, fullAttributes, options: WriterOptions(), as: writer, to: .file("/dev/full"))
            }
            #expect(error?.kind == .inputOutput, "\(error?.message ?? "no error")")
            #expect(error?.message.hasPrefix("/dev/full: the disk is full") == true)
        }
    }

    @Test(arguments: Writers.all.map { $0.descriptor.name }) func everyWriterFillsADevice(_ name: String) throws {
        let writer = try Writers.named(name)
        let image = try picture(writer.descriptor.formats[0], Size(width: 20, height: 17))
        try Writers.write(image, fullAttributes, options: WriterOptions(), as: writer, to: .file("/dev/null"))
    }

    @Test(arguments: Writers.all.map { $0.descriptor.name }) func aPipeGetsTheSameBytesAsAFile(_ name: String) throws {
        let writer = try Writers.named(name)
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let image = try picture(writer.descriptor.formats[0], Size(width: 333, height: 200))
        let reader = Thread.detached {
            let descriptor = open(pipe, O_RDONLY)
            var bytes: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 5000)
            while case let count = read(descriptor, &part, part.count), count > 0 { bytes += part.prefix(count) }
            close(descriptor)
            return bytes
        }
        try Writers.write(image, fullAttributes, options: WriterOptions(), as: writer, to: .file(pipe))
        #expect(reader.wait() == (try written(image, as: writer)))
    }

    @Test(arguments: Writers.all.map { $0.descriptor.name }) func aClosedPipeIsAnInputOutputError(_ name: String) throws
    {
        let writer = try Writers.named(name)
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        // A reader that takes one byte and goes; the picture is larger than a pipe's buffer.
        let image = try picture(writer.descriptor.formats[0], Size(width: 900, height: 800))
        let reader = Thread.detached {
            let descriptor = open(pipe, O_RDONLY)
            var byte: UInt8 = 0
            read(descriptor, &byte, 1)
            close(descriptor)
        }
        let error = failure {
            try Writers.write(image, fullAttributes, options: WriterOptions(), as: writer, to: .file(pipe))
        }
        reader.wait()
        #expect(error?.kind == .inputOutput)
        #expect(error?.message.contains("closed the pipe") == true, "\(error?.message ?? "no error")")
    }

    @Test func standardOutputThatIsClosedIsAnErrorAndNoSignal() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[1], STDOUT_FILENO)
            close(ends[0])
            do throws(ISPError) {
                try AtomicFile.write(to: .standardOutput, overwrite: false) { file throws(ISPError) in
                    try file.write([1, 2, 3])
                }
            } catch {
                exit(error.kind == .inputOutput && error.message.hasPrefix("standard output: ") ? 7 : 1)
            }
        }
    }

    @Test func aFileSizeLimitIsAnErrorAndNoSignal() async throws {
        let scratch = try Scratch()
        await #expect(processExitsWith: .exitCode(7)) { [path = scratch.file("a") as String] in
            var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
            #if os(Linux)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #else
                setrlimit(RLIMIT_FSIZE, &limit)
            #endif
            do throws(ISPError) {
                try AtomicFile.write(to: .file(path), overwrite: false) { file throws(ISPError) in
                    try file.write(Array(repeating: 1, count: 1 << 20))
                }
            } catch {
                exit(error.kind == .inputOutput && error.message.contains("ulimit") ? 7 : 1)
            }
        }
        #expect(scratch.names.isEmpty)
    }

    @Test func aKilledProcessLeavesNoFileUnderTheFinalName() async throws {
        let scratch = try Scratch()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.file("a") as String] in
            try AtomicFile.write(to: .file(path), overwrite: false) { file throws(ISPError) in
                try file.write(Array(repeating: 1, count: 1 << 20))
                try file.flush()
                kill(getpid(), SIGKILL)
            }
        }
        // Where the file system has nameless files, as most do on Linux, not even a hidden one.
        #expect(scratch.names.allSatisfy { $0.hasPrefix(".a.") && $0.hasSuffix(".part") })
    }

    @Test func targetsAreReadFromArguments() throws {
        #expect(try OutputTarget("-") == .standardOutput)
        #expect(try OutputTarget("./-") == .file("./-"))
        #expect(failure { _ = try OutputTarget("") }?.kind == .usage)
        #expect(failure { _ = try OutputTarget("a\0b") }?.kind == .usage)
    }
}

extension Thread {
    /// A thread with a result.
    final class Job<Value: Sendable>: @unchecked Sendable {
        // Written once before the semaphore is signalled, read after.
        fileprivate var value: Value?
        fileprivate let done = DispatchSemaphore(value: 0)

        @discardableResult func wait() -> Value {
            done.wait()
            return value!
        }
    }

    static func detached<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Job<Value> {
        let job = Job<Value>()
        detachNewThread {
            job.value = body()
            job.done.signal()
        }
        return job
    }
}
