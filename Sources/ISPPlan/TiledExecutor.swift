// Runs a pipeline over a frame tile by tile, on several threads. The execution of stills and the oracle of the rest.

import Dispatch
import ISPImaging
import ISPStages
import Synchronization

/// Develops a frame by tiles.
///
/// Memory is the finished picture plus, for each thread, scratch planes in proportion to one tile. The picture does not
/// depend on the tile size or the number of threads, bit for bit.
public struct TiledExecutor: Sendable {
    /// The tile in pixels: wide enough that rows vectorise and halos cost little, small enough for the caches.
    public static let standardTile = Size(width: 512, height: 128)
    /// The largest number of threads accepted.
    public static let maximumThreads = 1024

    private let threads: Int
    private let tile: Size

    /// Creates an executor.
    /// - Throws: `ISPError(.usage)` unless 1 ... `maximumThreads` threads and a tile with pixels.
    public init(threads: Int, tile: Size = TiledExecutor.standardTile) throws(ISPError) {
        guard (1...Self.maximumThreads).contains(threads) else {
            throw ISPError(.usage, "\(threads) threads; use 1 to \(Self.maximumThreads)")
        }
        guard tile.width > 0, tile.height > 0 else { throw ISPError(.usage, "a tile of \(tile) pixels") }
        self.threads = threads
        self.tile = tile
    }

    /// Develops a whole frame.
    /// - Parameter progress: called from the working threads after each tile with the fraction done, 0 ... 1.
    /// - Throws: `ISPError(.resource)` where the picture does not fit memory.
    /// - Complexity: O(pixels), divided by the threads.
    public func develop(
        _ frame: RawFrame, with pipeline: Pipeline, progress: (@Sendable (Double) -> Void)? = nil
    ) throws(ISPError) -> ImageBuffer {
        let image = try ImageBuffer(format: pipeline.pack.format, size: pipeline.pack.outputSize)
        let tiles = tiles(of: pipeline.pack.crop)
        let next = Atomic(0)
        let done = Atomic(0)
        let workers = min(threads, tiles.count)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            let workspace = Workspace()
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < tiles.count else { return }
                pipeline.develop(tiles[index], of: frame, into: image, workspace: workspace)
                let finished = done.wrappingAdd(1, ordering: .relaxed).newValue
                progress?(Double(finished) / Double(tiles.count))
            }
        }
        return image
    }

    private func tiles(of crop: Region) -> [Region] {
        var tiles: [Region] = []
        for y in stride(from: crop.y, to: crop.maxY, by: tile.height) {
            for x in stride(from: crop.x, to: crop.maxX, by: tile.width) {
                tiles.append(Region(x: x, y: y, width: tile.width, height: tile.height).intersection(crop))
            }
        }
        return tiles
    }
}
