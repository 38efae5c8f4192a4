// Lens shading as a file or a calibration describes it: one mesh of gains for each photosite of the Bayer block.

/// Meshes of gains that undo the light lost towards the corners and its colour.
///
/// Node positions are relative to the full sensor frame, so that a crop or a binned frame finds its own part.
public struct LensShadingMap: Hashable, Sendable {
    /// The largest number of nodes in a mesh row or column.
    public static let maximumNodes = 1024
    /// The accepted range of a gain.
    public static let gainRange: ClosedRange<Float> = 0.01...100
    /// The accepted range of a mesh's place and spacing, relative to the full frame: Float arithmetic stays finite.
    public static let placeRange = -1000.0...1000.0

    /// A grid of gains with bilinear interpolation between the nodes; outside the grid the nearest edge holds.
    public struct Mesh: Hashable, Sendable {
        /// Nodes in a row and in a column.
        public let columns, rows: Int
        /// Relative position (0 ... 1 over the full frame) of the first node.
        public let originX, originY: Double
        /// Relative distance between nodes.
        public let spacingX, spacingY: Double
        /// The gains, rows first.
        public let gains: [Float]

        /// Creates a mesh.
        /// - Throws: `ISPError(.damagedInput)` where counts, spacings or gains make no sense.
        public init(
            columns: Int, rows: Int, originX: Double = 0, originY: Double = 0, spacingX: Double, spacingY: Double,
            gains: [Float]
        ) throws(ISPError) {
            let nodes = 1...LensShadingMap.maximumNodes
            guard nodes.contains(columns), nodes.contains(rows), gains.count == columns * rows else {
                throw ISPError(
                    .damagedInput, "a lens-shading mesh of \(columns)x\(rows) nodes with \(gains.count) gains")
            }
            guard gains.allSatisfy({ LensShadingMap.gainRange.contains($0) }) else {
                throw ISPError(.damagedInput, "a lens-shading gain is outside \(LensShadingMap.gainRange)")
            }
            let places = LensShadingMap.placeRange
            guard places.contains(originX), places.contains(originY),
                columns == 1 || (spacingX > 1e-6 && places.contains(spacingX)),
                rows == 1 || (spacingY > 1e-6 && places.contains(spacingY))
            else {
                throw ISPError(
                    .damagedInput,
                    "a lens-shading mesh at \(originX), \(originY) with a spacing of \(spacingX), \(spacingY)")
            }
            self.columns = columns
            self.rows = rows
            self.originX = originX
            self.originY = originY
            self.spacingX = spacingX
            self.spacingY = spacingY
            self.gains = gains
        }
    }

    /// The meshes of R, Gr, Gb and B.
    public let meshes: [Mesh]
    /// The size of the frame that the relative positions refer to.
    public let fullFrame: Size
    /// Where the present frame's first pixel lies in the full frame.
    public let originX, originY: Int

    /// Creates a map.
    /// - Precondition: four meshes.
    public init(meshes: [Mesh], fullFrame: Size, originX: Int = 0, originY: Int = 0) {
        precondition(meshes.count == 4, "one mesh for each of R, Gr, Gb, B")
        self.meshes = meshes
        self.fullFrame = fullFrame
        self.originX = originX
        self.originY = originY
    }

    /// The same map for a crop of the frame.
    public func cropped(x: Int, y: Int) -> LensShadingMap {
        LensShadingMap(meshes: meshes, fullFrame: fullFrame, originX: originX + x, originY: originY + y)
    }
}
