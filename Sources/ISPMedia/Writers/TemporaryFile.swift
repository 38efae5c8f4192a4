// A file that has no name yet, or a hidden one.

import Foundation
import ISPImaging

/// A temporary file in the directory where its final name will be, so that giving it the name moves no bytes.
struct TemporaryFile {
    /// Open for writing and reading back, until `nameAndClose`.
    private(set) var descriptor: Int32
    /// The hidden name beside the final one.
    let path: String
    private let finalPath: String
    private var isNamed: Bool

    /// Creates the file, nameless where `anonymous` and the file system agree.
    /// - Parameters:
    ///   - final: the path it will have in the end.
    ///   - path: what to call it in errors.
    /// - Throws: `ISPError(.cannotCreateOutput)`; `.inputOutput` for a full disk.
    init(beside final: String, named path: String, anonymous: Bool) throws(ISPError) {
        let directory = SystemFailure.parent(of: final)
        // File names end at 255 bytes; the cut may hit a character's middle, which costs the hidden name its beauty only.
        let stem = String(decoding: (final.split(separator: "/").last ?? "").utf8.prefix(200), as: UTF8.self)
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        self.path = "\(directory)/.\(stem).\(random).part"
        finalPath = path
        if anonymous, let nameless = Self.nameless(in: directory) {
            descriptor = nameless
            isNamed = false
        } else {
            descriptor = open(self.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            isNamed = true
            guard descriptor >= 0 else { throw SystemFailure.creating(path) }
        }
    }

    /// An open file without a name in `directory` (the system's temporary directory where `nil`), or `nil` where the
    /// system has none.
    static func nameless(in directory: String) -> Int32? {
        #if os(Linux)
            // <fcntl.h> spells O_TMPFILE as a sum of macros, which Swift does not import; naming the file later needs /proc.
            let flags = 0o20000000 | O_DIRECTORY | O_RDWR | O_CLOEXEC
            guard access("/proc/self/fd", X_OK) == 0 else { return nil }
            let descriptor = open(directory, flags, 0o666)
            return descriptor >= 0 ? descriptor : nil
        #else
            return nil
        #endif
    }

    /// Gives the complete file its hidden name where it has none, and closes it; some file systems report a full disk
    /// only then.
    mutating func nameAndClose() throws(ISPError) {
        #if os(Linux)
            if !isNamed {
                guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else {
                    throw SystemFailure.creating(finalPath)
                }
                isNamed = true
            }
        #endif
        let open = descriptor
        descriptor = -1
        guard close(open) == 0 || errno == EINTR else { throw SystemFailure.writing().about(finalPath) }
    }

    /// Closes and removes the file, as far as it is there.
    mutating func discard() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if isNamed { unlink(path) }
        isNamed = false
    }
}

extension OutputFile {
    /// Lets `body` write a file that needs seeking. A seekable file is passed on as it is; for a stream, an unlinked
    /// temporary in the system's temporary directory (`TMPDIR`) is filled and then copied into the stream.
    /// - Throws: what `body` throws, or `ISPError(.inputOutput)`.
    func withSeekableFile(_ body: (OutputFile) throws(ISPError) -> Void) throws(ISPError) {
        if isSeekable { return try body(self) }
        let directory = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let place = directory + "/softisp-spool"
        var temporary = try TemporaryFile(beside: place, named: place, anonymous: true)
        defer { temporary.discard() }
        let spool = OutputFile(descriptor: temporary.descriptor, isSeekable: true)
        do throws(ISPError) {
            try body(spool)
            try copy(spool)
        } catch {
            throw error == spool.failure ? error.about("temporary file in \(directory)") : error
        }
    }

    private func copy(_ source: OutputFile) throws(ISPError) {
        try source.seek(to: 0)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { chunk.deallocate() }
        while true {
            let count = try source.read(into: chunk)
            if count == 0 { return }
            try write(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }
}
