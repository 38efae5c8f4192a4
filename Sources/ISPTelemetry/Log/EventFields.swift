// Which fields of an event mean something, kind by kind.

import ISPRuntime

extension EventKind {
    /// What ``ISPRuntime/Event/value`` says, nil for kinds that do not use it.
    public var valueMeaning: String? {
        switch self {
        case .frameStarted, .frameAnswered, .frameDelivered: "nanoseconds since submission"
        case .handoffFastForwarded, .handoffAborted, .workerDetached: "items"
        case .packetReturnedToFIFO: "free_seq"
        case .frameRedispatched: "attempt"
        case .sessionFlushed: "session epoch"
        case .commandApplied, .settingsChanged: "settings_id"
        case .frameSubmitted: "when it was captured, 0 unknown"
        case .faultInjected: "kind of fault + 256 x its nanoseconds"
        case .sourceAttached: "0 waits, 1 newest wins, 2 strict"
        case .quarantined: "0 writer, 1 device"
        case .threadOptionRefused: "0 core, 1 priority"
        case .transition, .packetMovedToMonitor, .processItemConvertedToControl,
            .frameReclaimTriggered,
            .frameReclaimed, .tokenTransferFailed, .staleReference, .lateHardwareDone, .resultDiscarded,
            .managerBusy, .workerAttached, .workerStalled, .workerRecovered, .workerQuiescent, .restartBudgetSpent,
            .knobsChanged, .frameRefused, .payloadCopied:
            nil
        }
    }

    /// Whether an event of this kind is about one frame, number 0 included.
    var isAboutFrame: Bool {
        switch self {
        case .frameSubmitted, .frameStarted, .frameAnswered, .frameDelivered, .frameRedispatched, .resultDiscarded,
            .faultInjected:
            true
        default: false
        }
    }
}

extension Transition {
    /// The name in the log and in metrics: the one in the table.
    var name: String { Self.names[Int(rawValue)] }
    /// The number in the contract.
    var number: String { Self.numbers[Int(rawValue)] }

    // Asking for the name of a case takes longer than the rest of a line.
    private static let names = allCases.map { String(describing: $0) }
    private static let numbers = allCases.map { "\($0.row.number)" }
}

extension Holder {
    /// The name in the log.
    var name: String { Self.names[Int(rawValue)] }

    private static let names = (UInt8.min...UInt8.max).map { Holder(rawValue: $0).description }
}

extension Pool {
    /// The name in the log and in metrics.
    var name: String {
        switch self {
        case .raw: "raw"
        case .image: "image"
        }
    }
}

extension HardwareState {
    /// The name in the log.
    var name: String {
        switch self {
        case .none: "none"
        case .inUse: "inUse"
        case .done: "done"
        }
    }
}
