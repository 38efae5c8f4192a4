// The simplest demosaic: each missing colour is the mean of its nearest samples.

import ISPImaging

/// Bilinear interpolation of each colour by itself. Use it where speed is all; it blurs and shows coloured fringes.
public struct BilinearDemosaic: Demosaic {
    /// The algorithm's description.
    public static let descriptor = DemosaicDescriptor(
        "bilinear", "mean of the nearest samples of each colour: fastest, coloured fringes",
        citation: "Longere, Zhang, Delahunt, Brainard 2002, Perceptual assessment of demosaicing algorithm performance",
        kind: .independent)
    /// Samples a pixel needs on every side.
    public static let halo = 1

    /// Creates the algorithm.
    public init() {}

    /// Fills `rgb`; see `Demosaic.apply`.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern, into rgb: RGBView<Float>, workspace: Workspace) {
        let region = rgb.region
        for y in region.y..<region.maxY {
            let (a, h, b) = (mosaic.row(y - 1) + 1, mosaic.row(y) + 1, mosaic.row(y + 1) + 1)
            let inRedRow = (y & 1) == cfa.redRow
            // In a red row `own` is red and `other` blue; in a blue row the reverse.
            let own = inRedRow ? rgb.red.row(y) : rgb.blue.row(y)
            let other = inRedRow ? rgb.blue.row(y) : rgb.red.row(y)
            let green = rgb.green.row(y)
            let firstIsGreen = cfa.site(column: region.x, row: y).plane == 1
            for i in stride(from: firstIsGreen ? 0 : 1, to: region.width, by: 2) {
                green[i] = h[i]
                own[i] = (h[i - 1] + h[i + 1]) * 0.5
                other[i] = (a[i] + b[i]) * 0.5
            }
            for i in stride(from: firstIsGreen ? 1 : 0, to: region.width, by: 2) {
                own[i] = h[i]
                green[i] = ((a[i] + b[i]) + (h[i - 1] + h[i + 1])) * 0.25
                other[i] = ((a[i - 1] + a[i + 1]) + (b[i - 1] + b[i + 1])) * 0.25
            }
        }
    }
}
