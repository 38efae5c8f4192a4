// What is known about a raw frame beside its samples.

/// Levels, balance, calibration and circumstances of one frame.
public struct FrameMetadata: Hashable, Sendable {
    /// The baseline exposures that readers accept: as much as an exposure setting can make up for, far above real ones.
    public static let baselineExposureRange = -8.0...8.0

    /// The sample value of darkness at R, Gr, Gb, B, in sample units *after* linearisation.
    public var blackLevel: [Float]
    /// The sample value of saturation, in sample units after linearisation.
    public var whiteLevel: Float
    /// The companding curve: entry `i` is the linear value of sample `i`; samples past the end take the last entry.
    public var linearization: [UInt16]?
    /// The balance the camera chose.
    public var asShotGains: WhiteBalanceGains?
    /// The camera's colour calibration.
    public var color: CameraColor?
    /// White-balanced camera RGB to linear sRGB, where the frame comes with a finished matrix; it wins over `color`.
    public var cameraToSRGB: Matrix3?
    /// How to turn the stored frame upright.
    public var orientation: Orientation
    /// Exposure correction the maker wants applied, in EV (DNG BaselineExposure), in `baselineExposureRange`.
    public var baselineExposure: Double
    /// Lens shading.
    public var lensShading: LensShadingMap?
    /// Distortion and lateral chromatic aberration.
    public var lensWarp: LensWarp?
    /// Noise as a function of the signal.
    public var noiseProfile: NoiseProfile?
    /// Photosites known to be defective.
    public var defects: [DefectLocation]
    /// The part of the frame to show, where the maker recommends one (DNG DefaultCrop).
    public var defaultCrop: Region?
    /// Camera, lens and exposure.
    public var capture: CaptureInfo
    /// Remarks for the user: assumptions a reader made, values it replaced.
    public var notes: [String]

    /// Metadata of a linear frame without any calibration.
    public init(blackLevel: Float, whiteLevel: Float) {
        self.blackLevel = Array(repeating: blackLevel, count: 4)
        self.whiteLevel = whiteLevel
        linearization = nil
        asShotGains = nil
        color = nil
        cameraToSRGB = nil
        orientation = .up
        baselineExposure = 0
        lensShading = nil
        lensWarp = nil
        noiseProfile = nil
        defects = []
        defaultCrop = nil
        capture = CaptureInfo()
        notes = []
    }
}

/// A photosite known to be defective, in frame coordinates.
public struct DefectLocation: Hashable, Sendable {
    /// Column.
    public var x: Int
    /// Row.
    public var y: Int

    /// Creates a location.
    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// The variance of a sample as a function of its expected value, both normalised to black = 0, white = 1:
/// `variance = scale * signal + offset` (DNG NoiseProfile; photon noise and read noise).
public struct NoiseProfile: Hashable, Sendable {
    /// The photon-noise slope of R, G, B.
    public var scale: [Double]
    /// The read-noise variance of R, G, B.
    public var offset: [Double]

    /// Creates a profile with one entry for all channels or one for each of R, G, B.
    public init(scale: [Double], offset: [Double]) {
        self.scale = scale
        self.offset = offset
    }
}

/// Camera, lens and exposure of a capture, for people and for EXIF.
public struct CaptureInfo: Hashable, Sendable {
    /// Maker of the camera.
    public var make: String?
    /// Model of the camera.
    public var model: String?
    /// Lens name.
    public var lens: String?
    /// ISO speed.
    public var iso: Double?
    /// Exposure time in seconds.
    public var exposureTime: Double?
    /// f-number.
    public var aperture: Double?
    /// Focal length in millimetres.
    public var focalLength: Double?
    /// Capture time as EXIF writes it: `YYYY:MM:DD HH:MM:SS`.
    public var dateTime: String?

    /// Nothing known.
    public init() {}
}
