// Faults on purpose: which, how often, how long. A plan decides by numbers alone, so that the same plan over the same
// frames does the same again.

import ISPImaging

/// What can be made to go wrong.
public enum FaultKind: UInt8, CaseIterable, Sendable {
    /// A worker's thread ends in the middle of a frame.
    case workerKill
    /// A worker hangs in the middle of a frame, for the duration.
    case workerHang
    /// A worker hangs until it was given up, and then comes back with its result.
    case workerLateReturn
    /// A device answers late, by the duration.
    case deviceLate
    /// A device never answers; it is reset after the duration.
    case deviceNever
    /// A device answers twice.
    case deviceDuplicate
    /// A sink stands still for the duration.
    case sinkStall
    /// The SessionManager takes nothing from failed workers for the duration.
    case busy
    /// A source stands still for the duration and then delivers at once what has piled up.
    case sourceBurst

    /// The name in options and summaries.
    public var name: String {
        switch self {
        case .workerKill: "worker-kill"
        case .workerHang: "worker-hang"
        case .workerLateReturn: "worker-late-return"
        case .deviceLate: "device-late"
        case .deviceNever: "device-never"
        case .deviceDuplicate: "device-duplicate"
        case .sinkStall: "sink-stall"
        case .busy: "busy"
        case .sourceBurst: "source-burst"
        }
    }

    /// One line for a person.
    public var summary: String {
        switch self {
        case .workerKill: "a worker's thread ends in the middle of a frame"
        case .workerHang: "a worker hangs in the middle of a frame, for the duration"
        case .workerLateReturn: "a worker comes back with its result after it was given up"
        case .deviceLate: "a device answers late, by the duration"
        case .deviceNever: "a device never answers; it is reset after the duration"
        case .deviceDuplicate: "a device answers twice"
        case .sinkStall: "a sink stands still for the duration"
        case .busy: "the SessionManager takes nothing from failed workers for the duration"
        case .sourceBurst: "a source stands still for the duration, then delivers what piled up at once"
        }
    }

    /// How long it lasts unless the plan says otherwise, in nanoseconds; 0 for kinds that do not last.
    public var usualDuration: UInt64 {
        switch self {
        case .workerKill, .workerLateReturn, .deviceDuplicate: 0
        case .workerHang: 2_000_000_000
        case .deviceLate: 20_000_000
        case .deviceNever: 1_000_000_000
        case .sinkStall: 100_000_000
        case .busy: 50_000_000
        case .sourceBurst: 100_000_000
        }
    }

    /// The kind of a name.
    /// - Throws: `ISPError(.usage)` that lists the names.
    public static func named(_ name: String) throws(ISPError) -> FaultKind {
        guard let kind = allCases.first(where: { $0.name == name }) else {
            throw ISPError(
                .usage, "unknown fault '\(name)'; the faults are \(allCases.map(\.name).joined(separator: ", "))")
        }
        return kind
    }
}

/// How often a kind of fault strikes, and for how long.
public struct Fault: Hashable, Sendable {
    /// What goes wrong.
    public var kind: FaultKind
    /// The share of frames it strikes, 0 to 1.
    public var rate: Double
    /// How long it lasts, in nanoseconds.
    public var duration: UInt64

    /// A fault.
    public init(_ kind: FaultKind, rate: Double, duration: UInt64? = nil) {
        self.kind = kind
        self.rate = rate
        self.duration = duration ?? kind.usualDuration
    }

    /// Reads `KIND:RATE` or `KIND:RATE:DURATION`, such as `worker-hang:0.005:2s`.
    /// - Throws: `ISPError(.usage)`.
    public init(_ text: String) throws(ISPError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), let rate = Double(parts[1]), (0...1).contains(rate) else {
            throw ISPError(
                .usage,
                "the fault '\(text)' must be KIND:RATE or KIND:RATE:DURATION, such as worker-hang:0.005:2s, "
                    + "with a rate of 0 to 1")
        }
        self.init(
            try FaultKind.named(parts[0]), rate: rate,
            duration: parts.count == 3 ? try Duration.nanoseconds(of: parts[2], "the duration of '\(text)'") : nil)
    }
}

/// All faults of a run.
public struct FaultPlan: Hashable, Sendable {
    /// At most one of each kind.
    public var faults: [Fault]
    /// What chance is drawn from.
    public var seed: UInt64

    /// A plan.
    public init(_ faults: [Fault] = [], seed: UInt64 = 1) {
        self.faults = faults
        self.seed = seed
    }

    /// How long a fault of a kind lasts that strikes this attempt at a frame; `nil` where none does. The same question has
    /// the same answer whenever it is asked.
    public func strikes(_ kind: FaultKind, session: Int, frame: UInt64, attempt: Int = 0) -> UInt64? {
        guard let fault = faults.first(where: { $0.kind == kind }), fault.rate > 0 else { return nil }
        let drawn = draw(kind, session: session, frame: frame, attempt: attempt, 0)
        return Double(drawn >> 11) * 0x1p-53 < fault.rate ? fault.duration : nil
    }

    /// A number of `0 ..< count` that belongs to a frame as firmly as whether a fault strikes it.
    public func choice(_ count: Int, _ kind: FaultKind, session: Int, frame: UInt64, attempt: Int = 0) -> Int {
        Int(draw(kind, session: session, frame: frame, attempt: attempt, 1) % UInt64(count))
    }

    private func draw(_ kind: FaultKind, session: Int, frame: UInt64, attempt: Int, _ which: UInt64) -> UInt64 {
        var state = seed
        for word in [UInt64(kind.rawValue), UInt64(session), frame, UInt64(attempt), which] {
            state = Self.mixed(state ^ word)
        }
        return state
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
