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
}

/// What is known about a synthetic frame.
public struct GroundTruth: Sendable {
    /// The light before the camera, linear sRGB: what a development with the as-shot balance and the baseline exposure
    /// gives back where nothing clips, times the sensor's `exposure`.
    public let scene: Scene
    /// The expected value of every photosite in sample units, rows first: black level, response, exposure and shading,
    /// but no noise, no rounding, no clipping, no defects.
    public let expected: [Float]
    /// Linear sRGB to camera RGB as shares of saturation, without shading.
    public let sceneToCamera: Matrix3
    /// Every defective photosite, listed in the metadata or not, row by row.
    public let defects: [SyntheticDefect]
}
