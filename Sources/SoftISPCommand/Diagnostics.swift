// Lines for the person at the terminal; standard output is left to pictures and listings.

import Foundation

/// Writes to standard error.
enum Diagnostics {
    /// Whether standard error is a terminal.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    static func error(_ message: String) { line("softisp: error: \(message)") }

    static func line(_ text: String) { write(text + "\n") }

    /// An object as a line of JSON.
    static func json(_ fields: [String: Any]) {
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return }
        line(String(decoding: data, as: UTF8.self))
    }

    /// Writes text as it is. A terminal that went away is not worth an error.
    static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
