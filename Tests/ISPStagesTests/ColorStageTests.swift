// The stages after demosaic.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct ColorStageTests {
    let region = Region(x: 0, y: 0, width: 9, height: 3)

    @Test func matrixByHand() throws {
        let rgb = TestRGB(region) { _, _ in (0.5, 0.25, 1) }
        let matrix = try #require(Matrix3([2, -1, 0, 0, 1, 0.5, -0.5, 0, 1]))
        try ColorCorrection(matrix: matrix).apply(to: rgb.view)
        #expect(rgb.view.planes.map { $0[8, 2] } == [0.75, 0.75, 0.75])
        #expect(throws: ISPError.self) { try ColorCorrection(matrix: Matrix3.identity * .nan) }
    }

    @Test(arguments: TransferFunction.allCases) func tableFollowsTheFormula(_ function: TransferFunction) throws {
        let curve = try ToneCurve(.transfer, transfer: function)
        for i in 0...4096 {
            let v = Float(i) / 4096
            #expect(abs(curve(v) - Float(function.encode(Double(v)))) < 0.2 / 65_535 + 2e-5, "\(v)")
        }
        #expect(curve(-0.5) == 0 && curve(.nan) == 0)
        #expect(abs(curve(7) - 1) < 1e-6 && abs(curve(.infinity) - 1) < 1e-6)
    }

    @Test(arguments: [1, 2, 6.3, 50] as [Float]) func filmicKeepsGreyAndWhite(_ white: Float) throws {
        let curve = try ToneCurve(.filmic, transfer: .linear, white: white)
        #expect(abs(curve(0.18) - 0.18) < 1e-3)
        #expect(abs(curve(white) - 1) < 2e-4)
        #expect(curve(0) == 0)
        let values = (0...1000).map { curve(white * Float($0) / 1000) }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func aWhiteBelowOneIsDisplayWhite() throws {
        let curve = try ToneCurve(.filmic, transfer: .srgb, white: 0.95)
        #expect(abs(curve(0.95) - 1) < 1e-3)
    }

    @Test func filmicKeepsHighlightsApart() throws {
        let filmic = try ToneCurve(.filmic, transfer: .srgb, white: 4)
        let plain = try ToneCurve(.transfer, transfer: .srgb)
        #expect(filmic(2) - filmic(1.2) > 0.04)
        #expect(plain(2) == plain(1.2))
    }

    /// Brightness and saturation change, the hue does not: the middle channel keeps its place between the others.
    @Test(
        arguments: [(1.5, 0.3, 0.1), (0.1, 0.5, 2.5), (0.02, 0.9, 0.4), (0.3, 0.3, 0.05), (0.2, 0.2, 0.2)]
            as [(
                Float, Float, Float
            )]) func filmicKeepsTheHue(_ color: (Float, Float, Float)) throws
    {
        let curve = try ToneCurve(.filmic, transfer: .linear, white: 3)
        let rgb = TestRGB(Region(x: 0, y: 0, width: 11, height: 2)) { _, _ in color }.view
        curve.apply(to: rgb)
        let (before, after) = (
            [color.0, color.1, color.2], rgb.planes.map { $0[10, 1] }
        )
        let (low, high) = (before.min()!, before.max()!)
        #expect(abs(after.max()! - curve(high)) < 1e-3 && abs(after.min()! - curve(low)) < 1e-3)
        for (b, a) in zip(before, after) where high > low {
            let place = (a - after.min()!) / (after.max()! - after.min()!)
            #expect(abs(place - (b - low) / (high - low)) < 2e-3)
        }
        let outside = TestRGB(Region(x: 0, y: 0, width: 3, height: 1)) { x, _ in (-0.2, .nan, Float(x)) }.view
        curve.apply(to: outside)
        for plane in outside.planes { for x in 0..<3 { #expect(plane[x, 0] >= 0 && plane[x, 0] <= 1) } }
    }

    @Test func contrastOfGreyIsAppliedOnce() throws {
        let stage = try #require(try ContrastSaturation(contrast: 1.5, saturation: 1.3))
        let plane = TestPlane(region) { _, _ in 0.3 }.view
        stage.apply(to: plane)
        #expect(abs(plane[region.x, region.y] - stage.contrasted(0.3)) < 1e-6)
    }

    @Test func pointsAreMetAndNeverOvershot() throws {
        let points = [
            CurvePoint(x: 0, y: 0), CurvePoint(x: 0.2, y: 0.7), CurvePoint(x: 0.3, y: 0.7), CurvePoint(x: 1, y: 1),
        ]
        let curve = try ToneCurve(.points(points), transfer: .srgb)
        for point in points { #expect(abs(curve(Float(point.x)) - Float(point.y)) < 2e-3) }
        let values = (0...1000).map { curve(Float($0) / 1000) }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 + 1e-6 })
        #expect(values[250] <= 0.7001 && values.max()! <= 1)
        #expect(throws: ISPError.self) { try ToneCurve(.points([points[1], points[0]]), transfer: .srgb) }
        #expect(throws: ISPError.self) { try ToneCurve(.points([points[0]]), transfer: .srgb) }
        #expect(throws: ISPError.self) { try ToneCurve(.filmic, transfer: .srgb, contrast: 9) }
    }

    @Test func contrastKeepsBlackGreyAndWhite() throws {
        let stage = try #require(try ContrastSaturation(contrast: 1.5, saturation: 1))
        let rgb = TestRGB(region) { x, _ in
            let v: Float = [0, 0.2, 0.4613, 0.7, 1, 1.2, -0.1, 0.5, 0.9][x]
            return (v, v, v)
        }
        stage.apply(to: rgb.view)
        let row = (0..<9).map { rgb.view.green[$0, 1] }
        #expect(abs(row[0]) < 1e-4 && abs(row[2] - 0.4613) < 1e-3 && abs(row[4] - 1) < 1e-4)
        #expect(row[1] < 0.2 && row[3] > 0.7)
    }

    @Test func saturationMixesWithLuma() throws {
        let rgb = TestRGB(region) { _, _ in (0.8, 0.4, 0.2) }
        try #require(try ContrastSaturation(contrast: 1, saturation: 0)).apply(to: rgb.view)
        let luma: Float = 0.2126 * 0.8 + 0.7152 * 0.4 + 0.0722 * 0.2
        for plane in rgb.view.planes { #expect(abs(plane[4, 1] - luma) < 1e-6) }
        #expect(try ContrastSaturation(contrast: 1, saturation: 1) == nil)
        #expect(throws: ISPError.self) { try ContrastSaturation(contrast: 9, saturation: 1) }
    }
}
