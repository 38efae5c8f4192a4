// The video formats of the pack stage: chroma at half resolution, codes of full or limited range.

import ISPImaging

extension Pack {
    /// Stores a tile in NV12, I420 or YUYV.
    ///
    /// Chroma stands at the even columns (co-sited, as ITU-R BT.601 and MPEG-2 have it) and, in 4:2:0, half-way between two
    /// rows: weights 1 2 1 across, 1 1 down. The last column or row of an odd size shares its chroma with its continuation
    /// beyond the edge.
    func storeYCbCr(_ planes: RGBView<Float>, tile: Region, into image: ImageBuffer, workspace: Workspace) {
        precondition(tile.x & 1 == 0 && tile.y & 1 == 0, "a tile that shares chroma with its neighbours")
        let around = tile.expanded(by: 1)
        let upright = planes.planes.map { turned($0, to: around, workspace: workspace) }
        let (luma, cb, cr) = (upright[0], upright[1], upright[2])
        let chromaColumns = (tile.width + 1) / 2
        switch format.layout {
        case .yuyv:
            for y in tile.y..<tile.maxY {
                let row = image.row(y)
                for k in 0..<chromaColumns {
                    let i = 2 * k + 1
                    let target = (tile.x / 2 + k) * 4
                    row[target] = lumaCode(luma.row(y)[i])
                    row[target + 1] = chromaCode(Self.across(cb.row(y), i))
                    row[target + 2] = lumaCode(luma.row(y)[i + 1])
                    row[target + 3] = chromaCode(Self.across(cr.row(y), i))
                }
            }
        default:
            for y in tile.y..<tile.maxY {
                let row = image.row(y)
                let source = luma.row(y)
                for i in 0..<tile.width { row[tile.x + i] = lumaCode(source[i + 1]) }
            }
            let isPlanar = format.layout == .i420
            for y in Swift.stride(from: tile.y, to: tile.maxY, by: 2) {
                let first = image.row(y / 2, plane: 1)
                let second = isPlanar ? image.row(y / 2, plane: 2) : first
                let (step, offset) = isPlanar ? (1, 0) : (2, 1)
                for k in 0..<chromaColumns {
                    let i = 2 * k + 1
                    let column = (tile.x / 2 + k) * step
                    first[column] = chromaCode((Self.across(cb.row(y), i) + Self.across(cb.row(y + 1), i)) * 0.5)
                    second[column + offset] = chromaCode(
                        (Self.across(cr.row(y), i) + Self.across(cr.row(y + 1), i)) * 0.5)
                }
            }
        }
    }

    /// A plane in the coordinates of the upright picture.
    private func turned(_ plane: PlaneView<Float>, to region: Region, workspace: Workspace) -> PlaneView<Float> {
        let map = orientation.upright(of: shown.size)
        let result = workspace.plane(region)
        for y in plane.region.y..<plane.region.maxY {
            let row = plane.row(y)
            for i in 0..<plane.region.width {
                let (x0, y0) = (plane.region.x + i - shown.x, y - shown.y)
                let column = map.originX + x0 * map.column.x + y0 * map.row.x
                result.row(map.originY + x0 * map.column.y + y0 * map.row.y)[column - region.x] = row[i]
            }
        }
        return result
    }

    @inline(__always)
    private static func across(_ row: UnsafeMutablePointer<Float>, _ i: Int) -> Float {
        row[i - 1] * 0.25 + row[i] * 0.5 + row[i + 1] * 0.25
    }

    private func lumaCode(_ v: Float) -> UInt8 {
        let unit = v > 0 ? (v < 1 ? v : 1) : 0
        return UInt8(unit * range.luma.scale + range.luma.offset + 0.5)
    }

    private func chromaCode(_ v: Float) -> UInt8 {
        let half = v > -0.5 ? (v < 0.5 ? v : 0.5) : -0.5
        return UInt8(min(half * range.chroma + 128.5, 255))
    }
}
