// Runs a real-time plan over a frame, in bands on several threads.

import Dispatch
import ISPImaging

/// Develops a frame by a plan; the picture does not depend on the number of threads, bit for bit.
public struct RealTimeExecutor: Sendable {
    private let threads: Int

    /// Creates an executor.
    /// - Throws: `ISPError(.usage)` unless 1 ... `TiledExecutor.maximumThreads` threads.
    public init(threads: Int) throws(ISPError) {
        self.threads = try TiledExecutor.checked(threads: threads)
    }

    /// Develops a whole frame.
    /// - Throws: `ISPError(.resource)` where the picture does not fit memory.
    /// - Complexity: O(pixels), divided by the threads.
    public func develop(_ frame: RawFrame, with plan: RealTimePlan) throws(ISPError) -> ImageBuffer {
        let pack = plan.pipeline.pack
        let image = try ImageBuffer(format: pack.format, size: pack.outputSize)
        let bands = min(threads, (image.size.height + 1) / 2)
        DispatchQueue.concurrentPerform(iterations: bands) { index in
            let band = Tiling.slice(index, of: bands, image.size)
            guard !band.isEmpty else { return }
            plan.develop(band.y..<band.maxY, of: frame, into: image, scratch: PlanScratch())
        }
        return image
    }
}
