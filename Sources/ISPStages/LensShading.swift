// Stage 8, lens shading: the light lost towards the corners, and its colour, given back.

import ISPImaging

/// Multiplies every photosite by the gain of its mesh at its place in the sensor frame.
public struct LensShading: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "lens-shading", "one mesh of gains per photosite, bilinear between the nodes",
        citation: "DNG Specification 1.7, GainMap opcode", from: .mosaic, to: .mosaic)

    private let map: LensShadingMap
    /// Photosites of the sensor from one sample to the next.
    private let pitch: Int

    /// Creates the stage.
    /// - Parameter binning: what the mosaic went through before.
    public init(map: LensShadingMap, binning: Binning? = nil) {
        self.map = map
        pitch = binning?.factor ?? 1
    }

    /// Replaces every sample of the plane.
    ///
    /// Outside the frame the gain is that of the mirrored photosite, as `Unpack` mirrored the sample.
    /// - Parameter frame: the size of the frame the plane is a part of.
    public func apply(to plane: PlaneView<Float>, cfa: CFAPattern?, frame: Size) {
        let region = plane.region
        let columns = (0..<2).map { places(in: region, row: region.y + $0, cfa: cfa, frame: frame) }
        for y in region.y..<region.maxY {
            let v = relative(mirrored(y, count: frame.height), map.originY, of: map.fullFrame.height)
            let (first, second) = meshes(x: region.x, y: y, cfa: cfa)
            // The last entry is the right-hand neighbour of a mesh of one column; its weight is 0.
            let nodes = first.row(at: v) + second.row(at: v) + [0]
            let row = plane.row(y)
            columns[(y - region.y) & 1].withUnsafeBufferPointer { places in
                nodes.withUnsafeBufferPointer { nodes in
                    let (places, nodes) = (places.baseAddress!, nodes.baseAddress!)
                    for i in 0..<region.width {
                        let (left, t) = (Int(places[i].left), places[i].t)
                        row[i] *= nodes[left] * (1 - t) + nodes[left &+ 1] * t
                    }
                }
            }
        }
    }

    /// The largest gain of all meshes.
    public var strongestGain: Float { map.meshes.flatMap(\.gains).max() ?? 1 }

    /// Where a row lies in the mesh of a photosite: the row of nodes above it, and the share of the row of nodes below.
    public func place(row y: Int, site: CFASite, frame: Size) -> (node: Int, share: Float) {
        let v = relative(mirrored(y, count: frame.height), map.originY, of: map.fullFrame.height)
        return map.meshes[site.rawValue].verticalPlace(v)
    }

    /// The gain at a column in a row of nodes of a photosite's mesh; the last row is repeated.
    public func gain(node: Int, column x: Int, site: CFASite, frame: Size) -> Float {
        let mesh = map.meshes[site.rawValue]
        let (left, t) = mesh.place(relative(mirrored(x, count: frame.width), map.originX, of: map.fullFrame.width))
        let row = min(node, mesh.rows - 1) * mesh.columns
        return mesh.gains[row + left] * (1 - t) + mesh.gains[row + min(left + 1, mesh.columns - 1)] * t
    }

    /// Where a column lies between the nodes of a row of both its meshes.
    private struct Place {
        let left: Int32
        let t: Float
    }

    /// The places of the columns, which every second row shares.
    private func places(in region: Region, row y: Int, cfa: CFAPattern?, frame: Size) -> [Place] {
        let (first, second) = meshes(x: region.x, y: y, cfa: cfa)
        return (0..<region.width).map { i in
            let u = relative(mirrored(region.x + i, count: frame.width), map.originX, of: map.fullFrame.width)
            let (left, t) = (i & 1 == 0 ? first : second).place(u)
            return Place(left: Int32(i & 1 == 0 ? left : first.columns + left), t: t)
        }
    }

    /// The meshes of the two photosites that alternate from `x` on in row `y`.
    private func meshes(x: Int, y: Int, cfa: CFAPattern?) -> (LensShadingMap.Mesh, LensShadingMap.Mesh) {
        guard let cfa else { return (map.meshes[1], map.meshes[1]) }
        return (
            map.meshes[cfa.site(column: x, row: y).rawValue], map.meshes[cfa.site(column: x + 1, row: y).rawValue]
        )
    }

    /// The centre of a sample as a fraction of the full frame.
    private func relative(_ position: Int, _ origin: Int, of extent: Int) -> Float {
        ((Float(position) + 0.5) * Float(pitch) + Float(origin)) / Float(extent)
    }
}

extension LensShadingMap.Mesh {
    /// The mesh row at relative height `v`: vertical interpolation done once a row.
    func row(at v: Float) -> [Float] {
        let (lower, t) = verticalPlace(v)
        let upper = min(lower + 1, rows - 1)
        return (0..<columns).map { gains[lower * columns + $0] * (1 - t) + gains[upper * columns + $0] * t }
    }

    /// The node above relative row `v` and how far towards the next one it lies.
    func verticalPlace(_ v: Float) -> (Int, Float) { Self.place(v, Float(originY), Float(spacingY), rows) }

    /// The node left of relative column `u` and how far towards the next one it lies.
    func place(_ u: Float) -> (Int, Float) { Self.place(u, Float(originX), Float(spacingX), columns) }

    private static func place(_ p: Float, _ origin: Float, _ spacing: Float, _ count: Int) -> (Int, Float) {
        guard count > 1 else { return (0, 0) }
        let position = min(max((p - origin) / spacing, 0), Float(count - 1))
        let node = min(Int(position), count - 2)
        return (node, position - Float(node))
    }
}
