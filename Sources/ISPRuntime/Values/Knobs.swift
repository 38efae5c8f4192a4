// The operational knobs of the runtime: validated together at start, adjustable while it runs.

/// The founding knobs, in nanoseconds where they are times.
public struct Knobs: Hashable, Sendable {
    /// Newer commands a worker applies between two frames.
    public var maxCommandsBeforeFrame = 8
    /// STALL_TIMEOUT: silence of a heart that means "stalled".
    public var stallTimeout: UInt64 = 250_000_000
    /// DRAIN_GRACE_PERIOD: from "stalled" or "stop" to detach, time for the item in hand to finish.
    public var drainGracePeriod: UInt64 = 100_000_000
    /// CANCEL_RETRY_COUNT: claim attempts of the Monitor before it asks why.
    public var cancelRetryCount = 3
    /// DROP_THRESHOLD: depth of the Monitor's waiting queue from which its oldest frame is answered `dropped`; nil for
    /// half the raw pool.
    public var dropThreshold: Int?
    /// ESCALATION_TIMEOUT: longest HW_WAIT or undecided handoff.
    public var escalationTimeout: UInt64 = 500_000_000
    /// Pause after the first failed claim; doubles from claim to claim.
    public var claimBackoff: UInt64 = 1_000_000
    /// Attempts at a frame before it is dropped, the first included.
    public var attemptBudget = 3

    /// The defaults.
    public init() {}

    /// The grace period for a frame rate: two frame intervals, at most 200 ms.
    public static func drainGracePeriod(frameInterval: UInt64) -> UInt64 { 2 * min(frameInterval, 100_000_000) }

    /// All back-offs of one claim together: 1 + 2 + 4 ... times ``claimBackoff``.
    public var totalBackoff: UInt64 { claimBackoff &* ((1 << UInt64(cancelRetryCount)) - 1) }

    /// The back-off before claim attempt `retry`, from 0.
    func backoff(_ retry: Int) -> UInt64 { claimBackoff << UInt64(min(retry, cancelRetryCount)) }

    /// The bound on `stop()` and `flush()`, one second.
    public static let answerBound: UInt64 = 1_000_000_000

    /// Checks each knob and what must hold between them.
    ///
    /// - Throws: ``RuntimeError/invalidKnob(_:)``, which says what to change.
    ///
    /// - Parameter slots: of both pools together.
    public func validate(slots: Int) throws(RuntimeError) {
        func check(_ condition: Bool, _ text: @autoclosure () -> String) throws(RuntimeError) {
            if !condition { throw .invalidKnob(text()) }
        }
        try check(
            (1...1024).contains(maxCommandsBeforeFrame),
            "max_cmds_before_frame is \(maxCommandsBeforeFrame); use 1 to 1024")
        try check(
            (1_000_000...3_600_000_000_000).contains(stallTimeout),
            "STALL_TIMEOUT is \(milliseconds(stallTimeout)) ms; use 1 ms to 1 h")
        try check((0...8).contains(cancelRetryCount), "CANCEL_RETRY_COUNT is \(cancelRetryCount); use 0 to 8")
        try check(
            (1_000...100_000_000).contains(claimBackoff),
            "the claim back-off is \(milliseconds(claimBackoff)) ms; use 0.001 to 100 ms")
        try check(
            (1...TokenWord.maximumAttempt + 1).contains(attemptBudget),
            "the attempt budget is \(attemptBudget); use 1 to \(TokenWord.maximumAttempt + 1)")
        if let dropThreshold {
            try check(
                (1...slots).contains(dropThreshold),
                "DROP_THRESHOLD is \(dropThreshold); use 1 to the number of raw and image slots, \(slots)")
        }
        let (partial, overflow) = drainGracePeriod.addingReportingOverflow(escalationTimeout)
        let bounded = !overflow && partial <= Self.answerBound && partial + totalBackoff <= Self.answerBound
        try check(
            bounded,
            "DRAIN_GRACE_PERIOD + claim back-offs + ESCALATION_TIMEOUT are \(milliseconds(drainGracePeriod)) + "
                + "\(milliseconds(totalBackoff)) + \(milliseconds(escalationTimeout)) ms; lower one until they fit in 1000 ms"
        )
    }

    private func milliseconds(_ nanoseconds: UInt64) -> String {
        let micro = nanoseconds / 1_000
        return micro % 1_000 == 0 ? "\(micro / 1_000)" : "\(Double(micro) / 1_000)"
    }
}
