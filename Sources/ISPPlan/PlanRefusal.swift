// What the real-time execution can not do, and why.

import ISPImaging
import ISPKernels
import ISPStages

/// A stage or property of a pipeline that has no real-time kernel.
public struct PlanRefusal: Hashable, Sendable, CustomStringConvertible {
    /// The name of the stage.
    public let stage: String
    /// What about it, and what could be set instead.
    public let reason: String

    init(_ stage: StageDescriptor, _ reason: String) {
        self.stage = stage.name
        self.reason = reason
    }

    /// Stage and reason.
    public var description: String { "\(stage): \(reason)" }
}

extension RealTimePlan {
    /// Everything about a pipeline that keeps it from running in real time; empty where there is a plan for it.
    public static func refusals(of pipeline: Pipeline, format: PixelFormat) -> [PlanRefusal] {
        let pipeline = pipeline.stages(for: format.cfa)
        var result: [PlanRefusal] = []
        func refuse(_ stage: StageDescriptor, _ reason: String, if condition: Bool) {
            if condition { result.append(PlanRefusal(stage, reason)) }
        }
        refuse(RawDenoise.descriptor, "set denoise to 0", if: pipeline.denoise != nil)
        let isMono = format.cfa == nil
        refuse(
            Binning.descriptor, "mono frames are not binned; set binning to off", if: isMono && pipeline.binning != nil)
        let method = pipeline.highlights.method
        refuse(
            Highlights.descriptor, "\(method.rawValue); set highlights to clip or off",
            if: method != .clip && method != .off)
        refuse(
            DemosaicStage.descriptor,
            "\(type(of: pipeline.demosaic).descriptor.name); set demosaic to malvar or bilinear",
            if: !isMono && demosaicKernel(pipeline.demosaic) == nil)
        refuse(
            DemosaicStage.descriptor, "\(pipeline.demosaicCoding.rawValue); set demosaic_coding to linear",
            if: !isMono && pipeline.demosaicCoding != .linear)
        refuse(LensCorrection.descriptor, "set lens_correction to off", if: pipeline.lensCorrection != nil)
        if let matrix = pipeline.colorCorrection?.matrix {
            refuse(
                ColorCorrection.descriptor, "the matrix \(matrix.values) is too strong",
                if: MatrixKernel(matrix.values) == nil)
        }
        refuse(
            ToneCurve.descriptor, "the curve falls; set tone to one that does not",
            if: falls(pipeline.toneCurve, to: pipeline.highlights.ceiling))
        refuse(LocalTone.descriptor, "set local_tone to 0", if: pipeline.localTone != nil)
        refuse(
            ChromaDenoise.descriptor, "wavelet; set chroma_filter to block",
            if: pipeline.chromaDenoise != nil)
        refuse(Scale.descriptor, "set size to full", if: pipeline.scale != nil)
        let pack = pipeline.pack
        refuse(Pack.descriptor, "\(pack.format) is for mono frames", if: !isMono && pack.format.isRaw)
        refuse(Pack.descriptor, "\(pack.format) has 16 bits; set bits to 8", if: pack.format.packing == .words)
        refuse(
            Pack.descriptor, "the picture is turned by 90 degrees; set orientation to 1",
            if: pack.orientation.swapsAxes)
        return result
    }

    /// Whether a curve falls anywhere below a value, but for rounding.
    private static func falls(_ curve: ToneCurve, to ceiling: Float) -> Bool {
        let codes = (0...1024).map { curve(ceiling * Float($0) / 1024) }
        return zip(codes, codes.dropFirst()).contains { $0 - $1 > 1e-4 }
    }

    static func demosaicKernel(_ demosaic: any Demosaic) -> DemosaicKernel? {
        DemosaicKernel(rawValue: type(of: demosaic).descriptor.name)
    }
}
