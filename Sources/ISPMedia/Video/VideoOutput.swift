// Where the bytes of a video go: standard output, a named pipe, a device, or a file that grows.

import Foundation
import ISPImaging

/// The open output of a video that is one stream of bytes.
///
/// A file gets its name at once and grows, unlike a picture, which appears when it is whole (`AtomicFile`): a recording
/// may last for hours and its frames must survive the run that dies, and a live one has readers while it is written.
/// So every frame is handed to the system before the next one begins, and where a frame fails (a full disk), a file is
/// cut back to its last whole frame. Only a process that is killed in the middle of a frame leaves a part of one.
final class VideoOutput {
    private let file: OutputFile
    private let name: String
    /// Whether the descriptor is ours to close.
    private let isOwned: Bool
    private let isRegular: Bool
    private let isSynchronized: Bool
    /// Bytes up to the end of the last whole frame.
    private var wholeBytes = 0
    private var isFinished = false

    /// Opens `target`: an existing file is emptied where `options.overwrite` allows it, a named pipe is waited for.
    /// - Throws: `ISPError(.cannotCreateOutput)` for an existing file without `overwrite`, a directory, a missing or
    ///   forbidden directory.
    init(_ target: OutputTarget, options: WriterOptions) throws(ISPError) {
        name = target.description
        isSynchronized = options.synchronize
        guard case .file(let path) = target else {
            file = OutputFile(descriptor: STDOUT_FILENO, isSeekable: false)
            isOwned = false
            isRegular = false
            return
        }
        let (descriptor, isRegular) = try GrowingFile.open(path, overwrite: options.overwrite)
        self.isRegular = isRegular
        isOwned = true
        file = OutputFile(descriptor: descriptor, isSeekable: false)
    }

    deinit {
        if isOwned, !isFinished { close(file.descriptor) }
    }

    /// Lets `body` write one frame (or what stands in front of the first), and hands it to the system.
    /// - Throws: `ISPError(.inputOutput)` with the output's name in front, or what `body` throws before it writes.
    func frame(_ body: (OutputFile) throws(ISPError) -> Void) throws(ISPError) {
        guard !isFinished else { throw ISPError(.usage, "\(name): the video is finished; open another one") }
        do throws(ISPError) {
            try body(file)
            try file.flush()
            wholeBytes = file.position
        } catch {
            guard error == file.failure else { throw error }
            if isRegular { ftruncate(file.descriptor, off_t(wholeBytes)) }
            throw error.about(name)
        }
    }

    /// Closes the output; some file systems report a full disk only then.
    /// - Throws: `ISPError(.inputOutput)` with the output's name in front.
    func finish() throws(ISPError) {
        guard !isFinished else { return }
        isFinished = true
        let failure = isRegular && isSynchronized && fsync(file.descriptor) != 0 ? SystemFailure.writing() : nil
        let isClosed = !isOwned || close(file.descriptor) == 0 || errno == EINTR
        if let failure = file.failure ?? failure ?? (isClosed ? nil : SystemFailure.writing()) {
            throw failure.about(name)
        }
    }
}
