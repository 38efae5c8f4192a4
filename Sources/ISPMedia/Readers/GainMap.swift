// Gain maps, as DNG opcodes or JSON carry them, and the lens-shading map they make together.

import ISPImaging

/// One grid of gains for part of a mosaic's photosites (DNG Specification 1.7, opcode 9).
package struct GainMap: Hashable, Sendable {
    /// The largest area coordinate accepted, in pixels.
    static let maximumCoordinate = 1 << 20

    /// The area it applies to, half open, in pixels of the full frame.
    package var top = 0, left = 0, bottom = 0, right = 0
    /// The first image plane and the number of planes; a mosaic has plane 0 alone.
    package var plane = 0, planes = 1
    /// It applies to every `rowPitch`-th row and `columnPitch`-th column from `top` and `left` on.
    package var rowPitch = 1, columnPitch = 1
    /// Nodes.
    package var rows = 0, columns = 0
    /// Relative distances between nodes (1 is the full frame).
    package var spacingX = 0.0, spacingY = 0.0
    /// Relative position of the first node.
    package var originX = 0.0, originY = 0.0
    /// The gains, rows first.
    package var gains: [Float] = []

    /// An empty map.
    package init() {}

    /// Whether it applies to the photosites of a column and row parity.
    func covers(column: Int, row: Int) -> Bool {
        (row - top) % rowPitch == 0 && (column - left) % columnPitch == 0
    }

    /// Its grid.
    func mesh() throws(ISPError) -> LensShadingMap.Mesh {
        try LensShadingMap.Mesh(
            columns: columns, rows: rows, originX: originX, originY: originY, spacingX: spacingX, spacingY: spacingY,
            gains: gains)
    }

    /// Whether it can be part of a lens-shading map of a mosaic: one plane, pitch 1 or 2, and all of the frame.
    func isShading(of frame: Size) -> Bool {
        plane == 0 && planes == 1 && (1...2).contains(rowPitch) && (1...2).contains(columnPitch)
            && (0...1).contains(top) && (0...1).contains(left)
            && bottom >= frame.height - 1 && right >= frame.width - 1
            && max(bottom, right) <= Self.maximumCoordinate
    }
}

extension LensShadingMap {
    /// Joins gain maps into a lens-shading map: each photosite of the 2x2 block takes the map that covers it, a map
    /// with pitch 1 serves all four, a site without a map keeps gain 1.
    ///
    /// - Parameters:
    ///   - maps: of which unsuitable ones are left out, with a note.
    ///   - pattern: the CFA of the full frame's first 2x2 block; `nil` for mono.
    ///   - fullFrame: the frame that the maps' areas and relative positions refer to.
    ///   - originX: where the present frame's first column lies in the full frame.
    ///   - originY: where the present frame's first row lies in the full frame.
    ///   - notes: gets a line for every map left out.
    /// - Returns: `nil` where no map is suitable.
    /// - Throws: `ISPError(.damagedInput)` where a suitable map's nodes or gains make no sense.
    package static func joining(
        _ maps: [GainMap], pattern: CFAPattern?, fullFrame: Size, originX: Int = 0, originY: Int = 0,
        notes: inout [String]
    ) throws(ISPError) -> LensShadingMap? {
        var meshes: [Mesh?] = [nil, nil, nil, nil]
        for (index, map) in maps.enumerated() {
            guard map.isShading(of: fullFrame) else {
                notes.append("gain map \(index + 1) is not lens shading of the whole mosaic; it is not applied")
                continue
            }
            let mesh = try map.mesh()
            var used = false
            for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] where map.covers(column: column, row: row) {
                let site = (pattern ?? .rggb).site(column: column, row: row).rawValue
                guard meshes[site] == nil else { continue }
                meshes[site] = mesh
                used = true
            }
            if !used { notes.append("gain map \(index + 1) repeats an earlier one; it is not applied") }
        }
        guard meshes.contains(where: { $0 != nil }) else { return nil }
        let unity = try Mesh(columns: 1, rows: 1, spacingX: 1, spacingY: 1, gains: [1])
        return LensShadingMap(
            meshes: meshes.map { $0 ?? unity }, fullFrame: fullFrame, originX: originX, originY: originY)
    }
}
