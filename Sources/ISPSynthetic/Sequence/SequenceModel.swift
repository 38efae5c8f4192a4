// What happens from frame to frame: the parameters.

import ISPImaging

/// Motion and light of a sequence of frames. Everything is off in a new one.
public struct SequenceModel: Hashable, Sendable {
    /// Accepted frame rates, in frames a second.
    public static let frameRateRange = 0.01...10_000.0
    /// Accepted pans, in pixels a frame.
    public static let panRange = -1000.0...1000.0
    /// Accepted numbers of moving objects.
    public static let objectRange = 0...64

    /// Frames a second, 0.01 to 10000. The shutter rolls: the rows of a frame open one after another, evenly over the whole
    /// time of the frame.
    public var frameRate = 30.0
    /// How far the camera turns to the right, in pixels a frame, -1000 to 1000; the scene goes on around its edges.
    public var panX = 0.0
    /// How far the camera turns downwards, in pixels a frame, -1000 to 1000.
    public var panY = 0.0
    /// Discs that fly through the picture, 0 to 64; the seed chooses their size, colour, place and speed.
    public var objects = 0
    /// The flicker of the light.
    public var flicker = FlickerModel()

    /// A camera at rest before a scene at rest.
    public init() {}

    /// Refuses parameters outside their ranges.
    /// - Throws: `ISPError(.usage)` that names the parameter and its range.
    public func check() throws(ISPError) {
        try SensorModel.check("frameRate", frameRate, in: Self.frameRateRange, unit: "frames a second")
        try SensorModel.check("panX", panX, in: Self.panRange, unit: "pixels")
        try SensorModel.check("panY", panY, in: Self.panRange, unit: "pixels")
        try SensorModel.check(
            "objects", Double(objects), in: 0...Double(Self.objectRange.upperBound))
        try flicker.check()
    }
}
