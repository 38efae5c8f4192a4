// Runs the program as a user would.

import Foundation

/// The built `softisp` and what it did.
struct Program {
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
        let process = Process()
        process.executableURL = Self.path
        process.arguments = arguments
        let (inPipe, outPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
        process.standardInput = inPipe
        process.standardError = errorPipe
        if let file {
            process.standardOutput = FileHandle(forWritingAtPath: file)
        } else {
            process.standardOutput = outPipe
        }
        try process.run()
        // Small inputs only: they fit the pipe's buffer.
        try inPipe.fileHandleForWriting.write(contentsOf: input)
        try inPipe.fileHandleForWriting.close()
        output = file == nil ? outPipe.fileHandleForReading.readDataToEndOfFile() : Data()
        errors = String(decoding: errorPipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        code = process.terminationStatus
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

    func bytes(_ name: String) -> [UInt8] { FileManager.default.contents(atPath: path + "/" + name).map(Array.init) ?? [] }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
