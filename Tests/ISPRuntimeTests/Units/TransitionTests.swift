// The transition table: complete, closed, and the same forwards and backwards.

import ISPRuntime
import Testing

@Suite struct TransitionTests {
    /// A word of every combination of state, hw, leases and attempt that matters.
    static let words: [TokenWord] = SlotState.allCases.flatMap { state in
        HardwareState.allCases.flatMap { hardware in
            [0, 1, 2, 255].flatMap { leases in
                [0, 1, 15].map { attempt in
                    TokenWord(
                        state: state, hardware: hardware, hardwareSequence: 3, holder: .worker(5), attempt: attempt,
                        leases: leases, epoch: 0xffff_ffff)
                }
            }
        }
    }

    @Test func fieldsKeepWhatIsPutIntoThem() {
        let word = TokenWord(
            state: .quarantineDevice, hardware: .done, hardwareSequence: 63, holder: .batch(63), attempt: 15,
            leases: 255,
            epoch: .max)
        #expect(word.state == .quarantineDevice && word.hardware == .done && word.hardwareSequence == 63)
        #expect(word.holder == .batch(63) && word.attempt == 15 && word.leases == 255 && word.epoch == .max)
        #expect(TokenWord(state: .free).bits == 0)
    }

    @Test(arguments: Transition.allCases) func aRowChangesWhatItSaysAndNothingElse(_ transition: Transition) {
        let row = transition.row
        for pool in Pool.allCases {
            for before in Self.words {
                let after = transition.next(pool, before, holder: .worker(9), attempt: 4)
                let isAllowed =
                    row.pools.contains(pool) && row.from.contains(before.state)
                    && row.hardware.contains(before.hardware)
                    && row.leases.allows(before.leases) && !(row.leaseChange > 0 && before.leases == 255)
                    && !(row.attempt == .next && before.attempt == 15)
                guard let after else {
                    #expect(!isAllowed, "\(transition) refuses \(before)")
                    continue
                }
                #expect(isAllowed, "\(transition) allows \(before)")
                #expect(after.state == row.to ?? (row.endsGeneration ? .free : before.state))
                #expect(after.leases == (row.endsGeneration ? 0 : before.leases + row.leaseChange))
                #expect(after.epoch == (row.endsGeneration ? 0 : before.epoch), "the epoch wraps")
                #expect(transition.permits(pool, from: before, to: after))
                if row.hardwareAfter == .submitted { #expect(after.hardwareSequence == before.hardwareSequence + 1) }
            }
        }
    }

    @Test func aSubmissionIsRefusedAtTheLastNumber() {
        let last = TokenWord(state: .running, hardwareSequence: 63, leases: 1)
        #expect(Transition.submitHardware.next(.raw, last) == nil)
    }

    @Test func everyStateCanBeLeftAndReached() {
        for pool in Pool.allCases {
            for state in SlotState.allCases where pool == .raw || ![.alloc, .queued, .handoff].contains(state) {
                let rows = Transition.allCases.map(\.row).filter { $0.pools.contains(pool) }
                #expect(rows.contains { $0.from.contains(state) && $0.to != nil && $0.to != state })
                #expect(rows.contains { $0.to == state })
            }
        }
    }

    /// I3 in the table itself: the only way to FREE asks for no leases and no device.
    @Test func onlyAnUntouchableSlotBecomesFree() {
        let rows = Transition.allCases.filter { $0.row.to == .free || $0.row.endsGeneration }
        #expect(rows == [.return])
        for before in Self.words {
            for pool in Pool.allCases where Transition.return.next(pool, before) != nil {
                #expect(before.leases == 0 && before.hardware != .inUse && before.state == .accepted)
            }
        }
    }

    @Test func aNarrowEpochWraps() {
        let last = TokenWord(state: .accepted, epoch: 3)
        #expect(Transition.return.next(.raw, last, epochMask: 3)?.epoch == 0)
    }
}
