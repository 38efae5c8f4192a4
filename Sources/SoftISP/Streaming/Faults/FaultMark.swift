// A fault as it stands in the event log: what and how long in one number, so that a recording can be enacted again.

import ISPRuntime

/// Kind and duration of a fault that struck.
package struct FaultMark: Hashable, Sendable {
    /// What went wrong.
    package let kind: FaultKind
    /// For how long, in nanoseconds.
    package let duration: UInt64

    /// The longest time an option can give: 30 days.
    package static let longest: UInt64 = 30 * 24 * 3600 * 1_000_000_000

    package init(_ kind: FaultKind, _ duration: UInt64) {
        self.kind = kind
        self.duration = min(duration, Self.longest)
    }

    /// The mark of ``ISPRuntime/EventKind/faultInjected``; `nil` where there is no such kind or nothing lasts so long.
    ///
    /// A duration of 0 means as long as usual: so it is in logs that give the kind alone.
    package init?(value: UInt64) {
        guard let kind = FaultKind(rawValue: UInt8(value & 0xff)), value >> 8 <= Self.longest else { return nil }
        self.kind = kind
        duration = value >> 8 == 0 ? kind.usualDuration : value >> 8
    }

    /// The kind in the low 8 bits, the duration above.
    package var value: UInt64 {
        // One nanosecond instead of none, where none would be read as the usual time.
        let told = kind.usualDuration > 0 ? max(1, duration) : duration
        return UInt64(kind.rawValue) | told << 8
    }
}
