// What changing a token costs, alone and against another thread, beside a bare compare-exchange.

import Atomics
import ISPRuntime

/// Transfers of one token on the live arena.
enum TokenTransfers {
    private static let group = "token"
    private static let cycles = 4_000
    private static let rowsOfAFrame = 5

    static func all() throws -> [Measurement] {
        let slot = try TokenSlot()
        let word = BareWord()
        return [
            Measurement(rows: [Row(group: group, name: "transfer through the table", aim: 30)]) {
                [try slot.carry(cycles)]
            },
            Measurement(rows: [Row(group: group, name: "bare 64-bit compare-exchange")]) { [try word.count(20_000)] },
            Measurement(rows: [Row(group: group, name: "transfer, two threads on one token")]) {
                [try slot.race(4_000)]
            },
            Measurement(rows: [Row(group: group, name: "bare, two threads on one word")]) { [try word.race(20_000)] },
        ]
    }

    /// A raw slot whose token goes round.
    private final class TokenSlot: Sendable {
        private let environment: LiveEnvironment
        private let slot = SlotID.raw(1)

        init() throws { environment = try LiveEnvironment(RuntimeConfiguration(), recorder: nil) }

        /// The rows of a frame that goes well: 1, 2, 2b, 5, 17.
        func carry(_ cycles: Int) throws -> Double {
            let first = environment.load(slot)
            var failures = 0
            let each = Clocks.each(cycles * rowsOfAFrame) {
                for _ in 0..<cycles {
                    if environment.move(slot, .allocate, holder: .source(0)) == nil { failures += 1 }
                    if environment.move(slot, .publish, holder: .worker(0)) == nil { failures += 1 }
                    if environment.move(slot, .start) == nil { failures += 1 }
                    if environment.move(slot, .complete) == nil { failures += 1 }
                    if environment.move(slot, .return) == nil { failures += 1 }
                }
            }
            let last = environment.load(slot)
            try check(failures == 0, "\(failures) transfers of a token failed")
            try check(last.epoch == first.epoch &+ UInt32(cycles) && last.state == .free, "the token ends as \(last)")
            return each
        }

        /// Two threads join and leave the same running slot (2c).
        func race(_ cycles: Int) throws -> Double {
            for (row, holder) in [(Transition.allocate, Holder.source(0)), (.publish, .worker(0)), (.start, .none)] {
                try check(environment.move(slot, row, holder: holder) != nil, "row \(row) failed")
            }
            let failures = ManagedAtomic(0)
            let (each, _) = try eachOfTwoThreads(2 * cycles) { [self] _ in
                var failed = 0
                for _ in 0..<cycles {
                    if environment.move(slot, .join) == nil { failed += 1 }
                    if environment.move(slot, .leave) == nil { failed += 1 }
                }
                failures.wrappingIncrement(by: failed, ordering: .relaxed)
            }
            try check(failures.load(ordering: .acquiring) == 0, "a transfer failed under contention")
            try check(environment.load(slot).leases == 1, "leases were lost: \(environment.load(slot))")
            _ = environment.move(slot, .complete)
            _ = environment.move(slot, .return)
            return each
        }
    }

    /// A word with nothing around it.
    private final class BareWord: Sendable {
        private let word = ManagedAtomic<UInt64>(0)

        func count(_ count: Int) throws -> Double {
            let first = word.load(ordering: .acquiring)
            let each = Clocks.each(count) { add(count) }
            try check(word.load(ordering: .acquiring) == first &+ UInt64(count), "the word lost a count")
            return each
        }

        func race(_ count: Int) throws -> Double {
            let first = word.load(ordering: .acquiring)
            let (each, tries) = try eachOfTwoThreads(count) { [self] _ in add(count) }
            try check(
                word.load(ordering: .acquiring) == first &+ UInt64(2 * count * tries), "the word lost a count")
            return each
        }

        private func add(_ count: Int) {
            for _ in 0..<count {
                while true {
                    let before = word.load(ordering: .acquiring)
                    let (isDone, _) = word.compareExchange(
                        expected: before, desired: before &+ 1, successOrdering: .acquiringAndReleasing,
                        failureOrdering: .acquiring)
                    if isDone { break }
                }
            }
        }
    }
}
