// The directional demosaic: adaptive-gain directional interpolation. Green comes first, red and blue follow green.

import ISPImaging

/// Green from colour differences along rows and columns, red and blue from green with locally fitted slopes.
///
/// - Green: `AGDDirection` and `AGDGreen`. The colour difference green minus chroma is estimated at every photosite
///   along rows and along columns (Hamilton and Adams 1997); the four sides of a photosite are mixed by how steady the
///   colour difference is there (Pekkucuksen and Altunbasak 2010). Our own part is the gain of the correction: a slope
///   fitted locally, matched to the attenuation of the linear interpolation and shrunk towards 1.
/// - Red and blue: `AGDChroma`. Both are predicted from green with a fitted slope, the residual is interpolated
///   (Kiku, Monno, Tanaka and Okutomi 2013 and 2014).
///
/// The kernel streams over rows: each step takes one row of the mosaic, and rows in the making stay in rings that the
/// second-level cache holds. Values are not clipped.
public struct AGDDemosaic: Demosaic {
    /// The algorithm's description.
    public static let descriptor = DemosaicDescriptor(
        "agd", "adaptive-gain directional: sharp, few false colours, no maze; the choice for stills",
        citation: "Pekkucuksen, Altunbasak 2010, Gradient based threshold free color filter array interpolation; "
            + "Hamilton, Adams 1997, US 5629734; "
            + "Kiku, Monno, Tanaka, Okutomi 2013, Residual interpolation for color image demosaicking; "
            + "Kiku, Monno, Tanaka, Okutomi 2014, Minimized-Laplacian residual interpolation",
        kind: .directional)
    /// Samples a pixel needs on every side.
    public static let halo = AGDGreen.halo + AGDChroma.halo

    /// Creates the algorithm.
    public init() {}

    /// Fills `rgb`; see `Demosaic.apply`.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern, into rgb: RGBView<Float>, workspace: Workspace) {
        guard !rgb.region.isEmpty else { return }
        workspace.scoped { stream(mosaic, cfa, into: rgb, workspace) }
    }

    private func stream(
        _ mosaic: PlaneView<Float>, _ cfa: CFAPattern, into rgb: RGBView<Float>, _ workspace: Workspace
    ) {
        // Scratch rows start in a column of red photosites, so that all phases see the same columns.
        let start = (mosaic.region.x & 1) == cfa.redColumn ? 0 : 1
        let columns = (start + mosaic.region.width + 15) / 16 * 16
        let green = AGDGreen(cfa: cfa, columns: columns, workspace: workspace)
        let chroma = AGDChroma(cfa: cfa, columns: columns / 2, workspace: workspace)
        let greens = RowRing(8, columns: columns, workspace: workspace)
        let results = RowRing(2, columns: columns, workspace: workspace)

        func store(_ row: LaneRow, _ plane: PlaneView<Float>, _ y: Int) {
            plane.row(y).update(from: row.samples + (start + Self.halo), count: plane.region.width)
        }
        for (index, y) in (mosaic.region.y..<mosaic.region.maxY).enumerated() {
            let row = green.mosaic[y] + start
            row.samples.update(from: mosaic.row(y), count: mosaic.region.width)

            let greenY = y - AGDGreen.halo
            guard green.advance(newest: y, count: index + 1, green: greens[greenY]) else { continue }

            let outputY = greenY - AGDChroma.halo
            let done = chroma.advance(
                greenY, count: index + 1 - 2 * AGDGreen.halo, green: greens[greenY], mosaic: green.mosaic[greenY],
                redRow: results[0], blueRow: results[1])
            guard done else { continue }
            store(results[0], rgb.red, outputY)
            store(greens[outputY], rgb.green, outputY)
            store(results[1], rgb.blue, outputY)
        }
    }
}
