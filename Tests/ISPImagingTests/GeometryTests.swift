import ISPImaging
import Testing

@Suite struct GeometryTests {
    @Test func mirrorKeepsParityAndPeriod() {
        for count in 2...17 {
            for x in -40...60 {
                let m = mirrored(x, count: count)
                #expect((0..<count).contains(m))
                #expect((m - x) % 2 == 0)
            }
            #expect(mirrored(-1, count: count) == 1)
            #expect(mirrored(count, count: count) == count - 2)
        }
    }

    @Test(arguments: CFAPattern.allCases) func cropKeepsEverySite(_ pattern: CFAPattern) {
        for dx in 0..<4 {
            for dy in 0..<4 {
                let cropped = pattern.cropped(columns: dx, rows: dy)
                for x in -3...3 {
                    for y in -3...3 {
                        #expect(cropped.site(column: x, row: y) == pattern.site(column: x + dx, row: y + dy))
                    }
                }
            }
        }
    }

    @Test func patternNamesReadLeftToRight() {
        for pattern in CFAPattern.allCases {
            let sites = [(0, 0), (1, 0), (0, 1), (1, 1)].map { pattern.site(column: $0.0, row: $0.1).plane }
            #expect(sites.map { ["r", "g", "b"][$0] }.joined() == pattern.rawValue)
        }
    }

    /// EXIF 2.32, 4.6.4: where row 0 and column 0 of the stored frame are in the upright picture.
    @Test(arguments: [
        (Orientation.up, "ab", "cd"), (.upMirrored, "ba", "dc"), (.down, "dc", "ba"), (.downMirrored, "cd", "ab"),
        (.leftMirrored, "ac", "bd"), (.right, "ca", "db"), (.rightMirrored, "db", "ca"), (.left, "bd", "ac"),
    ])
    func orientationOfFourPixels(_ orientation: Orientation, _ top: String, _ bottom: String) {
        let stored: [[Character]] = [["a", "b"], ["c", "d"]]
        let size = Size(width: 2, height: 2)
        let map = orientation.upright(of: size)
        var upright: [[Character]] = [["?", "?"], ["?", "?"]]
        for y in 0..<2 {
            for x in 0..<2 {
                let column = map.originX + x * map.column.x + y * map.row.x
                let row = map.originY + x * map.column.y + y * map.row.y
                upright[row][column] = stored[y][x]
            }
        }
        #expect(upright == [Array(top), Array(bottom)])
    }

    @Test(arguments: Orientation.allCases) func storedRegionIsTheInverse(_ orientation: Orientation) {
        let size = Size(width: 30, height: 20)
        let map = orientation.upright(of: size)
        let part = Region(x: 3, y: 5, width: 4, height: 7)
        let stored = orientation.stored(part, of: size)
        #expect(Region(size).contains(stored))
        #expect(stored.width * stored.height == part.width * part.height)
        for y in stored.y..<stored.maxY {
            for x in stored.x..<stored.maxX {
                let column = map.originX + x * map.column.x + y * map.row.x
                let row = map.originY + x * map.column.y + y * map.row.y
                #expect(part.contains(Region(x: column, y: row, width: 1, height: 1)))
            }
        }
    }
}
