// The always-on recorder: counts every event and times every frame, on the threads of the runtime.

import ISPRuntime

/// Counts events and measures latencies.
///
/// Recording adds to the counters of the thread's shard: no lock, no allocation, no waiting, whatever other threads do.
/// Threads that share a shard stay exact and only slow each other down. Reading sums the shards; a reading taken while
/// threads record holds each of their events whole, in part, or not yet.
///
/// Not a log: for single events in their order, see ``EventLog``.
public final class Telemetry: EventRecorder, @unchecked Sendable {
    // Sendable although it holds a pointer: the memory lives as long as the recorder, and every access is atomic.

    /// Whether transitions are wanted, to be counted by row.
    public let recordsTransitions: Bool
    /// How many threads record without meeting each other.
    public let shards: Int

    private let layout = ShardLayout()
    private let stride: Int
    private let words: AtomicWords

    /// A recorder with all counters at zero.
    ///
    /// - Parameters:
    ///   - shards: 1 to 1024, best the number of recording threads; each takes about 30 KB. A thread's shard number is
    ///     taken modulo this.
    ///   - recordsTransitions: whether to count transitions by row.
    public init(shards: Int, recordsTransitions: Bool = false) {
        precondition((1...1024).contains(shards), "telemetry with \(shards) shards; use 1 to 1024")
        self.shards = shards
        self.recordsTransitions = recordsTransitions
        stride = AtomicWords.padded(layout.words)
        words = .allocate(shards * stride)
    }

    deinit { words.deallocate() }

    /// Counts one event, and its latency where it has one. O(1).
    public func record(_ event: borrowing Event, shard: Int) {
        let words = block(shardIndex(shard, of: shards))
        words.add(layout.count(event.kind))
        switch event.kind {
        case .frameStarted: time(.start, event.value, words)
        case .frameDelivered: time(.delivery, event.value, words)
        case .frameAnswered:
            if let outcome = event.outcome { words.add(layout.frames(outcome)) }
            time(.answer, event.value, words)
        case .handoffFastForwarded, .handoffAborted, .workerDetached:
            words.add(layout.items(event.kind), event.value)
        case .transition:
            if let transition = event.transition { words.add(layout.transition(transition)) }
        default: break
        }
    }

    /// All counters and histograms, summed over the shards. O(shards).
    public func snapshot() -> TelemetrySnapshot {
        func total(_ index: Int) -> UInt64 { (0..<shards).reduce(0) { $0 &+ block($1).load(index) } }
        return TelemetrySnapshot(
            recordsTransitions: recordsTransitions,
            kinds: EventKind.allCases.map { total(layout.count($0)) },
            items: EventKind.allCases.map { total(layout.items($0)) },
            outcomes: Outcome.all.map { total(layout.frames($0)) },
            transitions: Transition.allCases.map { total(layout.transition($0)) },
            latencies: Latency.allCases.map { latency in
                LatencyHistogram(
                    summing: (0..<shards).map { HistogramCells(block($0).advanced(by: layout.histogram(latency))) })
            })
    }

    @inline(__always)
    private func block(_ shard: Int) -> AtomicWords { words.advanced(by: shard * stride) }

    @inline(__always)
    private func time(_ latency: Latency, _ nanoseconds: UInt64, _ words: AtomicWords) {
        HistogramCells(words.advanced(by: layout.histogram(latency))).record(nanoseconds)
    }
}
