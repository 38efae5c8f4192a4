// How files come to be: whole under their final name, or not at all.

import Foundation
import ISPImaging

/// Creates output files atomically.
///
/// A regular file is written nameless in its directory (Linux `O_TMPFILE`: even a killed process leaves nothing behind)
/// or, where the file system cannot do that, under a hidden temporary name. Complete and closed, it takes its final name
/// in one step: by `link`, which fails where the name exists, or by `rename` where replacing is allowed. So no reader ever
/// sees half a file, and two writers never overwrite each other by accident.
///
/// Devices, pipes and sockets are written through: there is nothing to rename.
public enum AtomicFile {
    /// What the file system can do; tests switch parts off to reach the fall-backs.
    package struct Abilities: Sendable {
        /// Nameless files.
        package var anonymousFiles = true
        /// A second name for a file (FAT and some network file systems have none).
        package var hardLinks = true
        /// Everything, as far as the system agrees.
        package init() {}
    }

    /// Refuses a target that `write` would refuse before its first byte: for callers that have work to do first.
    /// - Throws: `ISPError(.cannotCreateOutput)` for an existing file without `overwrite`, a directory, a missing or
    ///   forbidden directory.
    public static func check(_ target: OutputTarget, overwrite: Bool) throws(ISPError) {
        guard case .file(let path) = target else { return }
        guard case .regular(let final) = try classify(path, overwrite: overwrite) else { return }
        let directory = SystemFailure.parent(of: final)
        guard access(directory, W_OK | X_OK) == 0 else { throw SystemFailure.creating(path) }
    }

    /// Opens `target`, lets `body` fill it, and makes it appear.
    ///
    /// - Parameters:
    ///   - target: standard output or a path. A symbolic link to an existing file has that file replaced.
    ///   - overwrite: whether an existing file may be replaced (by a new one: its owner and permissions are not kept).
    ///   - synchronize: whether to wait for the disk before the file gets its name.
    ///   - body: fills the file; where it throws, nothing is left behind and the error goes on.
    /// - Throws: `ISPError(.cannotCreateOutput)`, `ISPError(.inputOutput)` with the name of the file in front, or what
    ///   `body` throws.
    public static func write(
        to target: OutputTarget, overwrite: Bool, synchronize: Bool = false,
        _ body: (OutputFile) throws(ISPError) -> Void
    ) throws(ISPError) {
        try write(to: target, overwrite: overwrite, synchronize: synchronize, abilities: Abilities(), body)
    }

    package static func write(
        to target: OutputTarget, overwrite: Bool, synchronize: Bool, abilities: Abilities,
        _ body: (OutputFile) throws(ISPError) -> Void
    ) throws(ISPError) {
        switch target {
        case .standardOutput:
            try fill(OutputFile(descriptor: STDOUT_FILENO, isSeekable: false), "standard output", body)
        case .file(let path):
            switch try classify(path, overwrite: overwrite) {
            case .special:
                try writeThrough(path, body)
            case .regular(let final):
                try replace(final, named: path, overwrite, synchronize, abilities, body)
            }
        }
    }

    // MARK: What is there already

    /// What a path names, as far as a writer cares.
    enum Existing {
        /// A device, pipe or socket.
        case special
        /// Nothing, or a file that may be replaced; links are followed.
        case regular(path: String)
    }

    /// Looks a path up.
    /// - Throws: `ISPError(.cannotCreateOutput)` where nothing may be written.
    static func classify(_ path: String, overwrite: Bool) throws(ISPError) -> Existing {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw SystemFailure.creating(path) }
            guard !path.hasSuffix("/") else {
                throw ISPError(.cannotCreateOutput, "\(path): names a directory; name a file in it")
            }
            // A link that leads nowhere occupies the name as well.
            if lstat(path, &status) == 0, !overwrite { throw SystemFailure.creating(path, EEXIST) }
            return .regular(path: path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            throw ISPError(.cannotCreateOutput, "\(path): is a directory; name a file in it")
        case S_IFREG:
            guard overwrite else { throw SystemFailure.creating(path, EEXIST) }
            guard let real = realpath(path, nil) else { throw SystemFailure.creating(path) }
            defer { free(real) }
            return .regular(path: String(cString: real))
        case S_IFBLK where !overwrite:
            throw ISPError(
                .cannotCreateOutput, "\(path): is a disk; add `--overwrite` if you really mean to destroy its contents")
        default:
            return .special
        }
    }

    // MARK: Filling

    private static func fill(
        _ file: OutputFile, _ name: String, _ body: (OutputFile) throws(ISPError) -> Void
    ) throws(ISPError) {
        do throws(ISPError) {
            try body(file)
            try file.flush()
        } catch {
            // Failures of the file itself do not know its name.
            throw error == file.failure ? error.about(name) : error
        }
    }

    private static func writeThrough(
        _ path: String, _ body: (OutputFile) throws(ISPError) -> Void
    ) throws(ISPError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw SystemFailure.creating(path) }
        do throws(ISPError) {
            try fill(OutputFile(descriptor: descriptor, isSeekable: false), path, body)
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 || errno == EINTR else { throw SystemFailure.writing().about(path) }
    }

    private static func replace(
        _ final: String, named path: String, _ overwrite: Bool, _ synchronize: Bool, _ abilities: Abilities,
        _ body: (OutputFile) throws(ISPError) -> Void
    ) throws(ISPError) {
        var temporary = try TemporaryFile(beside: final, named: path, anonymous: abilities.anonymousFiles)
        do throws(ISPError) {
            try fill(OutputFile(descriptor: temporary.descriptor, isSeekable: true), path, body)
            if synchronize, fsync(temporary.descriptor) != 0 { throw SystemFailure.writing().about(path) }
            try temporary.nameAndClose()
            try publish(temporary.path, final, named: path, overwrite, abilities)
        } catch {
            temporary.discard()
            throw error
        }
        if synchronize { try synchronizeDirectory(of: final) }
    }

    // MARK: Taking the final name

    private static func publish(
        _ temporary: String, _ final: String, named path: String, _ overwrite: Bool, _ abilities: Abilities
    ) throws(ISPError) {
        if overwrite {
            guard rename(temporary, final) == 0 else { throw SystemFailure.creating(path) }
            return
        }
        if abilities.hardLinks {
            if link(temporary, final) == 0 {
                unlink(temporary)
                return
            }
            guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { throw SystemFailure.creating(path) }
        }
        // Without hard links: claim the name with an empty file, which fails where it exists, then replace the claim.
        let claim = open(final, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard claim >= 0 else { throw SystemFailure.creating(path) }
        close(claim)
        guard rename(temporary, final) == 0 else {
            let code = errno
            unlink(final)
            throw SystemFailure.creating(path, code)
        }
    }

    private static func synchronizeDirectory(of path: String) throws(ISPError) {
        let directory = open(SystemFailure.parent(of: path), O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { return }  // A directory that may be written but not read: the file itself is safe.
        defer { close(directory) }
        guard fsync(directory) == 0 || errno == EINVAL else { throw SystemFailure.writing().about(path) }
    }
}
