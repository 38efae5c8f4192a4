// Lens shading for the plan: mesh rows spread over the columns, made when the rows between them are reached.

import ISPImaging
import ISPKernels
import ISPStages

/// Where columns and rows lie in the shading meshes.
struct ShadingTables: Sendable {
    private let stage: LensShading
    /// By R, Gr, Gb, B: what a mesh gain of 1 is.
    private let gains: [Float]
    private let photosites: Photosites
    private let size: Size

    init(_ stage: LensShading, gains: [Float], photosites: Photosites, size: Size) {
        self.stage = stage
        self.gains = gains
        self.photosites = photosites
        self.size = size
    }

    /// Where a row lies between two rows of nodes: the upper one, and the share of the lower one in 2^15.
    func place(row y: Int, column x: Int) -> (node: Int, share: Int16) {
        let place = stage.place(row: y, site: photosites.mesh(column: x, row: y), frame: size)
        return (place.node, Int16(clamping: Int((place.share * 32768).rounded())))
    }

    /// The gains of every second column from `x` on, in a row of nodes of the mesh of row `y`.
    func fill(_ target: UnsafeMutablePointer<Int16>, node: Int, x: Int, y: Int, count: Int) {
        let site = photosites.mesh(column: x, row: y)
        let gain = gains[photosites.site(column: x, row: y).rawValue]
        for k in 0..<count {
            let value = stage.gain(node: node, column: x + 2 * k, site: site, frame: size) * gain
            target[k] = Int16(clamping: Int(value.rounded()))
        }
    }
}
