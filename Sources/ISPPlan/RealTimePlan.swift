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

    let photosites: Photosites
    let unpack: UnpackKernel
    let linearise: [UInt16]?
    let defects: DefectPlan?
    let binning: Binning?
    let green: GreenKernel?
    let gains: PlanGains
    /// The tap that `statistics` are counted like.
    public let statisticsTap: StatisticsTap
    /// The part of the frame that statistics are counted of: what the picture shows.
    public let countedRegion: Region
    /// `nil` for mono frames.
    let demosaic: DemosaicKernel?
    let matrix: MatrixKernel?
    let tone: ToneKernel
    let saturation: SaturationKernel?
    let luma: LumaKernel?
    let sharpen: SharpenKernel?
    let blocks: BlockChromaKernel?
    /// For pictures in red, green and blue.
    let interleave: InterleaveKernel
    let video: VideoKernel?
    /// The strip width that was asked for.
    private let askedStripWidth: Int?

    /// Makes a plan.
    /// - Parameter stripWidth: columns that are worked on at a time, rounded up to a multiple of 64; `nil` for as many as let the
    ///   rows of all stages together stay in the second cache.
    /// - Throws: `ISPError(.usage)` that names every stage that has no real-time kernel.
    public init(
        _ pipeline: Pipeline, format: PixelFormat, size: Size, stripWidth: Int? = nil
    ) throws(ISPError) {
        let refusals = Self.refusals(of: pipeline, format: format)
        guard refusals.isEmpty else {
            let reasons = refusals.map(\.description).joined(separator: "; ")
            throw ISPError(.usage, "not possible in real time: \(reasons)")
        }
        try pipeline.binning?.check(size)
        let pipeline = pipeline.stages(for: format.cfa)
        self.pipeline = pipeline
        self.format = format
        self.size = size
        let isMono = format.cfa == nil
        photosites = Photosites(cfa: format.cfa)
        demosaic = isMono ? nil : Self.demosaicKernel(pipeline.demosaic)
        demosaicHalo = demosaic?.halo ?? 0
        askedStripWidth = stripWidth
        unpack = UnpackKernel(format)
        let scale = SampleScale(pipeline, format)
        let ceiling = Self.ceiling(pipeline)
        linearise = scale.table
        binning = pipeline.binning
        countedRegion = binning?.covered(by: pipeline.pack.shown) ?? pipeline.pack.shown
        green = pipeline.greenEqualization.map { GreenKernel(threshold: $0.threshold) }
        statisticsTap = StatisticsTap(
            linearise: pipeline.linearise, white: pipeline.blackLevel.white, shift: scale.shift)
        defects = pipeline.defectPixels.map { DefectPlan($0, pipeline.blackLevel, scale: scale) }
        gains = try PlanGains(
            pipeline, photosites: photosites, size: pipeline.binnedSize(of: size), scale: scale, ceiling: ceiling)
        matrix = pipeline.colorCorrection.flatMap { MatrixKernel($0.matrix.values) }
        tone = Self.tone(pipeline, ceiling)
        // Saturation leaves luma of its own weights as it is, and multiplies colour differences.
        let colour = pipeline.contrastSaturation?.saturation ?? 1
        let isFolded =
            pipeline.pack.takesYCbCr && pipeline.ycbcr.standard == ContrastSaturation.lumaStandard && colour <= 1.5
        saturation =
            colour == 1 || isFolded || isMono
            ? nil : SaturationKernel(colour, luma: ContrastSaturation.lumaStandard.weights)
        let takesYCbCr = pipeline.pack.takesYCbCr
        sharpen = pipeline.sharpen.map { SharpenKernel($0) }
        blocks = pipeline.blockChromaDenoise.map { stage in
            BlockChromaKernel(
                luma: { Self.interpolated(stage.lumaScale, $0) }, chroma: { Self.interpolated(stage.chromaScale, $0) })
        }
        luma =
            sharpen != nil || blocks != nil || takesYCbCr || isMono
            ? LumaKernel(pipeline.ycbcr, saturation: isFolded ? colour : 1) : nil
        video = takesYCbCr ? VideoKernel(range: pipeline.pack.range) : nil
        defectHalo = defects == nil ? 0 : DefectPixels.halo
        detailHalo = max(sharpen.map { $0.radius + 1 } ?? 0, blocks == nil ? 0 : BlockChromaDenoise.halo)
        greenHalo = green == nil ? 0 : GreenKernel.halo
        colorReach = luma == nil ? 0 : detailHalo + 1
        let binnedReach = greenHalo + demosaicHalo + colorReach
        reach = defectHalo + binnedReach
        factor = binning?.factor ?? 1
        rawReach = defectHalo + binnedReach * factor + factor - 1
        heldColors = luma != nil && !takesYCbCr && !isMono ? detailHalo + 1 : 1
        isYCbCr = takesYCbCr
        if case .rgb(let order) = pipeline.pack.format.layout {
            interleave = InterleaveKernel(order: order)
        } else {
            interleave = InterleaveKernel(order: "rgb")
        }
    }

    /// A table by luma, whose last entry but one is at 1.
    static func interpolated(_ table: [Float], _ luma: Float) -> Float {
        let last = table.count - 2
        let position = min(max(luma, 0), 1) * Float(last)
        let node = min(Int(position), last)
        return table[node] + (table[node + 1] - table[node]) * (position - Float(node))
    }

    /// The linear value at the upper end of the 16-bit scale: where highlights end, but no more than twice the value from
    /// which the tone curve is white.
    private static func ceiling(_ pipeline: Pipeline) -> Float {
        let (curve, highest) = (pipeline.toneCurve, pipeline.highlights.ceiling)
        let white = curve(highest)
        var (low, high): (Float, Float) = (0, highest)
        for _ in 0..<24 {
            let middle = (low + high) / 2
            if curve(middle) < white { low = middle } else { high = middle }
        }
        return min(highest, 2 * high)
    }

    private static func tone(_ pipeline: Pipeline, _ ceiling: Float) -> ToneKernel {
        let (curve, contrast) = (pipeline.toneCurve, pipeline.contrastSaturation)
        func contrasted(_ code: Float) -> Float { contrast?.contrasted(code) ?? code }
        if curve.keepsHue {
            return ToneKernel(
                ceiling: ceiling, light: { curve.light($0) }, coding: { contrasted(curve.coding($0)) })
        }
        return ToneKernel(ceiling: ceiling, curve: { contrasted(curve($0)) })
    }

    /// The largest distance of the tabulated tone curve from its definition, in 8-bit codes.
    public var curveError: Double { tone.error }

    /// Rows and columns that the search for defects looks at around a photosite.
    let defectHalo: Int

    /// Rows and columns that green equalisation looks at around a photosite.
    let greenHalo: Int

    /// Rows and columns of the mosaic that a pixel's colours depend on, on every side.
    let demosaicHalo: Int

    /// Whether the frames are of a mono sensor.
    var isMono: Bool { demosaic == nil }

    /// Rows of luma that a finished row depends on, on either side.
    let detailHalo: Int

    /// Columns of colours needed around a pixel, on every side.
    let colorReach: Int

    /// Columns of the mosaic needed around a pixel, on every side.
    let reach: Int

    /// Columns and rows of the frame that become one of the picture: 1 without binning.
    let factor: Int

    /// Columns of the frame needed around those that become a pixel, on every side.
    let rawReach: Int

    /// Rows of colours that are kept.
    let heldColors: Int

    /// Whether a pipeline has to go through luma and colour differences.
    let isYCbCr: Bool

    /// Develops rows of the picture.
    ///
    /// - Parameters:
    ///   - rows: of the upright picture, starting on an even row.
    ///   - image: the whole picture; only `rows` of it are written.
    ///   - scratch: this thread's memory.
    ///   - statistics: counts the samples that `rows` show on the way; those of several bands can be added.
    ///   - before: called before each of `steps` steps with its number; what it throws ends the run.
    /// - Precondition: the frame has the plan's format and size, the picture those of the pipeline's pack stage.
    public func develop(
        _ rows: Range<Int>, of frame: RawFrame, into image: ImageBuffer, scratch: PlanScratch,
        statistics: StatisticsCounter? = nil, before: (Int) throws -> Void
    ) rethrows {
        precondition(frame.format == format && frame.size == size, "a frame of another kind")
        let pack = pipeline.pack
        precondition(image.size == pack.outputSize && image.format == pack.format, "a picture of another shape")
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= image.size.height && rows.lowerBound & 1 == 0,
            "rows outside the picture")
        guard !rows.isEmpty else { return }
        var step = 0
        try frame.withBytes { bytes throws -> Void in
            for columns in strips {
                let run = StripRun(
                    self, columns: columns, rows: rows, bytes, frame.bytesPerRow, image, scratch, statistics)
                try run.develop(every: Self.stepRows) {
                    try before(step)
                    step += 1
                }
            }
        }
    }

    /// Develops rows of the picture in one go.
    public func develop(
        _ rows: Range<Int>, of frame: RawFrame, into image: ImageBuffer, scratch: PlanScratch,
        statistics: StatisticsCounter? = nil
    ) {
        develop(rows, of: frame, into: image, scratch: scratch, statistics: statistics) { _ in }
    }

    /// In how many steps rows of the picture are made: each is some rows of a strip.
    public func steps(_ rows: Range<Int>) -> Int {
        strips.count * ((rows.count * factor + Self.stepRows - 1) / Self.stepRows)
    }

    /// Rows of the frame in a step: at full speed well below a millisecond.
    private static let stepRows = 128

    /// The columns of the frame that are worked on at a time.
    private var strips: [Range<Int>] {
        let (shown, width) = (pipeline.pack.shown, stripWidth)
        return stride(from: shown.x, to: shown.maxX, by: width).map { $0..<min($0 + width, shown.maxX) }
    }

    /// Columns of a strip: where the picture is wider than fits the cache, strips of about the same width.
    var stripWidth: Int {
        func rounded(_ width: Int) -> Int { (max(width, 64) + 63) / 64 * 64 }
        if let askedStripWidth { return rounded(askedStripWidth) }
        // An entry of either parity is two columns.
        let columnBytes = (StripRun.bytes(self, 4096) - StripRun.bytes(self, 2048)) / 4096
        let most = SecondCache.room / columnBytes
        let shown = pipeline.pack.shown.width
        let strips = (shown + most - 1) / most
        return rounded((shown + strips - 1) / strips)
    }
}

extension SharpenKernel {
    init(_ stage: Sharpen) {
        self.init(
            taps: stage.taps, amount: stage.amount, overshoot: stage.overshoot,
            variance: stage.variance.map { table in
                { RealTimePlan.interpolated(table, $0) }
            })
    }
}

extension LumaKernel {
    init(_ stage: YCbCr, saturation: Float) {
        let weights = stage.standard.weights
        self.init(red: weights.red, blue: weights.blue, saturation: saturation)
    }
}
