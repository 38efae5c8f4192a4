// Which photosite lies where, of Bayer and of mono sensors.

import ISPImaging

/// The photosites of a frame. Those of a mono sensor are all alike and have the first entry of every table.
struct Photosites: Sendable {
    /// `nil` for a mono sensor.
    let cfa: CFAPattern?

    /// What lies at a column and row.
    @inline(__always)
    func site(column: Int, row: Int) -> CFASite { cfa?.site(column: column, row: row) ?? .red }

    /// Whose lens shading a photosite has: without colours, that of green.
    @inline(__always)
    func mesh(column: Int, row: Int) -> CFASite { cfa?.site(column: column, row: row) ?? .greenInRed }

    /// Columns and rows from a photosite to the next ones of its kind.
    var step: Int { cfa == nil ? 1 : 2 }
}
