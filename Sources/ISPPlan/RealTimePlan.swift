// The real-time execution of a pipeline: its stages as integer kernels, fused over rows that stay in the cache.

import ISPImaging
import ISPKernels
import ISPStages

/// A pipeline decided for one kind of frame, ready to run row by row.
///
/// A plan is made once and serves every frame of the same format and size with the same settings. Making it tabulates
/// curves and gains; running it allocates nothing. It agrees with `Pipeline.develop` within the rounding of 16-bit lanes
/// (docs/plan.md has the figures). A picture does not depend on the bands it is cut into, nor on the number of threads, bit
/// for bit.
public final class RealTimePlan: Sendable {
    /// The pipeline it executes.
    public let pipeline: Pipeline
    /// The layout of the frames.
    public let format: PixelFormat
    /// The size of the frames.
    public let size: Size

    let cfa: CFAPattern
    let unpack: UnpackKernel
    let linearise: [UInt16]?
    let gains: PlanGains
    let demosaic: DemosaicKernel
    let matrix: MatrixKernel?
    let tone: ToneKernel
    let interleave: InterleaveKernel?
    let stripWidth: Int

    /// Columns of a strip: rows of all stages together stay in the first or second cache.
    public static let standardStripWidth = 1024

    /// Makes a plan.
    /// - Parameter stripWidth: columns that are worked on at a time, rounded up to a multiple of 64.
    /// - Throws: `ISPError(.usage)` that names every stage that has no real-time kernel.
    public init(
        _ pipeline: Pipeline, format: PixelFormat, size: Size, stripWidth: Int = RealTimePlan.standardStripWidth
    ) throws(ISPError) {
        let refusals = Self.refusals(of: pipeline, format: format)
        guard refusals.isEmpty, let cfa = format.cfa, let demosaic = Self.demosaicKernel(pipeline.demosaic) else {
            let reasons = refusals.map(\.description).joined(separator: "; ")
            throw ISPError(.usage, "not possible in real time: \(reasons)")
        }
        self.pipeline = pipeline
        self.format = format
        self.size = size
        self.cfa = cfa
        self.demosaic = demosaic
        self.stripWidth = (max(stripWidth, 64) + 63) / 64 * 64
        unpack = UnpackKernel(format)
        let scale = SampleScale(pipeline, format)
        linearise = scale.table
        gains = try PlanGains(pipeline, cfa: cfa, size: size, scale: scale)
        matrix = pipeline.colorCorrection.flatMap { MatrixKernel($0.matrix.values) }
        tone = Self.tone(pipeline)
        if case .rgb(let order) = pipeline.pack.format.layout {
            interleave = InterleaveKernel(order: order)
        } else {
            interleave = nil
        }
    }

    private static func tone(_ pipeline: Pipeline) -> ToneKernel {
        let (curve, contrast) = (pipeline.toneCurve, pipeline.contrastSaturation)
        let ceiling = pipeline.highlights.ceiling
        func contrasted(_ code: Float) -> Float { contrast?.contrasted(code) ?? code }
        if curve.keepsHue {
            return ToneKernel(
                ceiling: ceiling, light: { curve.light($0) }, coding: { contrasted(curve.coding($0)) })
        }
        return ToneKernel(ceiling: ceiling, curve: { contrasted(curve($0)) })
    }

    /// The largest distance of the tabulated tone curve from its definition, in 8-bit codes.
    public var curveError: Double { tone.error }

    /// Rows and columns of the mosaic that a pixel depends on, on every side.
    var mosaicHalo: Int { demosaic.halo }

    /// Whether a pipeline has to go through luma and colour differences.
    var isYCbCr: Bool { pipeline.pack.takesYCbCr }

    /// Develops rows of the picture.
    ///
    /// - Parameters:
    ///   - rows: of the upright picture, starting on an even row.
    ///   - image: the whole picture; only `rows` of it are written.
    ///   - scratch: this thread's memory.
    /// - Precondition: the frame has the plan's format and size, the picture those of the pipeline's pack stage.
    public func develop(_ rows: Range<Int>, of frame: RawFrame, into image: ImageBuffer, scratch: PlanScratch) {
        precondition(frame.format == format && frame.size == size, "a frame of another kind")
        let pack = pipeline.pack
        precondition(image.size == pack.outputSize && image.format == pack.format, "a picture of another shape")
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= image.size.height && rows.lowerBound & 1 == 0,
            "rows outside the picture")
        guard !rows.isEmpty else { return }
        let shown = pack.shown
        frame.withBytes { bytes in
            for x in stride(from: shown.x, to: shown.maxX, by: stripWidth) {
                let columns = x..<min(x + stripWidth, shown.maxX)
                var run = StripRun(self, columns: columns, rows: rows, bytes, frame.bytesPerRow, image, scratch)
                run.develop()
            }
        }
    }
}
