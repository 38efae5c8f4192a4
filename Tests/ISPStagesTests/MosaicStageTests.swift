// The stages before demosaic, against cases worked by hand.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct MosaicStageTests {
    /// Outlives the views that stages take from it.
    let workspace = Workspace()
    let region = Region(x: -3, y: -5, width: 21, height: 27)
    let size = Size(width: 16, height: 18)

    @Test(arguments: CFAPattern.allCases + [nil]) func unpackMirrorsOutsideTheFrame(_ cfa: CFAPattern?) throws {
        let frame = try randomFrame(cfa, width: 16, height: 18, seed: 3)
        let plane = TestPlane(region) { _, _ in .nan }
        Unpack().load(frame, into: plane.view, workspace: workspace)
        for y in 0..<18 {
            var row = [UInt16](repeating: 0, count: 16)
            row.withUnsafeMutableBufferPointer { frame.unpackRow(y, columns: 0..<16, into: $0.baseAddress!) }
            for x in 0..<16 { #expect(plane.view[x, y] == Float(row[x])) }
        }
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX {
                #expect(plane.view[x, y] == plane.view[mirrored(x, count: 16), mirrored(y, count: 18)])
            }
        }
    }

    @Test func linearise() throws {
        let plane = TestPlane(Region(x: 0, y: 0, width: 4, height: 1)) { x, _ in [0, 1, 2, 900][x] }
        try Linearise(table: [0, 100, 400]).apply(to: plane.view)
        #expect((0..<4).map { plane.view[$0, 0] } == [0, 100, 400, 400])
        #expect(throws: ISPError.self) { try Linearise(table: [1]) }
    }

    @Test(arguments: CFAPattern.allCases) func blackLevelPerSite(_ cfa: CFAPattern) throws {
        let black: [Float] = [64, 65, 66, 68]
        let plane = TestPlane(region) { x, y in black[cfa.site(column: x, row: y).rawValue] + 100 }
        try BlackLevel(black: black, white: 1023).apply(to: plane.view, cfa: cfa)
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX {
                let expected = 100 / (1023 - black[cfa.site(column: x, row: y).rawValue])
                #expect(abs(plane.view[x, y] - expected) < 1e-6)
            }
        }
    }

    @Test func darkNoiseStaysNegative() throws {
        let plane = TestPlane(Region(x: 0, y: 0, width: 2, height: 1)) { x, _ in [60, 68][x] }
        try BlackLevel(black: [64, 64, 64, 64], white: 1023).apply(to: plane.view, cfa: .rggb)
        #expect(plane.view[0, 0] == -plane.view[1, 0])
    }

    @Test func impossibleLevelsAreRefused() {
        #expect(throws: ISPError.self) { try BlackLevel(black: [0, 0, 0, 1023], white: 1023) }
        #expect(throws: ISPError.self) { try BlackLevel(black: [0, 0, 0, .nan], white: 1023) }
        #expect(throws: ISPError.self) { try BlackLevel(black: [0], white: 1023) }
    }

    @Test(arguments: CFAPattern.allCases) func whiteBalancePerColor(_ cfa: CFAPattern) throws {
        let plane = TestPlane(region) { _, _ in 0.25 }
        let stage = try WhiteBalance(gains: WhiteBalanceGains(red: 2, green: 1, blue: 1.5), digitalGain: 2)
        stage.apply(to: plane.view, cfa: cfa)
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX {
                #expect(plane.view[x, y] == [1, 0.5, 0.75][cfa.site(column: x, row: y).plane])
            }
        }
        #expect(throws: ISPError.self) { try WhiteBalance(gains: .unity, digitalGain: 300) }
        #expect(throws: ISPError.self) { try WhiteBalance(gains: .unity, digitalGain: .nan) }
    }

    // MARK: Lens shading

    func map(_ gains: [[Float]], columns: Int, rows: Int, full: Size, x: Int = 0, y: Int = 0) throws -> LensShadingMap {
        LensShadingMap(
            meshes: try gains.map {
                try .init(
                    columns: columns, rows: rows, spacingX: 1 / Double(max(columns - 1, 1)),
                    spacingY: 1 / Double(max(rows - 1, 1)), gains: $0)
            }, fullFrame: full, originX: x, originY: y)
    }

    @Test(arguments: CFAPattern.allCases) func shadingIsBilinearAndPerSite(_ cfa: CFAPattern) throws {
        let corners: [Float] = [1, 2, 3, 5]
        let map = try map((1...4).map { k in corners.map { $0 * Float(k) } }, columns: 2, rows: 2, full: size)
        let plane = TestPlane(Region(size)) { _, _ in 1 }
        LensShading(map: map).apply(to: plane.view, cfa: cfa, frame: size)
        for y in 0..<18 {
            for x in 0..<16 {
                let (u, v) = ((Float(x) + 0.5) / 16, (Float(y) + 0.5) / 18)
                let gain = (1 * (1 - u) + 2 * u) * (1 - v) + (3 * (1 - u) + 5 * u) * v
                let site = Float(cfa.site(column: x, row: y).rawValue + 1)
                #expect(abs(plane.view[x, y] - gain * site) < 1e-4)
            }
        }
    }

    @Test func aCropFindsItsPartOfTheMesh() throws {
        let full = Size(width: 40, height: 30)
        let whole = try map(Array(repeating: [1, 2, 3, 5, 4, 2], count: 4), columns: 3, rows: 2, full: full)
        let big = TestPlane(Region(full)) { _, _ in 1 }
        LensShading(map: whole).apply(to: big.view, cfa: .rggb, frame: full)
        let small = TestPlane(Region(size)) { _, _ in 1 }
        LensShading(map: whole.cropped(x: 7, y: 5)).apply(to: small.view, cfa: .rggb, frame: size)
        for y in 0..<18 { for x in 0..<16 { #expect(small.view[x, y] == big.view[x + 7, y + 5]) } }
    }

    // MARK: Highlights

    /// A grey ramp that saturates channel after channel: it must stay grey to the end.
    @Test(arguments: [Highlights.Method.clip, .blend], CFAPattern.allCases)
    func saturatedGreyStaysGrey(_ method: Highlights.Method, _ cfa: CFAPattern) throws {
        let gains = try WhiteBalanceGains(red: 2.2, green: 1, blue: 1.6)
        let stage = Highlights(method, saturation: gains.perSite)
        let region = Region(x: -2, y: -2, width: 80, height: 12)
        let plane = TestPlane(region) { x, y in
            min(Float(x) * 0.04, gains.perSite[cfa.site(column: x, row: y).rawValue])
        }
        let result = stage.apply(to: plane.view, cfa: cfa, workspace: workspace)
        for y in 2..<8 {
            for x in 2..<74 {
                #expect(abs(result[x, y] - min(Float(x) * 0.04, stage.ceiling)) < 0.06, "\(x) \(y)")
            }
            for x in 66..<74 { #expect(result[x, y] == stage.ceiling) }
        }
    }

    /// Files whose samples pile up below the stated white level must not turn magenta either.
    @Test(arguments: CFAPattern.allCases) func earlySaturationStaysGrey(_ cfa: CFAPattern) throws {
        let gains = try WhiteBalanceGains(red: 1.9, green: 1, blue: 1.75)
        let stage = Highlights(.blend, saturation: gains.perSite)
        let piles: [Float] = [1.9, 0.95, 0.95, 0.955 * 1.75]
        let plane = TestPlane(region) { x, y in piles[cfa.site(column: x, row: y).rawValue] }
        let result = stage.apply(to: plane.view, cfa: cfa, workspace: workspace)
        for y in result.region.y..<result.region.maxY {
            for x in result.region.x..<result.region.maxX { #expect(result[x, y] == stage.ceiling) }
        }
    }

    /// A saturated red petal is no cast: green and blue stay what they are.
    @Test func saturatedColoursKeepTheirHue() throws {
        let stage = Highlights(.blend, saturation: [2, 1, 1, 1.5])
        let plane = TestPlane(region) { x, y in [2, 0.4, 0.4, 0.3][CFAPattern.rggb.site(column: x, row: y).rawValue] }
        let result = stage.apply(to: plane.view, cfa: .rggb, workspace: workspace)
        #expect(result[1, 0] == 0.4 && result[1, 1] == 0.3 && result[0, 0] == stage.ceiling)
    }

    /// Orange that saturates red and green: blue is low, so nothing speaks for more green than was measured.
    @Test func theEstimateIsTheLesserOfTheOtherColours() throws {
        let stage = Highlights(.blend, saturation: [2, 1, 1, 1.5])
        let plane = TestPlane(region) { x, y in [2, 0.98, 0.98, 0.5][CFAPattern.rggb.site(column: x, row: y).rawValue] }
        let result = stage.apply(to: plane.view, cfa: .rggb, workspace: workspace)
        #expect(result[1, 0] == 0.98 && result[1, 1] == 0.5)
    }

    @Test func blendKeepsMoreThanClip() throws {
        let saturation = try WhiteBalanceGains(red: 2.2, green: 1, blue: 1.6).perSite
        #expect(Highlights(.clip, saturation: saturation).ceiling == 0.95)
        #expect(Highlights(.blend, saturation: saturation).ceiling == Float(1.6) * 0.95)
        #expect(Highlights(.off, saturation: saturation).ceiling == 2.2)
    }

    @Test func unsaturatedSamplesAreUntouched() throws {
        let plane = TestPlane(region) { x, y in Float((x * 7 + y * 13) & 15) / 18 }
        let result = Highlights(.blend, saturation: [1, 1, 1, 1]).apply(
            to: plane.view, cfa: .gbrg, workspace: workspace)
        for y in result.region.y..<result.region.maxY {
            for x in result.region.x..<result.region.maxX { #expect(result[x, y] == plane.view[x, y]) }
        }
    }
}
