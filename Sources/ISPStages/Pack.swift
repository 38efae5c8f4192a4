// Stage 21, pack: turn upright, round to codes and store in the output's layout. PackYCbCr.swift has the video formats.

import ISPImaging

/// Stores display RGB, or YCbCr for video formats, into a finished picture.
///
/// A code is `round(v * maximum)` after clamping to 0 ... 1; half rounds up.
public struct Pack: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "pack", "turn upright, subsample chroma, round, store in the output format",
        citation: "EXIF 2.32, Orientation; ITU-R BT.601-7 (chroma positions)", from: .yCbCr, to: .picture)

    /// The formats this stage stores.
    public static let formats = PixelFormat.all.filter { !$0.isRaw } + [.grey8, .grey16]

    /// The part of the incoming planes that the picture shows.
    public let shown: Region
    /// How it is turned.
    public let orientation: Orientation
    /// The output format.
    public let format: PixelFormat
    /// Which codes video formats use.
    public let range: YCbCr.Range

    /// Creates the stage.
    /// - Throws: `ISPError(.usage)` for a format it does not store.
    public init(
        shown: Region, orientation: Orientation, format: PixelFormat, range: YCbCr.Range = .limited
    ) throws(ISPError) {
        guard Self.formats.contains(format) else {
            let names = Self.formats.map(\.name).joined(separator: ", ")
            throw ISPError(.usage, "pictures are not stored as \(format); use one of \(names)")
        }
        self.shown = shown
        self.orientation = orientation
        self.format = format
        self.range = range
    }

    /// The size of the upright picture.
    public var outputSize: Size { orientation.uprightSize(of: shown.size) }

    /// Whether the stage takes Y, Cb and Cr rather than red, green and blue.
    public var takesYCbCr: Bool { format.isYCbCr }

    /// The part of the incoming planes that a tile of the picture depends on; it may reach beyond `shown` by a sample.
    /// - Parameter tile: pixels of the upright picture; on even coordinates where the format shares chroma.
    public func source(of tile: Region) -> Region {
        let part = orientation.stored(takesYCbCr ? tile.expanded(by: 1) : tile, of: shown.size)
        return Region(x: part.x + shown.x, y: part.y + shown.y, width: part.width, height: part.height)
    }

    /// Stores a tile of the picture.
    /// - Parameter planes: red, green, blue or Y, Cb, Cr, on `source(of: tile)` at least.
    /// - Precondition: `image` has `outputSize` and `format`.
    public func store(_ planes: RGBView<Float>, tile: Region, into image: ImageBuffer, workspace: Workspace) {
        precondition(image.size == outputSize && image.format == format, "a picture of another shape")
        precondition(Region(outputSize).contains(tile), "tile outside the picture")
        let planes = planes.cropped(to: source(of: tile))
        switch (takesYCbCr, format.packing) {
        case (true, _): storeYCbCr(planes, tile: tile, into: image, workspace: workspace)
        case (_, .bytes): store(planes, into: image, as: UInt8.self, maximum: 255)
        default: store(planes, into: image, as: UInt16.self, maximum: 65_535)
        }
    }

    private func store<Code: FixedWidthInteger & BitwiseCopyable>(
        _ rgb: RGBView<Float>, into image: ImageBuffer, as type: Code.Type, maximum: Float
    ) {
        let map = orientation.upright(of: shown.size)
        let samples = format.samplesPerPixel
        let rowLength = image.planes[0].bytesPerRow / MemoryLayout<Code>.stride
        let codes = image.bytes.baseAddress!.assumingMemoryBound(to: Code.self)
        let step = (map.column.x + map.column.y * (rowLength / samples)) * samples
        let planes = source(rgb).enumerated().compactMap { channel, plane in plane.map { (channel, $0) } }
        withUnsafeTemporaryAllocation(of: Code.self, capacity: rgb.region.width) { line in
            let line = line.baseAddress!
            for y in rgb.region.y..<rgb.region.maxY {
                let (x0, y0) = (rgb.region.x - shown.x, y - shown.y)
                let column = map.originX + x0 * map.column.x + y0 * map.row.x
                let row = map.originY + x0 * map.column.y + y0 * map.row.y
                let start = codes + row * rowLength + column * samples
                for (channel, plane) in planes {
                    Self.round(plane.row(y), maximum: maximum, into: line, count: rgb.region.width)
                    let target = start + channel
                    for i in 0..<rgb.region.width { target[i &* step] = line[i] }
                }
            }
        }
    }

    private static func round<Code: FixedWidthInteger>(
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
