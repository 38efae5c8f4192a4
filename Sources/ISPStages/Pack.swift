// Stage 12, pack: crop, turn upright, round to codes and store in the output's layout.

import ISPImaging

/// Stores display RGB into a finished picture.
///
/// The crop is in stored-frame coordinates; the orientation turns it upright on the way. A code is
/// `round(v * maximum)` after clamping to 0 ... 1; half rounds up.
public struct Pack: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "pack", "crop, turn upright, round, store in the output format", citation: "EXIF 2.32, Orientation",
        from: .displayRGB, to: .picture)

    /// The formats this stage stores.
    public static let formats = PixelFormat.all.filter {
        if case .rgb = $0.layout { return true }
        return $0 == .grey8 || $0 == .grey16
    }

    /// The part of the frame that the picture shows.
    public let crop: Region
    /// How it is turned.
    public let orientation: Orientation
    /// The output format.
    public let format: PixelFormat

    /// Creates the stage.
    /// - Throws: `ISPError(.usage)` for a format it does not store.
    public init(crop: Region, orientation: Orientation, format: PixelFormat) throws(ISPError) {
        guard Self.formats.contains(format) else {
            let names = Self.formats.map(\.name).joined(separator: ", ")
            throw ISPError(.usage, "pictures are not stored as \(format); use one of \(names)")
        }
        self.crop = crop
        self.orientation = orientation
        self.format = format
    }

    /// The size of the upright picture.
    public var outputSize: Size { orientation.uprightSize(of: crop.size) }

    /// Stores the pixels of `rgb`, whose region lies in `crop`, into the picture.
    /// - Precondition: `image` has `outputSize` and `format`.
    public func store(_ rgb: RGBView<Float>, into image: ImageBuffer) {
        precondition(image.size == outputSize && image.format == format, "a picture of another shape")
        precondition(crop.contains(rgb.region), "tile outside the crop")
        switch format.packing {
        case .bytes: store(rgb, into: image, as: UInt8.self, maximum: 255)
        default: store(rgb, into: image, as: UInt16.self, maximum: 65_535)
        }
    }

    private func store<Code: FixedWidthInteger & BitwiseCopyable>(
        _ rgb: RGBView<Float>, into image: ImageBuffer, as type: Code.Type, maximum: Float
    ) {
        let map = orientation.upright(of: crop.size)
        let samples = format.samplesPerPixel
        let rowLength = image.planes[0].bytesPerRow / MemoryLayout<Code>.stride
        let codes = image.bytes.baseAddress!.assumingMemoryBound(to: Code.self)
        let step = (map.column.x + map.column.y * (rowLength / samples)) * samples
        let planes = source(rgb).enumerated().compactMap { channel, plane in plane.map { (channel, $0) } }
        withUnsafeTemporaryAllocation(of: Code.self, capacity: rgb.region.width) { line in
            let line = line.baseAddress!
            for y in rgb.region.y..<rgb.region.maxY {
                let (x0, y0) = (rgb.region.x - crop.x, y - crop.y)
                let column = map.originX + x0 * map.column.x + y0 * map.row.x
                let row = map.originY + x0 * map.column.y + y0 * map.row.y
                let start = codes + row * rowLength + column * samples
                for (channel, plane) in planes {
                    round(plane.row(y), maximum: maximum, into: line, count: rgb.region.width)
                    let target = start + channel
                    for i in 0..<rgb.region.width { target[i &* step] = line[i] }
                }
            }
        }
    }

    private func round<Code: FixedWidthInteger>(
        _ values: UnsafePointer<Float>, maximum: Float, into codes: UnsafeMutablePointer<Code>, count: Int
    ) {
        for i in 0..<count {
            let v = values[i]
            let unit = v > 0 ? (v < 1 ? v : 1) : 0
            codes[i] = Code(truncatingIfNeeded: (unit * maximum + 0.5).wholePart).littleEndian
        }
    }

    /// The plane of each stored sample; `nil` is padding. A mono picture takes green, which equals red and blue there.
    private func source(_ rgb: RGBView<Float>) -> [PlaneView<Float>?] {
        guard case .rgb(let order) = format.layout else { return [rgb.green] }
        return order.map { ["r": rgb.red, "g": rgb.green, "b": rgb.blue][$0] }
    }
}
