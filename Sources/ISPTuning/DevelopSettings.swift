// Every decision a development depends on, beside the frame itself. SettingKeys.swift has their names and texts.

import ISPImaging
import ISPStages

/// The settings of a development. Two developments of one frame with equal settings give equal pictures.
public struct DevelopSettings: Hashable, Sendable {
    /// Where the white balance comes from.
    public enum WhiteBalanceSource: Hashable, Sendable {
        /// What the camera chose; estimated from the picture where it did not.
        case camera
        /// Estimated from the picture.
        case auto
        /// An illuminant's colour temperature, through the camera's calibration.
        case kelvin(Double)
        /// Given gains.
        case gains(WhiteBalanceGains)
    }

    /// Where the exposure comes from.
    public enum Exposure: Hashable, Sendable {
        /// Estimated from the picture.
        case auto
        /// A correction in EV, on top of the baseline exposure the camera's maker asks for.
        case ev(Double)
    }

    /// Which defective photosites are replaced.
    public enum Defects: String, CaseIterable, Sendable {
        /// None.
        case off
        /// Those the frame's metadata lists.
        case listed
        /// Those, and what looks defective.
        case dynamic
    }

    /// Which lens-shading correction is applied.
    public enum Shading: String, CaseIterable, Sendable {
        /// None.
        case off
        /// The one that comes with the frame, if any.
        case file
    }

    /// Where the noise profile comes from.
    public enum NoiseSource: Hashable, Sendable {
        /// What comes with the frame; estimated from the picture where nothing does.
        case file
        /// Estimated from the picture.
        case auto
        /// A given profile.
        case profile(NoiseProfile)
    }

    /// Which lens correction is applied.
    public enum LensTable: String, CaseIterable, Sendable {
        /// None.
        case off
        /// The one that comes with the frame, if any.
        case file
    }

    /// The size of the picture.
    public enum OutputSize: Hashable, Sendable {
        /// That of the crop.
        case full
        /// A share of it, in percent.
        case percent(Double)
        /// The largest of its shape that fits.
        case fit(Size)
    }

    /// How chroma is denoised.
    public enum ChromaFilter: String, CaseIterable, Sendable {
        /// Every pixel, in three passes: for pictures.
        case wavelet
        /// Blocks of 2x2 pixels, in one pass: for real time.
        case block
    }

    /// Where the colour matrix comes from.
    public enum MatrixSource: Hashable, Sendable {
        /// The frame's calibration; camera RGB is taken for the output's where it has none.
        case file
        /// None: camera RGB is output RGB.
        case none
        /// White-balanced camera RGB to linear sRGB.
        case matrix(Matrix3)
    }

    /// The tone curve.
    public enum Tone: Hashable, Sendable {
        /// Highlights roll off; sRGB coding.
        case filmic
        /// A transfer function alone.
        case transfer(TransferFunction)
        /// Points (linear input, display code).
        case points([CurvePoint])
    }

    /// Which part of the frame is shown.
    public enum Crop: Hashable, Sendable {
        /// All of it.
        case full
        /// What the camera's maker recommends, if anything.
        case camera
        /// A region of the upright picture.
        case region(Region)
    }

    /// White balance.
    public var whiteBalance = WhiteBalanceSource.camera
    /// Exposure.
    public var exposure = Exposure.auto
    /// Defect replacement.
    public var defects = Defects.dynamic
    /// How far a photosite must stand out to be found defective.
    public var defectThreshold = DefectPixels.threshold.defaultValue
    /// How far photosites are joined into fewer.
    public var binning = Binning.Amount.off
    /// Largest imbalance of the two greens that is evened out.
    public var greenEqualization = GreenEqualization.threshold.defaultValue
    /// Where the noise profile comes from.
    public var noiseProfile = NoiseSource.file
    /// Strength of raw denoise.
    public var denoise = RawDenoise.strength.defaultValue
    /// Lens shading.
    public var lensShading = Shading.file
    /// Highlight handling.
    public var highlights = Highlights.Method.reconstruct
    /// Name of the demosaic algorithm.
    public var demosaic = Demosaics.standard.descriptor.name
    /// How samples are coded for the demosaic.
    public var demosaicCoding = DemosaicCoding.sqrt
    /// Distortion and lateral chromatic aberration.
    public var lensCorrection = LensTable.file
    /// Strength of local tone.
    public var localTone = LocalTone.strength.defaultValue
    /// Colour matrix.
    public var matrix = MatrixSource.file
    /// Tone curve.
    public var tone = Tone.filmic
    /// Slope of the filmic curve.
    public var filmicContrast = ToneCurve.filmicContrast.defaultValue
    /// Contrast of display codes.
    public var contrast = ContrastSaturation.contrast.defaultValue
    /// Saturation of display codes.
    public var saturation = ContrastSaturation.saturation.defaultValue
    /// Luma weights of video formats, of sharpening and of chroma denoise.
    public var ycbcr = YCbCr.Standard.bt709
    /// Which codes video formats use.
    public var range = YCbCr.Range.limited
    /// Amount of sharpening.
    public var sharpen = Sharpen.amount.defaultValue
    /// Size of the detail that is sharpened.
    public var sharpenRadius = Sharpen.radius.defaultValue
    /// Overshoot that sharpening may leave.
    public var sharpenHalo = Sharpen.halo.defaultValue
    /// Strength of chroma denoise.
    public var chromaDenoise = ChromaDenoise.strength.defaultValue
    /// How chroma is denoised.
    public var chromaFilter = ChromaFilter.wavelet
    /// Size of the picture.
    public var size = OutputSize.full
    /// How it is brought to that size.
    public var scaleFilter = Scale.Filter.lanczos
    /// Part of the frame.
    public var crop = Crop.full
    /// How to turn the frame; `nil` as the file says.
    public var orientation: Orientation?
    /// Primaries of the output.
    public var colorSpace = RGBColorSpace.srgb
    /// Bits of an output sample, 8 or 16.
    public var bits = 8

    /// The defaults.
    public init() {}

    /// How the output codes are to be read back.
    public var transfer: TransferFunction {
        if case .transfer(let function) = tone { return function }
        return .srgb
    }
}
