// A job with a canary: the picture is a function of the input, every word of both is checked.

import ISPRuntime
import Synchronization

/// What jobs of a run share: what goes wrong and when, and what was found wrong.
final class StressPlan: Sendable {
    /// Called at the start of every slice; throws or hangs as the test likes.
    let misfortune: @Sendable (FrameSlice, JobContext) throws -> Void
    let violations = Counter()
    let slices = Counter()

    init(_ misfortune: @escaping @Sendable (FrameSlice, JobContext) throws -> Void = { _, _ in }) {
        self.misfortune = misfortune
    }
}

/// Develops words: output = input * 3 + settings, slice by slice.
final class StressJob: Job {
    private let plan: StressPlan

    init(_ plan: StressPlan) { self.plan = plan }

    func apply(_ command: Command, _ context: JobContext) throws {}

    func develop(_ slice: FrameSlice, _ context: JobContext) throws {
        try plan.misfortune(slice, context)
        plan.slices.add(1)
        let input = slice.input.bindMemory(to: UInt64.self)
        let output = slice.output.bindMemory(to: UInt64.self)
        let first = input.count * slice.slice / slice.slices
        let last = input.count * (slice.slice + 1) / slice.slices
        for index in first..<last {
            if input[index] != slice.envelope.payload { plan.violations.add(1) }
            output[index] = input[index] &* 3 &+ UInt64(slice.envelope.settingsID)
        }
        if !context.beat(slice) { throw JobCancelled() }
    }

    static func isPicture(_ picture: UnsafeRawBufferPointer, of payload: UInt64, settings: UInt32) -> Bool {
        picture.bindMemory(to: UInt64.self).allSatisfy { $0 == payload &* 3 &+ UInt64(settings) }
    }
}

/// Fills a slot with its canary and publishes it.
func publish(_ payload: UInt64, on source: SourcePort, slices: Int = 1, deadline: UInt64 = .max) -> UInt64? {
    let request = FrameRequest(deadline: deadline, payload: payload, slices: slices)
    guard let slot = source.allocate(request) else { return nil }
    for index in slot.payload.bindMemory(to: UInt64.self).indices {
        slot.payload.bindMemory(to: UInt64.self)[index] = payload
    }
    return slot.publish(request)
}
