// The inner loop that every per-photosite stage shares: even and odd columns of a row with constants of their own.

import ISPImaging

/// Two numbers for the two photosites that alternate along a row, in the order of the row's samples.
struct SitePair {
    var first, second: Float

    /// Picks the row's two photosites from a table indexed by `CFASite`; without a CFA both are the first entry.
    init(_ table: [Float], _ cfa: CFAPattern?, x: Int, y: Int) {
        first = table[cfa?.site(column: x, row: y).rawValue ?? 0]
        second = table[cfa?.site(column: x + 1, row: y).rawValue ?? 0]
    }
}

extension PlaneView<Float> {
    /// Replaces every sample `v` by `(v + offset) * scale`, with constants per photosite.
    func scaleSites(offset: [Float], scale: [Float], cfa: CFAPattern?) {
        for y in region.y..<region.maxY {
            let row = row(y)
            let add = SitePair(offset, cfa, x: region.x, y: y)
            let multiply = SitePair(scale, cfa, x: region.x, y: y)
            let pairs = region.width / 2
            for i in 0..<pairs {
                row[2 &* i] = (row[2 &* i] + add.first) * multiply.first
                row[2 &* i &+ 1] = (row[2 &* i &+ 1] + add.second) * multiply.second
            }
            if region.width % 2 == 1 {
                row[region.width - 1] = (row[region.width - 1] + add.first) * multiply.first
            }
        }
    }
}
