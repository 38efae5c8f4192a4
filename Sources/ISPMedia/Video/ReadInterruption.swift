// How one thread wakes another out of a read that may never return.

import Foundation
import ISPImaging
import Synchronization

/// Makes the reads of a stream return, from any thread, for good.
///
/// It is a pipe that is polled beside the stream: a byte in it is never taken out, so an interruption that comes before a
/// read is not lost, and one interruption may stop any number of readers.
public final class ReadInterruption: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32
    private let interrupted = Atomic(false)

    /// Creates an interruption that has not happened.
    /// - Throws: `ISPError(.resource)` where the process has too many open files.
    public init() throws(ISPError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ISPError(.resource, "no pipe can be opened (\(String(cString: strerror(errno)))); raise `ulimit -n`")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Whether `interrupt()` was called.
    public var isInterrupted: Bool { interrupted.load(ordering: .acquiring) }

    /// Makes the reads return, those under way and all later ones. May be called from any thread, any number of times.
    public func interrupt() {
        guard !interrupted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        while write(writeEnd, &byte, 1) < 0 && errno == EINTR {}
    }

    /// Waits until `descriptor` has bytes, an end or an error to give.
    /// - Returns: `false` where the interruption comes first.
    func wait(for descriptor: Int32) -> Bool {
        while !isInterrupted {
            // A pair of fields rather than an array: nothing is allocated.
            var waits = (
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            )
            let count = withUnsafeMutableBytes(of: &waits) {
                poll($0.assumingMemoryBound(to: pollfd.self).baseAddress, 2, -1)
            }
            if count > 0, waits.1.revents == 0 { return true }
        }
        return false
    }
}
