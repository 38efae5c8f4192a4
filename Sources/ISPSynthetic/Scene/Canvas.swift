// The painter: puts shapes onto the pixel grid with anti-aliasing, back to front.

import ISPImaging

/// Linear light with coverage: red, green, blue (already multiplied by the coverage) and coverage 0 ... 1.
///
/// A coverage of 0 with light in it adds, as a glow does.
typealias Light = SIMD4<Double>

/// Three planes being painted, and the design grid that elements are laid out on.
///
/// Shapes are composed by coverage ("A over B", Porter and Duff 1984), one element after the other.
struct Canvas {
    /// The size of the design grid, on which every element has its place; it is fitted into the picture and centred.
    static let design = Size(width: 1536, height: 1024)

    let size: Size
    /// Pixels a design unit.
    let scale: Double
    /// The pixel position of the design grid's origin.
    let originX, originY: Double
    private(set) var red, green, blue: [Float]

    init(size: Size) {
        self.size = size
        scale = min(Double(size.width) / Double(Self.design.width), Double(size.height) / Double(Self.design.height))
        originX = ((Double(size.width) - scale * Double(Self.design.width)) / 2).rounded()
        originY = ((Double(size.height) - scale * Double(Self.design.height)) / 2).rounded()
        red = [Float](repeating: 0, count: size.width * size.height)
        green = red
        blue = red
    }

    /// The pixels of a rectangle of the design grid: edges at the nearest pixel edge, at least one pixel in extent,
    /// clipped to the picture.
    func region(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Region {
        let left = Int((originX + x * scale).rounded())
        let top = Int((originY + y * scale).rounded())
        let right = max(left + 1, Int((originX + (x + width) * scale).rounded()))
        let bottom = max(top + 1, Int((originY + (y + height) * scale).rounded()))
        return Region(x: left, y: top, width: right - left, height: bottom - top).intersection(Region(size))
    }

    /// The pixel coordinates of a point of the design grid.
    func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (originX + x * scale, originY + y * scale) }

    /// Fills whole pixels with an opaque colour, exactly.
    mutating func fill(_ region: Region, _ color: Vector3) {
        let part = region.intersection(Region(size))
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX { store(y * size.width + x, Float(color.x), Float(color.y), Float(color.z)) }
        }
    }

    /// Paints the pixels of a region with the mean of `grid` x `grid` samples of `shader` spread evenly over each.
    /// - Parameter shader: the light at a point in pixel coordinates (the first pixel covers 0 ... 1).
    @inline(__always)
    mutating func paint(_ region: Region, grid: Int = 4, _ shader: (_ x: Double, _ y: Double) -> Light) {
        let part = region.intersection(Region(size))
        guard !part.isEmpty else { return }
        let step = 1 / Double(grid)
        let weight = step * step
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX {
                var sum = Light(repeating: 0)
                for j in 0..<grid {
                    let sampleY = Double(y) + (Double(j) + 0.5) * step
                    for i in 0..<grid { sum += shader(Double(x) + (Double(i) + 0.5) * step, sampleY) }
                }
                let light = sum * weight
                let index = y * size.width + x
                let under = 1 - light.w
                store(
                    index, Float(light.x + under * Double(red[index])), Float(light.y + under * Double(green[index])),
                    Float(light.z + under * Double(blue[index])))
            }
        }
    }

    @inline(__always)
    private mutating func store(_ index: Int, _ r: Float, _ g: Float, _ b: Float) {
        red[index] = r
        green[index] = g
        blue[index] = b
    }
}

extension Light {
    /// Opaque light.
    static func opaque(_ color: Vector3) -> Light { Light(color.x, color.y, color.z, 1) }
    /// Opaque grey.
    static func grey(_ value: Double) -> Light { Light(value, value, value, 1) }
    /// Light of a given coverage.
    static func partial(_ color: Vector3, _ coverage: Double) -> Light {
        Light(color.x * coverage, color.y * coverage, color.z * coverage, coverage)
    }
    /// Nothing: what is behind shows.
    static let none = Light(repeating: 0)
}
