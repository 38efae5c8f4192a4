// A plan in words: what runs, on which rows, with what around it.

import ISPImaging
import ISPKernels
import ISPStages

/// One step of a plan.
public struct PlanStep: Hashable, Sendable {
    /// The stages of the pipeline that the step carries out.
    public let stages: String
    /// The kernel.
    public let kernel: String
    /// What it works on.
    public let signal: String
    /// Rows and columns that it looks at around a pixel.
    public let halo: Int
    /// Rows of its result that are kept.
    public let rows: Int
    /// What is particular about it here.
    public let note: String
}

extension RealTimePlan {
    /// The steps in their order; stages that are off have none.
    public var steps: [PlanStep] {
        var result: [PlanStep] = []
        func add(
            _ stages: [StageDescriptor], _ kernel: String, _ signal: String, halo: Int = 0, rows: Int = 1,
            _ note: String = ""
        ) {
            result.append(
                PlanStep(
                    stages: stages.map(\.name).joined(separator: ", "), kernel: kernel, signal: signal, halo: halo,
                    rows: rows, note: note))
        }
        let pipeline = pipeline
        add(
            linearise == nil ? [Unpack.descriptor] : [Unpack.descriptor, Linearise.descriptor], "unpack",
            "16-bit samples, even and odd columns apart", rows: 2 * defectHalo + 1,
            linearise == nil ? format.name : "\(format.name), companding by table")
        if let defects {
            add(
                [DefectPixels.descriptor], "outlier", "16-bit samples", halo: DefectPixels.halo, rows: 1,
                defects.stage.dynamic
                    ? "candidates by kernel, decided by the reference" : "\(defects.stage.listed.count) rows listed")
        }
        if let binning {
            add(
                [Binning.descriptor], "bin", "16-bit samples",
                "\(size) to \(pipeline.binnedSize(of: size))" + (binning.halvings == 1 ? "" : ", half of half"))
        }
        if green != nil {
            add(
                [GreenEqualization.descriptor], "green", "16-bit samples", halo: GreenKernel.halo,
                rows: 2 * GreenKernel.halo + 1
            )
        }
        var gained = [BlackLevel.descriptor, WhiteBalance.descriptor]
        if pipeline.lensShading != nil { gained.insert(LensShading.descriptor, at: 1) }
        if pipeline.highlights.method != .off { gained.append(Highlights.descriptor) }
        add(gained, "gain", "linear mosaic, 14.7 bits to the ceiling", rows: 2 * demosaicHalo + 1)
        if let demosaic {
            add([DemosaicStage.descriptor], demosaic.rawValue, "linear colours", halo: demosaicHalo, rows: heldColors)
        }
        if matrix != nil { add([ColorCorrection.descriptor], "matrix", "linear colours", rows: heldColors) }
        add(
            pipeline.contrastSaturation == nil
                ? [ToneCurve.descriptor] : [ToneCurve.descriptor, ContrastSaturation.descriptor],
            pipeline.toneCurve.keepsHue ? "tone, keeping hue" : "tone", "display colours, 14 bits", rows: heldColors,
            "within \((curveError * 100).rounded() / 100) codes of the curve")
        if saturation != nil {
            add([ContrastSaturation.descriptor], "saturation", "display colours", rows: heldColors)
        }
        if luma != nil { add([YCbCr.descriptor], "luma", "display luma and colour differences", rows: detailHalo + 2) }
        if let sharpen {
            add(
                [Sharpen.descriptor], "sharpen", "display luma", halo: sharpen.radius + 1, rows: 2 * sharpen.radius + 1,
                pipeline.sharpen?.variance == nil ? "" : "spares noise")
        }
        if blocks != nil {
            add(
                [ChromaDenoise.descriptor], "block chroma", "chroma of 2x2 pixels", halo: BlockChromaDenoise.halo,
                rows: 16,
                "on blocks of 2x2 pixels")
        }
        add([Pack.descriptor], isYCbCr ? "video" : "round, interleave", pipeline.pack.format.name)
        return result
    }

    /// How a frame is cut, and the memory that each thread works in.
    public var layout: String {
        let bytes = StripRun.bytes(self, StripRun.span(0..<stripWidth, self).count)
        return
            "strips of \(stripWidth) columns with \(reach) around them, \((bytes + 1023) / 1024) KiB of rows a thread"
    }
}
