// From `errno` to an error a person can act on.

import Foundation
import ISPImaging

/// What a system call refused, turned into the kind and the advice that fit.
enum SystemFailure {
    /// An error of creating, naming or replacing `path`.
    static func creating(_ path: String, _ code: Int32 = errno) -> ISPError {
        let directory = parent(of: path)
        switch code {
        case EEXIST:
            return ISPError(
                .cannotCreateOutput, "\(path): the file exists already; add `--overwrite` to replace it")
        case ENOENT:
            return ISPError(
                .cannotCreateOutput, "\(path): the directory '\(directory)' does not exist; create it first")
        case ENOTDIR:
            return ISPError(
                .cannotCreateOutput, "\(path): a part of the path is a file, not a directory; choose another path")
        case EACCES, EPERM, EROFS:
            return ISPError(
                .cannotCreateOutput,
                "\(path): no permission to write in '\(directory)' (\(text(code))); choose another directory")
        case ENOSPC, EDQUOT, EIO: return writing(code).about(path)
        default: return ISPError(.cannotCreateOutput, "\(path): cannot be created: \(text(code))")
        }
    }

    /// An error of writing to an open file.
    static func writing(_ code: Int32 = errno) -> ISPError {
        switch code {
        case ENOSPC: ISPError(.inputOutput, "the disk is full; free some space and try again")
        case EDQUOT: ISPError(.inputOutput, "the disk quota is used up; free some space and try again")
        case EFBIG:
            ISPError(
                .inputOutput, "the file grew beyond the allowed size; raise `ulimit -f` or use another file system")
        case EPIPE: ISPError(.inputOutput, "the reader closed the pipe before everything was written")
        case EIO: ISPError(.inputOutput, "the device reports an I/O error; check the disk")
        default: ISPError(.inputOutput, "writing failed: \(text(code))")
        }
    }

    /// The directory of a path; `.` where it has none.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
