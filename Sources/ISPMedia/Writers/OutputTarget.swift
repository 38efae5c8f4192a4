// Where a picture goes: a file or standard output.

import ISPImaging

/// Where a picture goes.
public enum OutputTarget: Hashable, Sendable, CustomStringConvertible {
    /// Standard output; a consumer sees bytes as they come, so nothing is atomic there.
    case standardOutput
    /// A file, which appears whole or not at all; or a device, a pipe or the like, which is written through.
    case file(String)

    /// Reads a command-line argument: `-` is standard output, anything else a path.
    /// - Throws: `ISPError(.usage)` for empty text and for a NUL character, which no path holds.
    public init(_ text: String) throws(ISPError) {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw ISPError(.usage, "the name of the output is empty or broken; name a file, or `-` for standard output")
        }
        self = text == "-" ? .standardOutput : .file(text)
    }

    /// The path, or `standard output`.
    public var description: String {
        switch self {
        case .standardOutput: "standard output"
        case .file(let path): path
        }
    }
}
