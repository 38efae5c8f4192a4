// The sensor: everything that lies between the light of a scene and the samples in memory. Each source of trouble can
// be switched off by its own zero.

import ISPImaging

/// A model of an image sensor with its lens.
///
/// The signal chain, in order: lens blur, colour response, exposure, flicker, lens shading, fixed-pattern gain, photon
/// noise, fixed-pattern offset, row and read noise, gain, noise after the gain, conversion to samples with black level
/// and clipping, defects, companding. Values are checked when a `SyntheticCamera` is made of the model.
public struct SensorModel: Hashable, Sendable {
    /// Accepted exposures.
    public static let exposureRange = 0.0001...10_000.0
    /// Accepted levels of diffuse white.
    public static let whiteFractionRange = 0.01...1.0
    /// Accepted colour temperatures, in kelvin.
    public static let kelvinRange = 2000.0...12_000.0
    /// Accepted exposure times, in seconds.
    public static let exposureTimeRange = 1e-6...1000.0
    /// Accepted row paddings, in bytes.
    public static let rowPaddingRange = 0...4096

    /// Columns and rows, 16 to 65535 each.
    public var size: Size
    /// The filter array's phase at the first photosite; `nil` is a monochrome sensor, which sees luminance.
    public var cfa: CFAPattern?
    /// Bits of a sample: 8, 10, 12, 14 or 16.
    public var bitsPerSample: Int
    /// How samples are stored; bytes for 8 bits, words or CSI-2 groups for the others as `PixelFormat.all` has them.
    public var packing: PixelFormat.Packing
    /// Bytes after the samples of a row, 0 to 4096.
    public var rowPadding = 0
    /// The sample value of darkness, at least 0; with companding, on the 16-bit linear scale before it.
    public var blackLevel: Int
    /// The sample value of saturation: at least 16 above black, at most the largest of the bit depth (with companding,
    /// 65535). Samples of sound photosites never exceed it.
    public var whiteLevel: Int
    /// Light let in, as a factor: 1 places a diffuse white surface at `whiteFraction`. 0.0001 to 10000.
    public var exposure = 1.0
    /// The share of saturation that green (or luminance) of a diffuse white surface reaches at exposure 1; what is above
    /// is headroom for highlights and told as the baseline exposure. 0.01 to 1.
    public var whiteFraction = 0.7
    /// How long the shutter is open, in seconds, 1e-6 to 1000; `nil` is a hundredth of a second times `exposure`. It does
    /// not change the light let in (`exposure` does), only what the metadata says and how flicker averages out.
    public var exposureTime: Double?
    /// The colour temperature of the light on the scene, in kelvin, 2000 to 12000. Scene colours are adapted to it
    /// (linear Bradford), so that a balanced development gives them back.
    public var illuminantKelvin = 6504.0
    /// The response of the colour filters: XYZ to camera RGB.
    public var color = SensorModel.defaultColor
    /// The blur of the lens.
    public var lens = LensBlur()
    /// Photon, read and row noise.
    public var noise = NoiseModel()
    /// Gain and offset that differ from photosite to photosite, but not from frame to frame.
    public var fixedPattern = FixedPatternModel()
    /// Light lost towards the corners.
    public var shading = ShadingModel()
    /// Defective photosites.
    public var defects = DefectModel()
    /// The curve that compresses 16-bit linear values to `bitsPerSample`; `nil` stores linear samples.
    public var companding: CompandingCurve?

    /// Creates a model without noise, shading and defects.
    /// - Parameters:
    ///   - packing: `nil` for bytes at 8 bits and words above.
    ///   - blackLevel: `nil` for a sixteenth of the range.
    ///   - whiteLevel: `nil` for the largest value of the bit depth.
    public init(
        size: Size, cfa: CFAPattern?, bitsPerSample: Int, packing: PixelFormat.Packing? = nil, blackLevel: Int? = nil,
        whiteLevel: Int? = nil
    ) {
        self.size = size
        self.cfa = cfa
        self.bitsPerSample = bitsPerSample
        self.packing = packing ?? (bitsPerSample == 8 ? .bytes : .words)
        let range = 1 << min(max(bitsPerSample, 0), 30)
        self.blackLevel = blackLevel ?? range / 16
        self.whiteLevel = whiteLevel ?? range - 1
    }

    /// How long the shutter is open, in seconds: `exposureTime`, or what follows from `exposure`.
    public var effectiveExposureTime: Double { exposureTime ?? exposure / 100 }

    /// A calibration of two illuminants. The matrix under D65 is one published for a full-frame camera (Adobe's DNG
    /// ColorMatrix2, as dcraw and LibRaw list it: 9020 -2890 -715 -4535 12436 2348 -934 1919 7086); the one under standard
    /// illuminant A is made up, near it as such pairs are.
    public static let defaultColor: CameraColor = {
        let tungsten = Matrix3(
            Vector3(0.8600, -0.2300, -0.0850), Vector3(-0.4900, 1.3000, 0.2100), Vector3(-0.0900, 0.1800, 0.6900))
        let daylight = Matrix3(
            Vector3(0.9020, -0.2890, -0.0715), Vector3(-0.4535, 1.2436, 0.2348), Vector3(-0.0934, 0.1919, 0.7086))
        guard let a = try? CalibrationIlluminant(kelvin: 2856, colorMatrix: tungsten),
            let d65 = try? CalibrationIlluminant(kelvin: 6504, colorMatrix: daylight)
        else { preconditionFailure("both matrices are invertible") }
        return CameraColor([a, d65])
    }()

    /// A camera that sees in linear sRGB: its matrix under D65 is the standard's own, so that at 6504 K samples are the
    /// scene's red, green and blue themselves (to a few parts in ten thousand, by which 6504 K differs from D65).
    public static let identityColor = identityColor(gains: .unity)

    /// The same with filters that let different shares of the light through: `gains` balance it again.
    public static func identityColor(gains: WhiteBalanceGains) -> CameraColor {
        let m = RGBColorSpace.srgb.fromXYZ
        let shares = [1 / Double(gains.red), 1 / Double(gains.green), 1 / Double(gains.blue)]
        let scaled = (0..<9).map { m.values[$0] * shares[$0 / 3] }
        guard let matrix = Matrix3(scaled), let d65 = try? CalibrationIlluminant(kelvin: 6504, colorMatrix: matrix)
        else { preconditionFailure("gains are positive, and the matrix of a colour space is invertible") }
        return CameraColor([d65])
    }
}
