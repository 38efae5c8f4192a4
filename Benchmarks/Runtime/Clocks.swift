// The clocks: of a thread's own work, of the process, and waiting for a moment.

import ISPRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Times in nanoseconds.
enum Clocks {
    /// What this thread has used of processors.
    static func thread() -> UInt64 {
        var moment = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &moment)
        return UInt64(moment.tv_sec) * 1_000_000_000 + UInt64(moment.tv_nsec)
    }

    /// What all threads of the process have used, in the system's name included.
    static func process() -> UInt64 {
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #endif
        func nanoseconds(_ time: timeval) -> UInt64 {
            UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1_000
        }
        return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
    }

    /// Returns no earlier than `moment`, in nanoseconds of the runtime's clock.
    static func wait(until moment: UInt64) {
        #if canImport(Darwin)
            while true {
                let now = MonotonicClock.now()
                guard now < moment else { return }
                var rest = timespec(tv_sec: 0, tv_nsec: Int(moment - now))
                nanosleep(&rest, nil)
            }
        #else
            var time = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
            while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
        #endif
    }

    /// This thread's work in nanoseconds for one of `count` equal things that `body` does.
    static func each(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = thread()
        try body()
        return Double(thread() - start) / Double(count)
    }

    /// What reading the runtime's clock twice says when there is nothing between: the median of many.
    static let empty: Double = (0..<1001).map { _ in
        let start = MonotonicClock.now()
        return Double(MonotonicClock.now() - start)
    }.percentile(50)

    /// Like ``each(_:_:)`` for what is too short for the thread's own clock: by the runtime's clock, less its own cost.
    static func eachShort(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = MonotonicClock.now()
        try body()
        let span = Double(MonotonicClock.now() - start)
        return max(0, span - empty) / Double(count)
    }
}
