// A moment of the runtime as gauges, the conservation laws among them.

import ISPRuntime

extension RuntimeSnapshot {
    /// Every gauge that is read off the runtime itself.
    public var gauges: [GaugeSample] {
        [.waitingQueueDepth(waitingDepth), .slotsCached(cached), .framesUnanswered(unanswered), .controlItems(control)]
            + GaugeSample.slots(.raw, raw) + GaugeSample.slots(.image, image)
            + [.workers("attached", workersAttached), .workers("detached", workersDetached), .degraded(isDegraded)]
            + residues.all.map { .lawResidue($0.name, $0.value) }
    }
}
