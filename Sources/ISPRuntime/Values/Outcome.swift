// How a frame ends. Every submitted frame gets exactly one of these.

/// How a frame ended.
public enum Outcome: Hashable, Sendable {
    /// A picture was made.
    case done
    /// The job said that it can not make one.
    case error
    /// No picture, for a reason.
    case dropped(DropReason)

    /// One byte for envelopes and events: 0 done, 1 error, from 2 the reasons.
    public var code: UInt8 {
        switch self {
        case .done: 0
        case .error: 1
        case .dropped(let reason): 2 + reason.rawValue
        }
    }

    /// An outcome from its byte.
    public init?(code: UInt8) {
        switch code {
        case 0: self = .done
        case 1: self = .error
        default:
            guard let reason = DropReason(rawValue: code - 2) else { return nil }
            self = .dropped(reason)
        }
    }
}

extension Outcome {
    /// The name in logs, metrics and metadata.
    public var name: String {
        switch self {
        case .done: "done"
        case .error: "error"
        case .dropped: "dropped"
        }
    }

    /// Why a frame was dropped, nil for the others.
    public var reason: DropReason? {
        if case .dropped(let reason) = self { reason } else { nil }
    }
}

/// Why a frame was dropped.
public enum DropReason: UInt8, CaseIterable, Sendable {
    /// A newer frame of a live source needed the room, or there was none for this one.
    case backpressure
    /// Not answered by its deadline.
    case deadline
    /// The session was flushed.
    case flush
    /// The session was stopped.
    case stop
    /// A device never gave its slot back.
    case device
    /// Every attempt the budget allows failed.
    case attempts
    /// There is no worker, and none will come.
    case noWorker
    /// The Monitor's waiting queue reached DROP_THRESHOLD.
    case overload
    /// The source failed while it filled the slot.
    case source

    /// The label in metrics.
    public var name: String {
        switch self {
        case .backpressure: "backpressure"
        case .deadline: "deadline"
        case .flush: "flush"
        case .stop: "stop"
        case .device: "device"
        case .attempts: "attempts"
        case .noWorker: "no_worker"
        case .overload: "overload"
        case .source: "source"
        }
    }
}
