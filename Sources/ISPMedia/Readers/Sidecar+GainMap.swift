// The gain-map file that a sidecar names: DNG GainMap opcodes written as JSON.

import Foundation
import ISPImaging

extension Sidecar {
    /// Reads the gain-map file, where the sidecar names one.
    ///
    /// - Parameters:
    ///   - size: of the frame.
    ///   - pattern: the frame's CFA; `nil` for mono.
    ///   - notes: gets a line for every map left out.
    /// - Throws: `ISPError` with the file's name in front.
    func lensShading(size: Size, pattern: CFAPattern?, notes: inout [String]) throws(ISPError) -> LensShadingMap? {
        guard let gainMapFile else { return nil }
        let folder = ((path ?? "") as NSString).deletingLastPathComponent
        do throws(ISPError) {
            let maps = try Self.gainMaps(try JSONFields(path: (folder as NSString).appendingPathComponent(gainMapFile)))
            return try place(maps, size: size, pattern: pattern, notes: &notes)
        } catch {
            throw error.about("gain map \(gainMapFile)")
        }
    }

    /// Positions are relative, so a frame that states no crop is the whole field of view at any resolution (binned).
    private func place(
        _ maps: [GainMap], size: Size, pattern: CFAPattern?, notes: inout [String]
    ) throws(ISPError) -> LensShadingMap? {
        let isCrop = cropOrigin != nil && fullFrame != nil
        let origin = isCrop ? cropOrigin! : (x: 0, y: 0)
        let mapped = Size(width: maps.map(\.right).max() ?? 0, height: maps.map(\.bottom).max() ?? 0)
        let joined = try LensShadingMap.joining(
            maps, pattern: pattern?.cropped(columns: -origin.x, rows: -origin.y), fullFrame: mapped, notes: &notes)
        return joined.map {
            LensShadingMap(
                meshes: $0.meshes, fullFrame: isCrop ? fullFrame! : size, originX: origin.x, originY: origin.y)
        }
    }

    /// Parses gain maps from JSON bytes; for tests of hostile input.
    package static func gainMaps(json: [UInt8]) throws(ISPError) -> [GainMap] { try gainMaps(JSONFields(json)) }

    private static func gainMaps(_ file: JSONFields) throws(ISPError) -> [GainMap] {
        var maps: [GainMap] = []
        for entry in try file.objects("maps") ?? [] { maps.append(try gainMap(entry)) }
        guard !maps.isEmpty else { throw file.wrong("maps", "a list of at least one gain map") }
        return maps
    }

    private static func gainMap(_ fields: JSONFields) throws(ISPError) -> GainMap {
        let coordinates = 0...GainMap.maximumCoordinate
        let nodes = 1...LensShadingMap.maximumNodes
        var map = GainMap()
        map.top = try fields.integer("top", coordinates) ?? 0
        map.left = try fields.integer("left", coordinates) ?? 0
        map.plane = try fields.integer("plane", 0...3) ?? 0
        map.planes = try fields.integer("planes", 1...4) ?? 1
        map.rowPitch = try fields.integer("row_pitch", 1...1024) ?? 1
        map.columnPitch = try fields.integer("col_pitch", 1...1024) ?? 1
        _ = try fields.integer("map_planes", 1...1)
        map.originY = try fields.number("origin_v", -10...10) ?? 0
        map.originX = try fields.number("origin_h", -10...10) ?? 0
        guard let bottom = try fields.integer("bottom", coordinates),
            let right = try fields.integer("right", coordinates),
            let rows = try fields.integer("points_v", nodes), let columns = try fields.integer("points_h", nodes),
            let spacingY = try fields.number("spacing_v", 0...10), let spacingX = try fields.number("spacing_h", 0...10)
        else {
            throw fields.wrong("gains", "accompanied by bottom, right, points_v, points_h, spacing_v and spacing_h")
        }
        (map.bottom, map.right, map.rows, map.columns) = (bottom, right, rows, columns)
        (map.spacingY, map.spacingX) = (spacingY, spacingX)
        let range = Double(LensShadingMap.gainRange.lowerBound)...Double(LensShadingMap.gainRange.upperBound)
        guard let gains = try fields.manyNumbers("gains", range), gains.count == rows * columns else {
            throw fields.wrong("gains", "points_v x points_h = \(rows * columns) numbers")
        }
        map.gains = gains.map(Float.init)
        return map
    }
}
