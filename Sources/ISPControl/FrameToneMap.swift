// The tone map of a frame: its brightness as a small picture, for local tone to be decided on.

import ISPImaging
import ISPStages

extension ToneMap {
    /// Nodes along the longer side.
    private static let across = 128

    /// The map of a frame.
    /// - Parameters:
    ///   - reader: the start of the pipeline.
    ///   - whiteBalance: the gains that will be applied.
    ///   - matrix: balanced camera RGB to output RGB.
    ///   - binning: by what the pixels that will ask are fewer than those of the frame.
    /// - Complexity: O(pixels).
    public init(of reader: MosaicReader, whiteBalance: WhiteBalance, matrix: Matrix3, binning: Binning? = nil) {
        let size = reader.frame.size
        let cfa = reader.frame.format.cfa
        // Even, so that every cell holds whole quads.
        let cell = max(2, (max(size.width, size.height) / Self.across) & ~1)
        let (columns, rows) = (max(size.width / cell, 1), max(size.height / cell, 1))
        let m = matrix.values
        var luminances: [Float] = []
        let workspace = Workspace()
        defer { withExtendedLifetime(workspace) {} }
        for row in 0..<rows {
            workspace.reset()
            let mosaic = reader.mosaic(
                Region(x: 0, y: row * cell, width: columns * cell, height: cell), workspace: workspace)
            reader.shade(mosaic)
            whiteBalance.apply(to: mosaic, cfa: cfa)
            for column in 0..<columns {
                let rgb = Self.mean(mosaic, x: column * cell, width: cell, cfa: cfa)
                let out = (0..<3).map { m[3 * $0] * rgb[0] + m[3 * $0 + 1] * rgb[1] + m[3 * $0 + 2] * rgb[2] }
                luminances.append(Float(0.2126 * out[0] + 0.7152 * out[1] + 0.0722 * out[2]))
            }
        }
        self.init(
            luminances: luminances, columns: columns,
            region: Region(x: 0, y: 0, width: columns * cell, height: rows * cell), binning: binning)
    }

    /// The mean red, green and blue of some columns.
    private static func mean(_ mosaic: PlaneView<Float>, x: Int, width: Int, cfa: CFAPattern?) -> [Double] {
        var (sums, counts) = ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
        for y in mosaic.region.y..<mosaic.region.maxY {
            let row = mosaic.row(y)
            for column in x..<(x + width) {
                let plane = cfa?.site(column: column, row: y).plane ?? 1
                sums[plane] += Double(row[column - mosaic.region.x])
                counts[plane] += 1
            }
        }
        let green = sums[1] / counts[1]
        return (0..<3).map { counts[$0] > 0 ? sums[$0] / counts[$0] : green }
    }
}
