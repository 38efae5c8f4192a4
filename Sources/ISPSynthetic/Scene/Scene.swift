// What stands before the synthetic camera: linear light on the pixel grid, before any sensor.

import ISPImaging

/// A picture in linear light: linear sRGB (Rec.709 primaries, D65 white), a diffuse white surface = 1.
///
/// Lamps and highlights exceed 1 (to about 4); colours outside the sRGB gamut have negative components, which a real
/// colour may. The planes hold one sample a pixel, rows first, no padding: each pixel the mean over its own area.
public struct Scene: Hashable, Sendable {
    /// Columns and rows.
    public let size: Size
    /// Linear red, green and blue.
    public let red, green, blue: [Float]
    /// Where things are, as far as the scene's maker knows; a flat scene and a picture have nothing to tell.
    public let layout: SceneLayout

    /// Creates a scene from planes.
    /// - Throws: `ISPError(.usage)` where the planes do not fit the size or a value is not finite.
    public init(
        size: Size, red: [Float], green: [Float], blue: [Float], layout: SceneLayout = SceneLayout()
    ) throws(ISPError) {
        try Self.check(size)
        let area = size.width * size.height
        guard red.count == area, green.count == area, blue.count == area else {
            throw ISPError(
                .usage,
                "planes of \(red.count), \(green.count) and \(blue.count) samples; a scene of \(size) has \(area)")
        }
        guard [red, green, blue].allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ISPError(.usage, "a scene holds a sample that is not a finite number")
        }
        self.init(size, red, green, blue, layout)
    }

    /// A scene of one colour.
    /// - Parameter color: linear sRGB.
    /// - Throws: `ISPError(.usage)` where the size or the colour makes no sense.
    public static func flat(size: Size, color: Vector3) throws(ISPError) -> Scene {
        try check(size)
        let planes = color.components.map { [Float](repeating: Float($0), count: size.width * size.height) }
        return try Scene(size: size, red: planes[0], green: planes[1], blue: planes[2])
    }

    /// The sample of the three planes at a pixel.
    /// - Precondition: the pixel is in the scene.
    public func color(x: Int, y: Int) -> Vector3 {
        precondition(x >= 0 && x < size.width && y >= 0 && y < size.height, "pixel outside the scene")
        let i = y * size.width + x
        return Vector3(Double(red[i]), Double(green[i]), Double(blue[i]))
    }

    /// For planes that are sound by construction.
    init(_ size: Size, _ red: [Float], _ green: [Float], _ blue: [Float], _ layout: SceneLayout) {
        self.size = size
        self.red = red
        self.green = green
        self.blue = blue
        self.layout = layout
    }

    static func check(_ size: Size) throws(ISPError) {
        let sides = RawFrame.minimumSide...RawFrame.maximumSide
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw ISPError(
                .usage, "a scene of \(size) pixels; width and height must be \(sides.lowerBound) to \(sides.upperBound)"
            )
        }
        guard size.width * size.height <= maximumArea else {
            throw ISPError(.usage, "a scene of \(size) pixels; the limit is \(maximumArea >> 20) Mi pixels")
        }
    }

    /// The largest scene, in pixels: its planes take 3 GiB.
    public static let maximumArea = 1 << 28
}
