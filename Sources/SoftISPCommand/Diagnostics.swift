// Lines for the person at the terminal; standard output is left to pictures and listings.

import Foundation

/// Writes to standard error.
enum Diagnostics {
    /// Whether standard error is a terminal.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    static func error(_ message: String) { line("softisp: error: \(message)") }

    static func line(_ text: String) { write(text + "\n") }

    /// Writes text as it is. A terminal that went away is not worth an error.
    static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
