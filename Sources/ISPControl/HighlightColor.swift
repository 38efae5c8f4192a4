// The colour around blown highlights: what highlight reconstruction takes their own colour from.

import ISPImaging
import ISPStages

/// Measures how far sound samples near highlights lie above what their opposed colours predict.
public enum HighlightColor {
    /// Photosites of a cell along each side; a cell next to one with a saturated sample counts as near a highlight.
    private static let cell = 8
    private static let band = 64

    /// The mean excess of R, G and B; 0 where no sample is saturated.
    /// - Complexity: O(pixels).
    public static func chrominance(of reader: MosaicReader, whiteBalance: WhiteBalance) -> [Float] {
        guard let cfa = reader.frame.format.cfa else { return [0, 0, 0] }
        let saturation = whiteBalance.saturation
        let clip = [saturation[0], min(saturation[1], saturation[2]), saturation[3]]
        var (sums, counts) = ([0.0, 0.0, 0.0], [0, 0, 0])
        let size = reader.frame.size
        let workspace = Workspace()
        defer { withExtendedLifetime(workspace) {} }
        for top in stride(from: 0, to: size.height, by: band) {
            workspace.reset()
            let part = Region(x: 0, y: top, width: size.width, height: min(band, size.height - top))
            let mosaic = reader.mosaic(part.expanded(by: cell + 1), workspace: workspace)
            reader.shade(mosaic)
            whiteBalance.apply(to: mosaic, cfa: cfa)
            let near = cellsNearHighlights(mosaic, around: part, cfa: cfa, clip: clip)
            let across = (size.width + cell - 1) / cell
            for (index, isNear) in near.enumerated() where isNear {
                let corner = Region(
                    x: index % across * cell, y: top + index / across * cell, width: cell, height: cell)
                let inside = corner.intersection(part)
                for y in inside.y..<inside.maxY {
                    for x in inside.x..<inside.maxX {
                        let plane = cfa.site(column: x, row: y).plane
                        let value = mosaic[x, y]
                        guard value > 0.2 * clip[plane], value < Highlights.kneeFraction * clip[plane] else { continue }
                        let around = Highlights.neighbourhood(mosaic, x: x, y: y, cfa: cfa)
                        let opposed = Highlights.opposedEstimate(around, plane: plane)
                        sums[plane] += Double(value - opposed)
                        counts[plane] += 1
                    }
                }
            }
        }
        return zip(sums, counts).map { $1 == 0 ? 0 : Float($0 / Double($1)) }
    }

    /// For the cells of `part`, rows first: whether they or a neighbour hold a saturated sample.
    private static func cellsNearHighlights(
        _ mosaic: PlaneView<Float>, around part: Region, cfa: CFAPattern, clip: [Float]
    ) -> [Bool] {
        let columns = (part.width + cell - 1) / cell + 2
        let rows = (part.height + cell - 1) / cell + 2
        var hit = [Bool](repeating: false, count: columns * rows)
        let limits = clip.map { $0 * Highlights.saturatedFraction }
        for y in mosaic.region.y..<mosaic.region.maxY {
            let row = mosaic.row(y)
            // Cells begin at the part's corner; one row and column of them lies before it.
            let cellRow = (y - part.y + 2 * cell) / cell - 1
            guard (0..<rows).contains(cellRow) else { continue }
            for x in mosaic.region.x..<mosaic.region.maxX
            where row[x - mosaic.region.x] >= limits[cfa.site(column: x, row: y).plane] {
                let cellColumn = (x - part.x + 2 * cell) / cell - 1
                if (0..<columns).contains(cellColumn) { hit[cellRow * columns + cellColumn] = true }
            }
        }
        return (0..<((rows - 2) * (columns - 2))).map { index in
            let (row, column) = (index / (columns - 2) + 1, index % (columns - 2) + 1)
            return (-1...1).contains { dy in (-1...1).contains { dx in hit[(row + dy) * columns + column + dx] } }
        }
    }
}
