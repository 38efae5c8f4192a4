// Runs the program as a user would.

import Foundation
import Synchronization

/// The built `softisp` and what it did.
///
/// One runs at a time: a child would inherit the pipes of another that is just being started.
struct Program {
    private static let turn = Mutex(())

    let code: Int32
    let output: Data
    let errors: String

    /// The program lies beside the test bundle.
    private static let path: URL = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("softisp")
    }()

    /// Runs it to its end.
    /// - Parameter output: a file for standard output instead of a pipe.
    init(_ arguments: [String], input: Data = Data(), output file: String? = nil) throws {
        self = try Self.turn.withLock { _ in try Self.run(arguments, input, file) }
    }

    private init(code: Int32, output: Data, errors: String) {
        self.code = code
        self.output = output
        self.errors = errors
    }

    private static func run(_ arguments: [String], _ input: Data, _ file: String?) throws -> Program {
        let process = Process()
        process.executableURL = path
        process.arguments = arguments
        let (inPipe, outPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
        process.standardInput = inPipe
        process.standardError = errorPipe
        process.standardOutput = file.flatMap { FileHandle(forWritingAtPath: $0) } ?? outPipe
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        // Small inputs only: they fit the pipe's buffer.
        try inPipe.fileHandleForWriting.write(contentsOf: input)
        try inPipe.fileHandleForWriting.close()
        let output = file == nil ? outPipe.fileHandleForReading.readDataToEndOfFile() : Data()
        let errors = String(decoding: errorPipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        ended.wait()
        return Program(code: process.terminationStatus, output: output, errors: errors)
    }
}

/// A directory that goes when the test ends.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "softisp-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    func bytes(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: path + "/" + name).map(Array.init) ?? []
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Whether two files are equal. An `==` inside `#expect` would have their difference worked out byte by byte.
func same(_ a: [UInt8], _ b: [UInt8]) -> Bool { a == b }
