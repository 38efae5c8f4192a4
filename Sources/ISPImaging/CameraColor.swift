// From camera RGB to colours: the DNG colour model (Adobe, DNG Specification 1.7, chapter 6).

/// A camera's colour calibration under one illuminant.
public struct CalibrationIlluminant: Hashable, Sendable {
    /// Correlated colour temperature of the illuminant, in kelvin.
    public var kelvin: Double
    /// XYZ to camera RGB (DNG ColorMatrix).
    public var colorMatrix: Matrix3
    /// White-balanced camera RGB to XYZ under D50 (DNG ForwardMatrix), where known.
    public var forwardMatrix: Matrix3?
    /// Individual calibration of this camera (DNG CameraCalibration).
    public var cameraCalibration: Matrix3

    /// Creates a calibration.
    /// - Throws: `ISPError(.damagedInput)` where the matrix cannot be inverted.
    public init(
        kelvin: Double, colorMatrix: Matrix3, forwardMatrix: Matrix3? = nil, cameraCalibration: Matrix3 = .identity
    ) throws(ISPError) {
        guard (colorMatrix * 1).inverse != nil, cameraCalibration.inverse != nil, kelvin > 0 else {
            throw ISPError(.damagedInput, "the colour matrix of the file cannot be inverted; use `--matrix none`")
        }
        self.kelvin = kelvin
        self.colorMatrix = colorMatrix
        self.forwardMatrix = forwardMatrix
        self.cameraCalibration = cameraCalibration
    }
}

/// A camera's colour calibration under one or two illuminants, interpolated by reciprocal colour temperature.
public struct CameraColor: Hashable, Sendable {
    /// The calibrations, lower temperature first.
    public let calibrations: [CalibrationIlluminant]
    /// Per-channel amplification already applied to the samples (DNG AnalogBalance).
    public let analogBalance: Vector3

    /// Creates a calibration from one or two illuminants, in any order.
    /// - Precondition: one or two calibrations.
    public init(_ calibrations: [CalibrationIlluminant], analogBalance: Vector3 = Vector3(1, 1, 1)) {
        precondition((1...2).contains(calibrations.count), "one or two calibration illuminants")
        self.calibrations = calibrations.sorted { $0.kelvin < $1.kelvin }
        self.analogBalance = analogBalance
    }

    /// XYZ to camera RGB under an illuminant of the given temperature.
    public func xyzToCamera(kelvin: Double) -> Matrix3 {
        individual(kelvin) * interpolated(kelvin, \.colorMatrix)
    }

    /// The camera's response to a neutral surface under a white.
    public func neutral(for white: Chromaticity) -> Vector3 {
        xyzToCamera(kelvin: white.correlatedColorTemperature) * white.xyz
    }

    /// The white under which a neutral surface gives the response `neutral`.
    ///
    /// The matrix depends on the temperature and the temperature on the white, so this iterates (at most 30 times, as
    /// the DNG specification suggests; a pair of calibrations that oscillates gives the mean of the last two).
    public func white(for neutral: Vector3) -> Chromaticity {
        var white = Chromaticity.d50
        for pass in 0..<30 {
            guard let inverse = xyzToCamera(kelvin: white.correlatedColorTemperature).inverse else { break }
            let xyz = inverse * neutral
            guard xyz.isFinite, xyz.y > 0, xyz.x > 0, xyz.z > 0 else { break }
            let next = Chromaticity(xyz: xyz)
            if abs(next.x - white.x) + abs(next.y - white.y) < 1e-7 { return next }
            white = pass == 29 ? Chromaticity(x: (white.x + next.x) / 2, y: (white.y + next.y) / 2) : next
        }
        return white
    }

    /// White-balanced camera RGB to linear RGB of an output space. Camera white (1, 1, 1) becomes output white exactly.
    ///
    /// - Parameter gains: the balance that was applied; its neutral tells under which white the scene is seen.
    /// - Throws: `ISPError(.damagedInput)` where the calibration gives no usable matrix.
    public func matrix(gains: WhiteBalanceGains, to space: RGBColorSpace) throws(ISPError) -> Matrix3 {
        let neutral = gains.neutral
        let white = white(for: neutral)
        let kelvin = white.correlatedColorTemperature
        let toXYZD50: Matrix3
        if calibrations.allSatisfy({ $0.forwardMatrix != nil }) {
            // The forward matrix takes balanced samples, so the balance itself needs no undoing.
            let reference = individual(kelvin).inverse ?? .identity
            let referenceNeutral = reference * neutral
            toXYZD50 =
                interpolated(kelvin, \.forwardMatrix!) * Matrix3.diagonal(referenceNeutral.reciprocal) * reference
                * Matrix3.diagonal(neutral)
        } else if let inverse = xyzToCamera(kelvin: kelvin).inverse {
            toXYZD50 = white.bradfordAdaptation(to: .d50) * inverse * Matrix3.diagonal(neutral)
        } else {
            throw ISPError(.damagedInput, "the file's colour matrices cannot be inverted; use `--matrix none`")
        }
        let output = space.fromXYZ * Chromaticity.d50.bradfordAdaptation(to: .d65) * toXYZD50
        guard let normalised = output.rowNormalised else {
            throw ISPError(.damagedInput, "the file's colour matrices give no usable colours; use `--matrix none`")
        }
        return normalised
    }

    private func interpolated(_ kelvin: Double, _ matrix: (CalibrationIlluminant) -> Matrix3) -> Matrix3 {
        guard calibrations.count == 2, calibrations[0].kelvin < calibrations[1].kelvin else {
            return matrix(calibrations[0])
        }
        let (low, high) = (1 / calibrations[0].kelvin, 1 / calibrations[1].kelvin)
        let t = min(max((1 / kelvin - low) / (high - low), 0), 1)
        return Matrix3.mix(matrix(calibrations[0]), matrix(calibrations[1]), t)
    }

    private func individual(_ kelvin: Double) -> Matrix3 {
        Matrix3.diagonal(analogBalance) * interpolated(kelvin, \.cameraCalibration)
    }
}
