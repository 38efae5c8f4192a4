// Keeps every event of a run on real threads, and replays the transitions through the table: an impossible history fails.

import ISPRuntime

/// Collects events from any thread.
final class TraceRecorder: EventRecorder, @unchecked Sendable {
    // Sendable: used within its lock only.
    private let lock = Lock()
    private var events: [Event] = []
    let recordsTransitions = true

    func record(_ event: borrowing Event, shard: Int) {
        let event = copy event
        lock.withLock { events.append(event) }
    }

    func count(_ kind: EventKind) -> Int { lock.withLock { events.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) } } }

    /// A copy of its own: a thread that hung may go on recording while the events are looked at, and ThreadSanitizer does not
    /// see that a shared array's owners tell each other when they are done.
    var all: [Event] { lock.withLock { events.map { $0 } } }
}

/// Checks a recorded history: every transition is a row of the table, and for every slot the transitions form one chain
/// from FREE. Threads note what they did after they did it, so that neighbours may stand in the wrong order: the chain is
/// found by following the words.
///
/// - Returns: what is impossible, nil when nothing is.
func impossibility(in events: [Event], epochMask: UInt32 = .max) -> String? {
    var bySlot: [SlotID: [Event]] = [:]
    for event in events where event.kind == .transition {
        bySlot[SlotID(event.pool, Int(event.slot)), default: []].append(event)
    }
    for (slot, history) in bySlot {
        var rest = history
        var word = TokenWord(state: .free).bits
        // How far in the recording an event may stand from its place: a thread may be late by a time slice.
        let window = 4096
        var start = 0
        var isUsed = [Bool](repeating: false, count: rest.count)
        var placed = 0
        while placed < rest.count {
            while start < rest.count, isUsed[start] { start += 1 }
            var found: Int?
            for place in start..<min(rest.count, start + window) where !isUsed[place] && rest[place].before == word {
                found = place
                break
            }
            guard let place = found, let transition = rest[place].transition else {
                return "\(slot): nothing follows \(TokenWord(bits: word)) at \(placed) of \(rest.count)"
            }
            let (before, after) = (TokenWord(bits: rest[place].before), TokenWord(bits: rest[place].after))
            if !transition.permits(slot.pool, from: before, to: after, epochMask: epochMask) {
                return "\(slot): row \(transition.row.number) does not lead from \(before) to \(after)"
            }
            word = rest[place].after
            isUsed[place] = true
            placed += 1
        }
        rest = []
    }
    return nil
}
