// Mutual exclusion by a pthread mutex. The standard library's Mutex would do, but ThreadSanitizer reports races on it that
// are none, and the race tests must be able to run under it.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A pthread mutex.
package final class Lock: RuntimeMutex, @unchecked Sendable {
    // Sendable: a mutex is made to be shared, and its memory does not move.
    fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>

    package init() {
        mutex = .allocate(capacity: 1)
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "pthread_mutex_init: \(code)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }

    package func withLock<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}

/// A condition variable on the monotonic clock.
package final class Condition: @unchecked Sendable {
    // Sendable: as the mutex it is used with.
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init() {
        condition = .allocate(capacity: 1)
        #if canImport(Darwin)
            pthread_cond_init(condition, nil)
        #else
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    /// Waits, with the lock held, until woken or until `deadline` in nanoseconds of the monotonic clock.
    package func wait(_ lock: Lock, until deadline: UInt64) {
        if deadline == .max {
            pthread_cond_wait(condition, lock.mutex)
            return
        }
        #if canImport(Darwin)
            let now = MonotonicClock.now()
            let rest = deadline > now ? deadline - now : 0
            var span = timespec(tv_sec: Int(rest / 1_000_000_000), tv_nsec: Int(rest % 1_000_000_000))
            pthread_cond_timedwait_relative_np(condition, lock.mutex, &span)
        #else
            var moment = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            pthread_cond_timedwait(condition, lock.mutex, &moment)
        #endif
    }

    package func broadcast() { pthread_cond_broadcast(condition) }
}

/// The clock of the runtime: nanoseconds since some moment, never set back.
public enum MonotonicClock {
    /// Now.
    public static func now() -> UInt64 {
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        return UInt64(moment.tv_sec) * 1_000_000_000 + UInt64(moment.tv_nsec)
    }
}
