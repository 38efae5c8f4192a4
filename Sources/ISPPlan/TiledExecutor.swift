// Runs a pipeline over a frame tile by tile, on several threads. The execution of stills and the oracle of the rest.

import Dispatch
import ISPImaging
import ISPStages
import Synchronization

/// Develops a frame by tiles; see ``Tiling``.
///
/// Memory is the finished picture plus, for each thread, scratch planes in proportion to the part of the frame that one
/// tile depends on. The picture does not
/// depend on the tile size or the number of threads, bit for bit.
public struct TiledExecutor: Sendable {
    /// The largest number of threads accepted.
    public static let maximumThreads = 1024

    private let threads: Int
    private let tile: Size?

    /// Creates an executor.
    /// - Parameter tile: rounded up to even numbers; `nil` for one that suits the pipeline.
    /// - Throws: `ISPError(.usage)` unless 1 ... `maximumThreads` threads and a tile with pixels.
    public init(threads: Int, tile: Size? = nil) throws(ISPError) {
        self.threads = try Self.checked(threads: threads)
        if let tile, tile.width <= 0 || tile.height <= 0 { throw ISPError(.usage, "a tile of \(tile) pixels") }
        self.tile = tile
    }

    /// Passes a number of threads on if an executor takes it.
    static func checked(threads: Int) throws(ISPError) -> Int {
        guard (1...maximumThreads).contains(threads) else {
            throw ISPError(.usage, "\(threads) threads; use 1 to \(maximumThreads)")
        }
        return threads
    }

    /// Develops a whole frame.
    /// - Parameters:
    ///   - tap: called after every stage of every tile, from the working threads, with the tile.
    ///   - progress: called from the working threads after each tile with the fraction done, 0 ... 1.
    /// - Throws: `ISPError(.resource)` where the picture does not fit memory.
    /// - Complexity: O(pixels), divided by the threads.
    public func develop(
        _ frame: RawFrame, with pipeline: Pipeline,
        tap: (@Sendable (_ tile: Region, _ stage: String, _ planes: [PlaneView<Float>]) -> Void)? = nil,
        progress: (@Sendable (Double) -> Void)? = nil
    ) throws(ISPError) -> ImageBuffer {
        let image = try ImageBuffer(format: pipeline.pack.format, size: pipeline.pack.outputSize)
        let tiles = Tiling.tiles(of: pipeline, frame, tile: tile)
        let next = Atomic(0)
        let done = Atomic(0)
        let workers = min(threads, tiles.count)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            let workspace = Workspace()
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < tiles.count else { return }
                let tile = tiles[index]
                pipeline.develop(
                    tile, of: frame, into: image, workspace: workspace,
                    tap: tap.map { tap in { stage, planes in tap(tile, stage, planes) } })
                let finished = done.wrappingAdd(1, ordering: .relaxed).newValue
                progress?(Double(finished) / Double(tiles.count))
            }
        }
        return image
    }
}
