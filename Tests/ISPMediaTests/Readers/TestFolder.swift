// A folder of its own for a test, gone when the test is.

import Foundation
import ISPImaging
import ISPMedia
import Testing

final class TestFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "softisp-readers-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    @discardableResult
    func write(_ name: String, text: String) throws -> String { try write(name, text.utf8) }
}

/// Runs `body` and gives the `ISPError` it throws; records an issue where it throws none.
func failure(_ body: () throws(ISPError) -> some Any, at location: SourceLocation = #_sourceLocation) -> ISPError {
    do throws(ISPError) {
        _ = try body()
        Issue.record("no error was thrown", sourceLocation: location)
        return ISPError(.usage, "")
    } catch { return error }
}

/// Reads a DNG from memory.
func read(_ dng: DNGBuilder) throws(ISPError) -> RawFrame { try Readers.read(.bytes(name: "test.dng", dng.bytes())) }

/// The samples of a frame as a pipeline sees them, rows first.
func samples(_ frame: RawFrame) -> [UInt16] {
    var all = [UInt16](repeating: 0, count: frame.size.width * frame.size.height)
    all.withUnsafeMutableBufferPointer { all in
        for y in 0..<frame.size.height {
            frame.unpackRow(y, columns: 0..<frame.size.width, into: all.baseAddress! + y * frame.size.width)
        }
    }
    return all
}

/// Whether two lists of numbers are equal to within `tolerance`.
func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-4) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

/// A small deterministic generator (SplitMix64; Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
