// Promises that every demosaic algorithm keeps.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct DemosaicTests {
    /// Outlives the views that stages take from it.
    let workspace = Workspace()
    static let names = Demosaics.all.map { $0.descriptor.name }

    /// Demosaics an endless scene inside a region.
    func run(
        _ name: String, _ cfa: CFAPattern, _ region: Region, _ scene: (Int, Int) -> (Float, Float, Float)
    ) throws -> TestRGB {
        let algorithm = try Demosaics.named(name)
        let mosaic = TestPlane(region.expanded(by: type(of: algorithm).halo)) { x, y in
            let color = scene(x, y)
            return [color.0, color.1, color.2][cfa.site(column: x, row: y).plane]
        }
        let rgb = TestRGB(region)
        algorithm.apply(to: mosaic.view, cfa: cfa, into: rgb.view, workspace: workspace)
        return rgb
    }

    func expect(
        _ rgb: TestRGB, equals scene: (Int, Int) -> (Float, Float, Float), within tolerance: Float
    ) {
        var worst: Float = 0
        let region = rgb.view.region
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX {
                let color = scene(x, y)
                for (plane, value) in zip(rgb.view.planes, [color.0, color.1, color.2]) {
                    let difference = abs(plane[x, y] - value)
                    worst = difference <= worst ? worst : difference
                }
            }
        }
        #expect(worst <= tolerance)
    }

    @Test(arguments: names, CFAPattern.allCases) func flatFieldsAreExact(_ name: String, _ cfa: CFAPattern) throws {
        for color in [(0.2, 0.5, 0.3), (0, 0, 0), (1, 1, 1), (1.5, 0.01, -0.02)] as [(Float, Float, Float)] {
            let rgb = try run(name, cfa, Region(x: 1, y: 2, width: 19, height: 13)) { _, _ in color }
            expect(rgb, equals: { _, _ in color }, within: 1e-6)
        }
    }

    @Test(arguments: names, CFAPattern.allCases) func linearFieldsAreExact(_ name: String, _ cfa: CFAPattern) throws {
        let scene = { (x: Int, y: Int) -> (Float, Float, Float) in
            (
                0.2 + 0.004 * Float(x) - 0.002 * Float(y), 0.5 + 0.003 * Float(x) + 0.001 * Float(y),
                0.4 - 0.002 * Float(x) + 0.005 * Float(y)
            )
        }
        let rgb = try run(name, cfa, Region(x: 0, y: 0, width: 31, height: 17), scene)
        expect(rgb, equals: scene, within: 2e-5)
    }

    @Test(arguments: names, CFAPattern.allCases) func measuredSamplesAreKept(_ name: String, _ cfa: CFAPattern) throws {
        let noise = { (x: Int, y: Int) -> Float in
            var random = SeededGenerator(seed: UInt64(bitPattern: Int64(x * 1000 + y)))
            return Float.random(in: 0...1, using: &random)
        }
        let region = Region(x: 3, y: 4, width: 23, height: 15)
        let rgb = try run(name, cfa, region) { x, y in (noise(x, y), noise(x, y), noise(x, y)) }
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX {
                #expect(rgb.view.planes[cfa.site(column: x, row: y).plane][x, y] == noise(x, y))
            }
        }
    }

    /// The same scene under all four phases: the same algorithm sees a shifted mosaic, so the picture shifts with it.
    @Test(arguments: names) func phasesAgree(_ name: String) throws {
        let scene = { (x: Int, y: Int) -> (Float, Float, Float) in
            var random = SeededGenerator(seed: UInt64(bitPattern: Int64(x * 771 + y)))
            return (
                .random(in: 0...1, using: &random), .random(in: 0...1, using: &random),
                .random(in: 0...1, using: &random)
            )
        }
        let region = Region(x: 0, y: 0, width: 24, height: 16)
        let reference = try run(name, .rggb, region, scene)
        for cfa in CFAPattern.allCases {
            // Seen from a crop that starts at (dx, dy), an RGGB frame has the pattern `cfa`.
            let (dx, dy) = (cfa.redColumn, cfa.redRow)
            let part = Region(x: 0, y: 0, width: 22, height: 14)
            let rgb = try run(name, cfa, part) { x, y in scene(x + dx, y + dy) }
            for y in 0..<14 {
                for x in 0..<22 {
                    for (a, b) in zip(rgb.view.planes, reference.view.planes) { #expect(a[x, y] == b[x + dx, y + dy]) }
                }
            }
        }
    }

    /// Impulse responses of the paper's figure 2, in eighths.
    @Test func malvarFilters() throws {
        func response(_ site: (Int, Int), at x: Int, _ y: Int) throws -> [Float] {
            let algorithm = MalvarDemosaic()
            let mosaic = TestPlane(Region(x: -8, y: -8, width: 17, height: 17)) { $0 == site.0 && $1 == site.1 ? 8 : 0 }
            let rgb = TestRGB(Region(x: -6, y: -6, width: 13, height: 13))
            algorithm.apply(to: mosaic.view, cfa: .rggb, into: rgb.view, workspace: workspace)
            return rgb.view.planes.map { $0[x, y] }
        }
        // A red sample at (0, 0): what it gives to pixels around it.
        #expect(try response((0, 0), at: 0, 0) == [8, 4, 6])
        #expect(try response((0, 0), at: 1, 0) == [4, 0, 0])
        #expect(try response((0, 0), at: 2, 0) == [0, -1, -1.5])
        #expect(try response((0, 0), at: 1, 1) == [2, 0, 0])
        // A green sample in a red row at (1, 0).
        #expect(try response((1, 0), at: 1, 0) == [5, 8, 5])
        #expect(try response((1, 0), at: 3, 0) == [-1, 0, 0.5])
        #expect(try response((1, 0), at: 1, 2) == [0.5, 0, -1])
        #expect(try response((1, 0), at: 2, 1) == [-1, 0, -1])
    }

    @Test func unknownNameListsTheNames() {
        let error = #expect(throws: ISPError.self) { try Demosaics.named("vng") }
        #expect(error?.kind == .usage && error?.message.contains("malvar") == true)
    }
}
