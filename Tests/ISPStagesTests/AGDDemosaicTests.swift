// The directional demosaic against its formulas, an independent implementation and noise.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct AGDDemosaicTests {
    /// Outlives the views that stages take from it.
    let workspace = Workspace()

    func run(_ cfa: CFAPattern, _ region: Region, _ mosaic: (Int, Int) -> Float) -> TestRGB {
        let plane = TestPlane(region.expanded(by: AGDDemosaic.halo), mosaic)
        let rgb = TestRGB(region)
        AGDDemosaic().apply(to: plane.view, cfa: cfa, into: rgb.view, workspace: workspace)
        return rgb
    }

    func uniform(_ x: Int, _ y: Int) -> Float {
        var random = SeededGenerator(seed: UInt64(bitPattern: Int64(x * 10_007 + y)))
        return Float.random(in: 0...1, using: &random)
    }

    @Test(arguments: CFAPattern.allCases) func followsTheFormulas(_ cfa: CFAPattern) {
        // Pure noise, smooth rings, and a checked cloth with noise.
        let scenes: [(Int, Int) -> Float] = [
            { uniform($0, $1) },
            { x, y in Float((x * x + y * y * 2) % 97) / 97 * (cfa.site(column: x, row: y).plane == 1 ? 0.6 : 0.9) },
            { x, y in ((x / 3 + y / 2) % 2 == 0 ? 0.7 : 0.2) + 0.02 * uniform(x, y) },
        ]
        for (index, scene) in scenes.enumerated() {
            let region = Region(x: index - 1, y: 5 - index, width: 19, height: 11)
            let rgb = run(cfa, region, scene)
            let oracle = AGDOracle(cfa) { Double(scene($0, $1)) }
            var worst = 0.0
            for y in region.y..<region.maxY {
                for x in region.x..<region.maxX {
                    for (plane, view) in rgb.view.planes.enumerated() {
                        let difference = abs(Double(view[x, y]) - oracle.value(plane, x, y))
                        worst = difference <= worst ? worst : difference
                    }
                }
            }
            #expect(worst <= 2e-6, "scene \(index)")
        }
    }

    @Test func agreesWithTheReference() {
        let region = Region(x: 6, y: 6, width: 12, height: 12)
        let rgb = run(.grbg, region) { agdMosaic[mirrored($1, count: 24) * 24 + mirrored($0, count: 24)] / 1024 }
        for (i, expected) in agdPicture.enumerated() {
            let (pixel, plane) = (i / 3, i % 3)
            let value = rgb.view.planes[plane][6 + pixel % 12, 6 + pixel / 12]
            #expect(abs(value - expected) <= 3e-6)
        }
    }

    /// The noise of a grey wall does not grow, in any colour, and its mean stays.
    @Test func noiseIsNotAmplified() {
        let (level, spread): (Float, Float) = (0.4, 0.05)
        let region = Region(x: 0, y: 0, width: 128, height: 96)
        let rgb = run(.rggb, region) { level + (uniform($0, $1) - 0.5) * spread }
        let inputVariance = Double(spread * spread) / 12
        for view in rgb.view.planes {
            let values = (0..<region.height).flatMap { y in (0..<region.width).map { Double(view[$0, y] - level) } }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            #expect(abs(mean) < 0.001)
            #expect(variance < inputVariance)
            #expect(values.allSatisfy { abs($0) < Double(spread) })
        }
    }

    /// Extreme samples stay numbers: black, negative noise, highlights far above 1.
    @Test func extremesStayFinite() {
        for scale in [0, 1e-6, 1, 5000] as [Float] {
            let rgb = run(.bggr, Region(x: 0, y: 0, width: 40, height: 20)) { (uniform($0, $1) - 0.1) * scale }
            for view in rgb.view.planes {
                for y in 0..<20 { for x in 0..<40 { #expect(view[x, y].magnitude <= 3 * scale) } }
            }
        }
    }
}
