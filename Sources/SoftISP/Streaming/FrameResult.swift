// What comes out of a stream: a frame's answer, and its picture where it has one.

import ISPImaging
import ISPRuntime
import ISPTuning

/// A frame's answer. Answers come in the order in which the frames were captured.
public struct FrameResult: Sendable {
    /// The frame's number in its stream, from 0. Where answers without a picture were put together because the receiver was
    /// slow, the first of ``count``.
    public let frame: UInt64
    /// How many frames this is the answer of: 1, or more without a picture.
    public let count: UInt64
    /// How it ended.
    public let outcome: Outcome
    /// The picture. It keeps its slot for as long as anybody holds it: let go of it, or the stream runs out of slots.
    public let picture: ImageBuffer?
    /// The settings that made it, automatic ones decided; of a frame that was under way while they changed more than a
    /// thousand times, later ones.
    public let settings: DevelopSettings
    /// Their number: frames with the same number were made with the same settings.
    public let settingsID: UInt32
    /// Which attempt succeeded, from 0: more than 0 where a worker failed.
    public let attempt: Int
    /// When it was captured, in nanoseconds of the runtime's clock.
    public let captured: UInt64
    /// When it was submitted.
    public let submitted: UInt64
    /// When it was answered.
    public let answered: UInt64

    /// Keeps the slot of a picture.
    private final class Lease: Sendable {
        let answer: Answer
        init(_ answer: consuming Answer) { self.answer = answer }
    }

    init(_ answer: consuming Answer, _ stream: Stream) {
        let delivery = answer.delivery
        frame = delivery.frame
        count = delivery.count
        outcome = delivery.outcome
        settings = stream.answeredSettings(delivery.settings)
        settingsID = delivery.settings
        attempt = delivery.attempt
        captured = delivery.captured
        submitted = delivery.submitted
        answered = delivery.finished
        guard let slot = delivery.image else {
            picture = nil
            return
        }
        let memory = stream.image(slot).bytes
        // The size was checked when the stream saw the slots as pictures.
        picture = try? ImageBuffer(
            format: stream.format, size: stream.size, bytes: memory, owner: Lease(answer))
    }
}
