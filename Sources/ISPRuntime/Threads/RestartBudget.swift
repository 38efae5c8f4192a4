// How many workers are replaced before something is so wrong that replacing does not help.

/// A budget of restarts within a window of time, after the supervisors of Erlang/OTP: `intensity` restarts within
/// `period`.
package struct RestartBudget {
    package let intensity: Int
    package let period: UInt64
    private var recent: Ring<UInt64>

    package init(intensity: Int, period: UInt64) {
        self.intensity = intensity
        self.period = period
        recent = Ring(capacity: max(1, intensity))
    }

    /// Whether one more restart is within the budget; if so it is spent.
    package mutating func spend(at now: UInt64) -> Bool {
        while let first = recent.first, now &- first >= period { _ = recent.popFirst() }
        guard intensity > 0, recent.count < intensity else { return false }
        recent.append(now)
        return true
    }

    /// When the next restart will be within the budget.
    package var nextChance: UInt64 { intensity == 0 ? .max : recent.first.map { $0 &+ period } ?? 0 }
}
