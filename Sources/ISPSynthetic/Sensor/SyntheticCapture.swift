// What a synthetic capture gives: the frame as a reader would deliver it, and the truth behind it.

import ISPImaging

/// A frame and its ground truth.
public struct SyntheticCapture: Sendable {
    /// The samples with complete metadata.
    public let frame: RawFrame
    /// What the samples would be in a perfect world.
    public let truth: GroundTruth
    /// The number of the frame; it chose the noise.
    public let frameIndex: Int
    /// The camera's seed.
    public let seed: UInt64
    /// The sequence it is a frame of, where there is one.
    public internal(set) var sequence: SequenceModel?
}

/// What is known about a synthetic frame, at every point of the way from the scene to the samples.
public struct GroundTruth: Sendable {
    /// The light before the camera, linear sRGB: what a development with the as-shot balance and the baseline exposure
    /// gives back where nothing clips, times the sensor's `exposure`.
    public let scene: Scene
    /// The same light as the lens draws it, blurred; equal to `scene` where the lens is perfect.
    public let lensImage: Scene
    /// The factor of each row's light; `nil` where the light is steady.
    public let rowLight: [Double]?
    /// The noiseless mosaic, rows first: the expected value of every photosite in sample units before companding, with black
    /// level, response, exposure, flicker and shading, but without noise, fixed pattern, rounding, clipping and defects.
    public let expected: [Float]
    /// Linear sRGB to camera RGB as shares of saturation, without shading.
    public let sceneToCamera: Matrix3
    /// Every defective photosite, listed in the metadata or not, row by row.
    public let defects: [SyntheticDefect]
    /// The sensor that saw it.
    public let sensor: SensorModel

    let exposed: Exposure

    /// Camera RGB at every pixel: what a perfect demosaic of a noiseless sensor would give, in the units of `expected`.
    /// At each photosite its own colour is the `expected` sample. Of a monochrome sensor all three planes are alike.
    /// - Complexity: O(pixels), computed at each call.
    public func cameraRGB() -> CameraRGB {
        let (width, height) = (sensor.size.width, sensor.size.height)
        let (black, range) = (Double(sensor.blackLevel), Double(sensor.whiteLevel - sensor.blackLevel))
        var signal = [Double](repeating: 0, count: width)
        let sites: [CFASite] =
            sensor.cfa == nil ? [.greenInRed, .greenInRed, .greenInRed] : [.red, .greenInRed, .blue]
        let planes = sites.map { site in
            var plane: [Float] = []
            plane.reserveCapacity(width * height)
            for y in 0..<height {
                exposed.row(y, every: site, into: &signal)
                for value in signal { plane.append(Float(black + range * value)) }
            }
            return plane
        }
        return CameraRGB(size: sensor.size, red: planes[0], green: planes[1], blue: planes[2])
    }
}

/// Three full planes of camera colours.
public struct CameraRGB: Hashable, Sendable {
    /// Columns and rows.
    public let size: Size
    /// Red, green and blue in sample units, rows first; black is the sensor's black level.
    public let red, green, blue: [Float]
}
