// Where each counter and histogram lies within a shard.

import ISPRuntime

/// Offsets in words, the same in every shard: counters first, since they are hot and few, then the histograms.
struct ShardLayout {
    /// One counter a kind of event, from 0.
    let kinds = EventKind.allCases.count
    /// One counter an outcome, by its code.
    let outcomes: Int
    /// Items by kind of event, for the kinds whose value counts items.
    let items: Int
    /// One counter a row of the transition table.
    let transitions: Int
    /// One histogram a latency.
    let histograms: Int
    /// Words of a shard.
    let words: Int

    init() {
        outcomes = kinds
        items = outcomes + Outcome.all.count
        transitions = items + EventKind.allCases.count
        histograms = AtomicWords.padded(transitions + Transition.allCases.count)
        words = histograms + Latency.allCases.count * HistogramCells.words
    }

    @inline(__always)
    func count(_ kind: EventKind) -> Int { Int(kind.rawValue) }
    @inline(__always)
    func frames(_ outcome: Outcome) -> Int { outcomes + Int(outcome.code) }
    @inline(__always)
    func items(_ kind: EventKind) -> Int { items + Int(kind.rawValue) }
    @inline(__always)
    func transition(_ transition: Transition) -> Int { transitions + Int(transition.rawValue) }
    @inline(__always)
    func histogram(_ latency: Latency) -> Int { histograms + Int(latency.rawValue) * HistogramCells.words }
}

extension Outcome {
    /// Every way in which a frame can end, in the order of the codes.
    static var all: [Outcome] { [.done, .error] + DropReason.allCases.map(Outcome.dropped) }
}
