// Writing without being killed: a closed pipe and a file-size limit raise signals whose default is to end the process.

import Foundation

/// Runs system calls so that a closed pipe shows as `EPIPE` and a file-size limit as `EFBIG`, not as `SIGPIPE` or
/// `SIGXFSZ`.
///
/// A library must not change what a signal does in the whole process, so this blocks both signals in the calling thread
/// alone, and takes away the one its own call raised (both are sent to the thread that called `write`; POSIX.1-2017,
/// write(2)). A signal that was pending before stays pending.
enum SignalGuard {
    /// Runs `call`. `errno` afterwards is that of the call.
    static func run(_ call: () -> Int) -> Int {
        var guarded = sigset_t()
        var old = sigset_t()
        var before = sigset_t()
        sigemptyset(&guarded)
        sigaddset(&guarded, SIGPIPE)
        sigaddset(&guarded, SIGXFSZ)
        pthread_sigmask(SIG_BLOCK, &guarded, &old)
        sigpending(&before)
        let result = call()
        let code = errno
        // Even a call that succeeds may have raised one: a pipe whose reader goes half-way takes a part of the bytes.
        takeAway(SIGPIPE, unless: &before)
        takeAway(SIGXFSZ, unless: &before)
        pthread_sigmask(SIG_SETMASK, &old, nil)
        errno = code
        return result
    }

    private static func takeAway(_ signal: Int32, unless before: inout sigset_t) {
        var now = sigset_t()
        sigpending(&now)
        guard sigismember(&now, signal) == 1, sigismember(&before, signal) == 0 else { return }
        var one = sigset_t()
        var caught: Int32 = 0
        sigemptyset(&one)
        sigaddset(&one, signal)
        sigwait(&one, &caught)
    }
}
