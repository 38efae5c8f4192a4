// How the frames of a stream are developed: by a real-time plan, or by the reference in tiles.

import ISPImaging
import ISPPlan
import ISPStages

/// Which execution of a pipeline a stream uses.
public enum ExecutionChoice: String, CaseIterable, Sendable {
    /// The real-time plan where every stage of the pipeline has a kernel, else the reference.
    case automatic = "auto"
    /// The real-time plan; a pipeline that has none is refused.
    case realTime = "real-time"
    /// The reference: slower, and the definition of what is right.
    case reference
}

/// A pipeline, ready to develop frames of one kind.
enum Execution: Sendable {
    case realTime(RealTimePlan)
    case tiles(Pipeline)

    /// - Throws: `ISPError(.usage)` where a plan is wanted and there is none.
    init(_ pipeline: Pipeline, _ choice: ExecutionChoice, format: PixelFormat, size: Size) throws(ISPError) {
        switch choice {
        case .realTime: self = .realTime(try RealTimePlan(pipeline, format: format, size: size))
        case .automatic:
            self = (try? RealTimePlan(pipeline, format: format, size: size)).map { .realTime($0) } ?? .tiles(pipeline)
        case .reference: self = .tiles(pipeline)
        }
    }

    /// In how many steps a slice of the picture is made.
    func steps(_ band: Region, _ frame: RawFrame) -> Int {
        guard !band.isEmpty else { return 0 }
        switch self {
        case .realTime(let plan): return plan.steps(band.y..<band.maxY)
        case .tiles(let pipeline): return Tiling.tiles(of: pipeline, frame, part: band).count
        }
    }

    /// Makes a slice of the picture.
    /// - Parameter before: called before each step with its number; what it throws ends the slice.
    func develop(
        _ band: Region, of frame: RawFrame, into image: ImageBuffer, _ scratch: ExecutionScratch,
        before: (Int) throws -> Void
    ) throws {
        guard !band.isEmpty else { return }
        switch self {
        case .realTime(let plan):
            try plan.develop(band.y..<band.maxY, of: frame, into: image, scratch: scratch.rows, before: before)
        case .tiles(let pipeline):
            for (step, tile) in Tiling.tiles(of: pipeline, frame, part: band).enumerated() {
                try before(step)
                pipeline.develop(tile, of: frame, into: image, workspace: scratch.planes)
            }
        }
    }
}

/// The memory that one thread develops in.
struct ExecutionScratch {
    let rows = PlanScratch()
    let planes = Workspace()
}
