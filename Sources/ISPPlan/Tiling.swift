// How a picture is cut into tiles, and into the slices that workers share. The picture does not depend on either.

import ISPImaging
import ISPStages

/// The tiles of a picture.
public enum Tiling {
    /// The tile in pixels: wide enough that rows vectorise and halos cost little, small enough for the caches.
    public static let standardTile = Size(width: 512, height: 128)

    /// The tiles of a whole picture, or of a part of it, row by row.
    ///
    /// - Parameters:
    ///   - tile: rounded up to even numbers; `nil` for one that suits the pipeline.
    ///   - part: upright pixels, its corner on even coordinates; `nil` for all.
    public static func tiles(
        of pipeline: Pipeline, _ frame: RawFrame, tile: Size? = nil, part: Region? = nil
    ) -> [Region] {
        let part = part ?? Region(pipeline.pack.outputSize)
        precondition(part.x & 1 == 0 && part.y & 1 == 0, "a part that shares chroma with its neighbours")
        let size =
            tile.map { Size(width: ($0.width + 1) & ~1, height: ($0.height + 1) & ~1) } ?? suited(pipeline, frame)
        var tiles: [Region] = []
        for y in stride(from: part.y, to: part.maxY, by: size.height) {
            for x in stride(from: part.x, to: part.maxX, by: size.width) {
                tiles.append(Region(x: x, y: y, width: size.width, height: size.height).intersection(part))
            }
        }
        return tiles
    }

    /// The rows of one of `count` slices of a picture: bands of about equal height that begin on even rows. With more
    /// slices than pairs of rows, some are empty.
    public static func slice(_ index: Int, of count: Int, _ picture: Size) -> Region {
        precondition(count > 0 && (0..<count).contains(index), "slice \(index) of \(count)")
        let pairs = (picture.height + 1) / 2
        let start = 2 * (pairs * index / count)
        let end = min(picture.height, 2 * (pairs * (index + 1) / count))
        return Region(x: 0, y: start, width: picture.width, height: end - start)
    }

    /// The standard tile, lying along the stored rows; higher where stages need much around it.
    private static func suited(_ pipeline: Pipeline, _ frame: RawFrame) -> Size {
        let halo = pipeline.defectHalo + pipeline.mosaicHalo(cfa: frame.format.cfa) + pipeline.detailHalo
        var tile = Size(width: standardTile.width, height: halo > 24 ? 256 : standardTile.height)
        // Where the picture shrinks, a pixel of it stands for more than one of the frame.
        if let shrinking = pipeline.scale?.shrinking, shrinking > 1 {
            func smaller(_ side: Int) -> Int { max(16, Int(Double(side) / shrinking) & ~1) }
            tile = Size(width: smaller(tile.width), height: smaller(tile.height))
        }
        return pipeline.pack.orientation.swapsAxes ? tile.transposed : tile
    }
}
