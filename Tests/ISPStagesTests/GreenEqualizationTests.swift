import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct GreenEqualizationTests {
    let workspace = Workspace()
    let region = Region(x: 0, y: 0, width: 24, height: 20)

    @Test(arguments: CFAPattern.allCases) func aMazeGoesAndBrightnessStays(_ cfa: CFAPattern) throws {
        let stage = try #require(try GreenEqualization(threshold: 0.1))
        func scene(_ x: Int, _ y: Int) -> Float {
            switch cfa.site(column: x, row: y) {
            case .red: 0.3
            case .greenInRed: 0.42
            case .greenInBlue: 0.40
            case .blue: 0.2
            }
        }
        let result = stage.apply(to: TestPlane(region, scene).view, cfa: cfa, workspace: workspace)
        for y in 2..<18 {
            for x in 2..<22 {
                let expected = cfa.site(column: x, row: y).plane == 1 ? 0.41 : scene(x, y)
                #expect(abs(result[x, y] - expected) < 1e-6)
            }
        }
    }

    @Test func detailIsLeftAlone() throws {
        let stage = try #require(try GreenEqualization(threshold: 0.05))
        // A checkerboard of single photosites is detail, however regular.
        let board = TestPlane(region) { x, y in (x + y) & 1 == 0 ? 0.7 : y & 1 == 0 ? 0.6 : 0.2 }
        let edge = TestPlane(region) { x, _ in x < 11 ? 0.1 : 0.6 }
        for plane in [board.view, edge.view] {
            let result = stage.apply(to: plane, cfa: .rggb, workspace: workspace)
            var same = true
            for y in 2..<18 { for x in 2..<22 { same = same && abs(result[x, y] - plane[x, y]) < 1e-6 } }
            #expect(same)
        }
    }

    @Test func offIsNoStageAndRangesAreChecked() throws {
        #expect(try GreenEqualization(threshold: 0) == nil)
        #expect(throws: ISPError.self) { try GreenEqualization(threshold: 0.6) }
    }
}
