// Where a raw frame comes from: a file, standard input, or bytes already in memory.

import Foundation
import ISPImaging

/// The place of one raw input.
public enum RawSource: Hashable, Sendable {
    /// A path; `-` is standard input.
    case file(String)
    /// Bytes in memory under the name that messages use.
    case bytes(name: String, [UInt8])

    /// The most bytes taken from a stream (standard input, a named pipe), whose length is not known beforehand.
    public static let maximumStreamBytes = 1 << 30

    /// The name for messages: the path as given, `standard input`, or the name of the bytes.
    public var name: String {
        switch self {
        case .file("-"): "standard input"
        case .file(let path): path
        case .bytes(let name, _): name
        }
    }

    /// Reads standard input to its end.
    /// - Parameter limit: the most bytes accepted.
    /// - Throws: `ISPError(.inputOutput)` where reading fails, `.resource` where more than `limit` bytes come.
    public static func standardInput(limit: Int = maximumStreamBytes) throws(ISPError) -> RawSource {
        .bytes(name: "standard input", try FileBytes.stream(STDIN_FILENO, limit: limit))
    }
}
