// Streams on real threads: one source, one or two workers with an empty job, one sink; with the runtime, and with a mutex
// and a deque in its place.

import ISPRuntime

/// How fast a source publishes.
enum Rate: Hashable {
    case perSecond(Int)
    case saturated

    var name: String {
        switch self {
        case .perSecond(let rate): "\(rate)/s"
        case .saturated: "saturated"
        }
    }
}

/// Who carries the frames.
enum Carrier: String, CaseIterable {
    case runtime
    case deque = "mutex and deque"
}

/// What is run in turn.
struct StreamKind: Hashable {
    let carrier: Carrier
    let rate: Rate
    let workers: Int

    /// How it is called on the command line: `stream 60/s, runtime, 1`.
    var name: String { "stream \(rate.name), \(carrier.rawValue), \(workers)" }
}

/// What one run gave.
struct StreamResult {
    /// From the call that publishes to the start of the job, a frame each.
    var latencies: ContiguousArray<UInt64>
    /// From the first publication to the last answer.
    var span: UInt64
    /// What the whole process used of processors meanwhile.
    var used: UInt64

    var perSecond: Double { Double(latencies.count) / (Double(span) / 1e9) }
    var usedEach: Double { Double(used) / Double(latencies.count) }
}

/// All streams, in turn.
final class Streams {
    /// Results by kind, in the order of the rounds.
    private(set) var results: [StreamKind: [StreamResult]] = [:]
    let kinds: [StreamKind]
    private let isQuick: Bool

    init(_ options: Options) {
        isQuick = options.isQuick
        let all = [Rate.perSecond(60), .perSecond(1000), .saturated].flatMap { rate in
            [1, 2].flatMap { workers in
                Carrier.allCases.map { StreamKind(carrier: $0, rate: rate, workers: workers) }
            }
        }
        kinds = all.filter { options.isWanted(name: $0.name) }
    }

    /// Frames of one run.
    private func frames(_ rate: Rate) -> Int {
        switch rate {
        case .perSecond(let rate): isQuick ? max(12, rate / 10) : rate >= 1000 ? rate / 2 : rate + rate / 4
        case .saturated: isQuick ? 4_000 : 20_000
        }
    }

    func run(rounds: Int) throws {
        for _ in 0..<rounds {
            for kind in kinds {
                let frames = frames(kind.rate)
                let result =
                    switch kind.carrier {
                    case .runtime: try RuntimeStream.run(workers: kind.workers, rate: kind.rate, frames: frames)
                    case .deque: try DequeStream.run(workers: kind.workers, rate: kind.rate, frames: frames)
                    }
                results[kind, default: []].append(result)
            }
        }
    }

    /// All latencies of a kind.
    func latencies(_ kind: StreamKind) -> [Double] {
        (results[kind] ?? []).flatMap { $0.latencies.map { Double($0) } }
    }

    /// Throughput and processor time of the saturated streams.
    var figures: [Figure] {
        kinds.filter { $0.rate == .saturated }.flatMap { kind in
            let name = kind.workers == 1 ? "1 worker" : "\(kind.workers) workers"
            let results = results[kind] ?? []
            return [
                Figure(
                    row: Row(group: "stream", name: "\(kind.carrier.rawValue), \(name)", unit: "frames/s", digits: 0),
                    samples: results.map(\.perSecond)),
                Figure(
                    row: Row(
                        group: "stream", name: "\(kind.carrier.rawValue), \(name), processor time", unit: "ns",
                        digits: 0),
                    samples: results.map(\.usedEach)),
            ]
        }
    }
}

/// Where jobs note when they began: a place a frame, written once.
final class Latencies: @unchecked Sendable {
    // Sendable: each place is written by the one job of its frame, and read after that frame's answer has come.
    private let places: UnsafeMutablePointer<UInt64>
    let count: Int

    init(_ count: Int) {
        self.count = count
        places = .allocate(capacity: count)
        places.initialize(repeating: .max, count: count)
    }

    deinit { places.deallocate() }

    func note(_ frame: UInt64, since moment: UInt64) {
        precondition(frame < UInt64(count))
        places[Int(frame)] = MonotonicClock.now() &- moment
    }

    /// All of them but the first `warmUp`. Fails when a job did not run.
    func all(from warmUp: Int) throws -> ContiguousArray<UInt64> {
        let all = ContiguousArray(UnsafeBufferPointer(start: places, count: count))
        try check(all.allSatisfy { $0 != .max }, "a frame's job did not run")
        return ContiguousArray(all[warmUp...])
    }
}

/// The pace of a source, and what a run uses from its first counted frame on.
struct Pace {
    /// Frames that do not count: threads start, memory is touched.
    static let warmUp = 32
    private let period: UInt64?
    private var due: UInt64 = 0
    private(set) var start: UInt64 = 0
    private(set) var usedBefore: UInt64 = 0

    init(_ rate: Rate) {
        period = if case .perSecond(let rate) = rate { 1_000_000_000 / UInt64(rate) } else { nil }
    }

    /// Waits for the moment of `frame`.
    mutating func wait(_ frame: Int) {
        if frame == Self.warmUp {
            start = MonotonicClock.now()
            usedBefore = Clocks.process()
            due = start
        }
        guard let period else { return }
        if frame < Self.warmUp {
            Clocks.wait(until: MonotonicClock.now() + 100_000)
        } else {
            due += period
            Clocks.wait(until: due)
        }
    }
}

/// How a sink's thread ended.
final class SinkEnd: Sendable {
    private let changed = EventCount()
    private let lock = Lock()
    private let state: State

    private final class State: @unchecked Sendable {
        // Sendable: used within the lock only.
        var received: Int?
        var last: UInt64 = 0
        var used: UInt64 = 0
    }

    init() { state = State() }

    /// The sink received so many answers, the last one now.
    func end(received: Int) {
        lock.withLock {
            state.last = MonotonicClock.now()
            state.used = Clocks.process()
            state.received = received
        }
        changed.signal()
    }

    /// Waits for the end: how many came, when the last one did, and what the process had used by then.
    func wait() -> (received: Int, last: UInt64, used: UInt64) {
        while true {
            let ticket = changed.prepare()
            let ended = lock.withLock { state.received.map { ($0, state.last, state.used) } }
            if let ended { return ended }
            changed.wait(ticket)
        }
    }
}
