// The far end of the rings: takes events, orders them by time, makes lines, writes them.

import ISPRuntime

/// What a drain works with, kept from one to the next because a slow reader may stop it in the middle.
struct LogDrainer {
    private(set) var state = EventLog.State.open
    /// Events whose whole line was written.
    private(set) var written: UInt64 = 0
    /// Events that were taken from the rings and will not be written.
    private(set) var lost: UInt64 = 0

    private let output: DescriptorWriter
    private let rings: EventRings
    /// What one drain found, in the order of time; made into lines from `next` on.
    private var batch: [Event] = []
    private var next = 0
    /// Lines on their way; the first `taken` bytes are written.
    private var lines: [UInt8] = []
    private var taken = 0
    /// Events of `batch` whose line is not wholly written.
    private(set) var inHand: UInt64 = 0

    /// Events that are made into lines at a time, so that the text of a full ring is never in memory at once.
    private static let slice = 256

    init(_ output: DescriptorWriter, _ rings: EventRings) {
        self.output = output
        self.rings = rings
    }

    /// Writes what an earlier drain left, or else what the rings hold. Says whether all of it is written.
    mutating func drain(waiting milliseconds: Int32) throws(EventLogError) -> Bool {
        if inHand == 0 { collect() }
        while inHand > 0 {
            if taken == lines.count { makeLines() }
            if try !writeSome(waiting: milliseconds) { return false }
        }
        return true
    }

    /// The log is over: what is in hand is lost.
    mutating func end(_ state: EventLog.State) {
        self.state = state
        lost += inHand
        inHand = 0
        batch = []
        lines = []
    }

    /// Takes at most a ring's capacity from each ring, so that fast recorders can not keep a drain from ending.
    private mutating func collect() {
        batch.removeAll(keepingCapacity: true)
        for ring in rings.all {
            for _ in 0..<ring.capacity {
                guard let event = ring.take() else { break }
                batch.append(event)
            }
        }
        // The standard library's sort is stable: events of one shard and moment stay in their order. It also takes
        // advantage of runs, which the shards are.
        batch.sort { $0.time < $1.time }
        next = 0
        inHand = UInt64(batch.count)
    }

    private mutating func makeLines() {
        lines.removeAll(keepingCapacity: true)
        taken = 0
        let end = min(next + Self.slice, batch.count)
        for event in batch[next..<end] { EventLine.append(event, to: &lines) }
        next = end
    }

    /// Writes a bounded number of bytes; says whether the descriptor took any.
    private mutating func writeSome(waiting milliseconds: Int32) throws(EventLogError) -> Bool {
        let (output, from) = (output, taken)
        let answer = lines.withUnsafeBytes { bytes in
            output.write(UnsafeRawBufferPointer(rebasing: bytes[from...]), waiting: milliseconds)
        }
        switch answer {
        case .failed(let code): throw .write(code)
        case .taken(let count):
            let whole = lines[from..<from + count].reduce(UInt64(0)) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
            taken += count
            written += whole
            inHand -= whole
            return count > 0
        }
    }
}
