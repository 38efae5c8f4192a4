// The real world for the protocol: atomics in the arena, the monotonic clock, parked threads, a recorder of events.

import Atomics
import CRuntime

/// The production environment.
package struct LiveEnvironment: RuntimeEnvironment, Sendable {
    package let arena: SlotArena
    package let recorder: (any EventRecorder)?
    package let epochMask: UInt32
    package let recordsTransitions: Bool
    /// One for each worker: what is queued on one of them is of no use to the others.
    package let workers: [EventCount]
    package let sources = EventCount()
    package let sinks = EventCount()
    package let supervisor = EventCount()
    package let answers = EventCount()
    package let hardware = EventCount()

    package init(_ configuration: RuntimeConfiguration, recorder: (any EventRecorder)?) throws(RuntimeError) {
        arena = try SlotArena(configuration)
        self.recorder = recorder
        workers = (0..<configuration.workerNames).map { _ in EventCount() }
        epochMask = configuration.epochMask
        recordsTransitions = recorder?.recordsTransitions ?? false
    }

    @inline(__always)
    package func load(_ slot: SlotID) -> TokenWord { TokenWord(bits: arena.token(slot).load(ordering: .acquiring)) }

    @inline(__always)
    package func swap(_ slot: SlotID, from expected: TokenWord, to desired: TokenWord) -> Bool {
        arena.token(slot).compareExchange(
            expected: expected.bits, desired: desired.bits, successOrdering: .acquiringAndReleasing,
            failureOrdering: .acquiring
        ).exchanged
    }

    @inline(__always)
    package func load(_ cell: Cell) -> UInt64 { arena.cell(cell).load(ordering: .acquiring) }

    @inline(__always)
    package func swap(_ cell: Cell, from expected: UInt64, to desired: UInt64) -> Bool {
        arena.cell(cell).compareExchange(
            expected: expected, desired: desired, successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring
        ).exchanged
    }

    package func envelope(_ slot: Int) -> UnsafeMutablePointer<Envelope> { arena.envelope(slot) }

    package func now() -> UInt64 { MonotonicClock.now() }

    package func record(_ event: borrowing Event) {
        guard let recorder else { return }
        var timed = copy event
        timed.time = now()
        recorder.record(timed, shard: Int(softisp_thread_number()))
    }

    package func wake(_ parties: Wake) {
        if parties.contains(.workers) { for worker in workers { worker.signal() } }
        if parties.contains(.sources) { sources.signal() }
        if parties.contains(.sinks) { sinks.signal() }
        if parties.contains(.supervisor) { supervisor.signal() }
        if parties.contains(.answers) { answers.signal() }
    }

    package func wake(worker: Int) { workers[worker].signal() }

    package func makeMutex() -> Lock { Lock() }
}
