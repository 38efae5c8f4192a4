// The sensor: everything that lies between the light of a scene and the samples in memory. Each source of trouble can
// be switched off by its own zero.

import ISPImaging

/// A model of an image sensor with its lens.
///
/// The signal chain, in order: colour response, exposure, lens shading, photon noise, read noise, conversion to
/// samples with black level and clipping, defects. Values are checked when a `SyntheticCamera` is made of the model.
public struct SensorModel: Hashable, Sendable {
    /// Accepted exposures.
    public static let exposureRange = 0.0001...10_000.0
    /// Accepted levels of diffuse white.
    public static let whiteFractionRange = 0.01...1.0
    /// Accepted colour temperatures, in kelvin.
    public static let kelvinRange = 2000.0...12_000.0
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
    /// The sample value of darkness, at least 0.
    public var blackLevel: Int
    /// The sample value of saturation: at least 16 above black, at most the largest of the bit depth. Samples of sound
    /// photosites never exceed it.
    public var whiteLevel: Int
    /// Light let in, as a factor: 1 places a diffuse white surface at `whiteFraction`. 0.0001 to 10000.
    public var exposure = 1.0
    /// The share of saturation that green (or luminance) of a diffuse white surface reaches at exposure 1; what is above
    /// is headroom for highlights and told as the baseline exposure. 0.01 to 1.
    public var whiteFraction = 0.7
    /// The colour temperature of the light on the scene, in kelvin, 2000 to 12000. Scene colours are adapted to it
    /// (linear Bradford), so that a balanced development gives them back.
    public var illuminantKelvin = 6504.0
    /// The response of the colour filters: XYZ to camera RGB.
    public var color = SensorModel.defaultColor
    /// Photon and read noise.
    public var noise = NoiseModel()
    /// Light lost towards the corners.
    public var shading = ShadingModel()
    /// Defective photosites.
    public var defects = DefectModel()

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
}

/// Photon noise and read noise.
public struct NoiseModel: Hashable, Sendable {
    /// Accepted full wells, in electrons.
    public static let fullWellRange = 50.0...10_000_000.0
    /// Accepted read noises, in electrons.
    public static let readNoiseRange = 0.0...1000.0
    /// Accepted ISO speeds.
    public static let isoRange = 25.0...409_600.0

    /// Whether photons arrive at random (Poisson).
    public var photons = false
    /// Electrons at saturation at ISO 100. A higher ISO amplifies: saturation is then reached with fewer, and the same
    /// picture is noisier. 50 to 10 million.
    public var fullWell = 20_000.0
    /// The standard deviation of the read noise, in electrons, 0 to 1000; 0 is none.
    public var readNoise = 0.0
    /// ISO speed, 25 to 409600.
    public var iso = 100.0

    /// No noise; quantisation remains.
    public init() {}

    /// Noise of a given full well (electrons at ISO 100), read noise (electrons) and ISO.
    public init(fullWell: Double, readNoise: Double, iso: Double = 100) {
        photons = true
        self.fullWell = fullWell
        self.readNoise = readNoise
        self.iso = iso
    }

    /// Electrons at saturation at this ISO.
    public var electronsAtSaturation: Double { fullWell * 100 / iso }

    /// The variance of samples by signal (black = 0, white = 1): photons, read noise, and the rounding to samples.
    /// - Parameter range: white level minus black level.
    public func profile(range: Int) -> NoiseProfile {
        let electrons = electronsAtSaturation
        let read = readNoise / electrons
        return NoiseProfile(
            scale: [photons ? 1 / electrons : 0], offset: [read * read + 1 / (12 * Double(range) * Double(range))])
    }
}
