// Malvar, He and Cutler's linear demosaic: bilinear plus a correction from the gradient of the colour that is known.

import ISPImaging

/// High-quality linear interpolation with 5x5 filters. The best of the fixed filters; the choice for video.
public struct MalvarDemosaic: Demosaic {
    /// The algorithm's description.
    public static let descriptor = DemosaicDescriptor(
        "malvar", "gradient-corrected linear 5x5 filters: fast and sharp, slight zipper at coloured edges",
        citation:
            "Malvar, He, Cutler 2004, High-quality linear interpolation for demosaicing of Bayer-patterned color images",
        kind: .linear)
    /// Samples a pixel needs on every side.
    public static let halo = 2

    /// Creates the algorithm.
    public init() {}

    /// Fills `rgb`; see `Demosaic.apply`. The filters are the paper's figure 2, in eighths.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern, into rgb: RGBView<Float>, workspace: Workspace) {
        let region = rgb.region
        for y in region.y..<region.maxY {
            let (p, a, h) = (mosaic.row(y - 2) + 2, mosaic.row(y - 1) + 2, mosaic.row(y) + 2)
            let (b, q) = (mosaic.row(y + 1) + 2, mosaic.row(y + 2) + 2)
            let inRedRow = (y & 1) == cfa.redRow
            // In a red row `own` is red and `other` blue; in a blue row the reverse.
            let own = inRedRow ? rgb.red.row(y) : rgb.blue.row(y)
            let other = inRedRow ? rgb.blue.row(y) : rgb.red.row(y)
            let green = rgb.green.row(y)
            let firstIsGreen = cfa.site(column: region.x, row: y).plane == 1
            for i in stride(from: firstIsGreen ? 0 : 1, to: region.width, by: 2) {
                let diagonal = (a[i - 1] + a[i + 1]) + (b[i - 1] + b[i + 1])
                let across = h[i - 2] + h[i + 2]
                let along = p[i] + q[i]
                green[i] = h[i]
                own[i] = (5 * h[i] + 4 * (h[i - 1] + h[i + 1]) - diagonal - across + 0.5 * along) * 0.125
                other[i] = (5 * h[i] + 4 * (a[i] + b[i]) - diagonal - along + 0.5 * across) * 0.125
            }
            for i in stride(from: firstIsGreen ? 1 : 0, to: region.width, by: 2) {
                let diagonal = (a[i - 1] + a[i + 1]) + (b[i - 1] + b[i + 1])
                let cross = (h[i - 1] + h[i + 1]) + (a[i] + b[i])
                let far = (h[i - 2] + h[i + 2]) + (p[i] + q[i])
                own[i] = h[i]
                green[i] = (4 * h[i] + 2 * cross - far) * 0.125
                other[i] = (6 * h[i] + 2 * diagonal - 1.5 * far) * 0.125
            }
        }
    }
}
