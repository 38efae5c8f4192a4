// How outputs are opened that get their name at once and grow: videos, logs.

import Foundation
import ISPImaging

/// Opens an output that has readers, and must keep what it has, while it is written. A picture appears whole instead
/// (`AtomicFile`).
package enum GrowingFile {
    /// Opens `path` for writing: an existing file is emptied where `overwrite` allows it, a named pipe is waited for.
    /// - Returns: the descriptor, the caller's to close, and whether it is a regular file.
    /// - Throws: `ISPError(.cannotCreateOutput)` for an existing file without `overwrite`, a directory, a missing or
    ///   forbidden directory.
    package static func open(
        _ path: String, overwrite: Bool
    ) throws(ISPError) -> (descriptor: Int32, isRegular: Bool) {
        let descriptor: Int32
        let isRegular: Bool
        switch try AtomicFile.classify(path, overwrite: overwrite) {
        case .special:
            isRegular = false
            descriptor = Foundation.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        case .regular(let final):
            isRegular = true
            // Without leave to overwrite, a file that appeared a moment ago is refused as well.
            let mode = overwrite ? O_TRUNC : O_EXCL
            descriptor = Foundation.open(final, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o666)
        }
        guard descriptor >= 0 else { throw SystemFailure.creating(path) }
        return (descriptor, isRegular)
    }
}
