// Scaling, lens correction and local tone.

import Foundation
import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct GeometryStageTests {
    let workspace = Workspace()

    func scaled(_ scale: Scale, _ value: (Int, Int) -> Float) -> PlaneView<Float> {
        let part = Region(scale.size)
        return scale.apply(to: TestPlane(scale.source(of: part), value).view, part: part, workspace: workspace)
    }

    @Test(
        arguments: Scale.Filter.allCases,
        [Size(width: 7, height: 31), Size(width: 60, height: 22), Size(width: 1, height: 1)])
    func aFlatPictureStaysFlat(_ filter: Scale.Filter, _ size: Size) throws {
        let scale = try Scale(crop: Region(x: 3, y: 1, width: 20, height: 25), to: size, filter: filter)
        let result = scaled(scale) { _, _ in 0.37 }
        for y in 0..<size.height { for x in 0..<size.width { #expect(abs(result[x, y] - 0.37) < 1e-6) } }
    }

    @Test func halfSizeByAreaIsTheMeanOfFour() throws {
        let scale = try Scale(
            crop: Region(x: 4, y: 2, width: 20, height: 12), to: Size(width: 10, height: 6), filter: .area)
        func value(_ x: Int, _ y: Int) -> Float { Float((x * 7 + y * 13) % 11) / 11 }
        let result = scaled(scale, value)
        for y in 0..<6 {
            for x in 0..<10 {
                let (u, v) = (4 + 2 * x, 2 + 2 * y)
                let mean = (value(u, v) + value(u + 1, v) + value(u, v + 1) + value(u + 1, v + 1)) / 4
                #expect(abs(result[x, y] - mean) < 1e-6)
            }
        }
    }

    /// A sine well below both Nyquist limits comes through Lanczos at its place; one above the new limit goes.
    @Test(arguments: [30, 44, 90, 150]) func lanczosKeepsWhatFitsAndDropsWhatDoesNot(_ width: Int) throws {
        let scale = try Scale(
            crop: Region(x: 0, y: 0, width: 60, height: 4), to: Size(width: width, height: 4), filter: .lanczos)
        let step = 60.0 / Double(width)
        let slow = scaled(scale) { x, _ in Float(cos(2 * .pi * Double(x) * 0.08)) }
        for x in (width / 5)..<(width * 4 / 5) {
            let place = (Double(x) + 0.5) * step - 0.5
            #expect(abs(Double(slow[x, 1]) - cos(2 * .pi * place * 0.08)) < 0.03)
        }
        if step > 1.3 {
            let fast = scaled(scale) { x, _ in x & 1 == 0 ? 1 : -1 }
            for x in (width / 5)..<(width * 4 / 5) { #expect(abs(fast[x, 1]) < 0.07) }
        }
    }

    @Test func absurdSizesAreRefused() {
        let crop = Region(x: 0, y: 0, width: 10, height: 10)
        for size in [Size(width: 0, height: 5), Size(width: 5, height: 70_000)] {
            #expect(throws: ISPError.self) { try Scale(crop: crop, to: size, filter: .area) }
        }
    }

    func corrected(_ warp: LensWarp, _ frame: Size, _ value: (Int, Int) -> Float) -> RGBView<Float> {
        let stage = LensCorrection(warp: warp, frame: frame)
        let source = TestRGB(stage.source(of: Region(frame))) { x, y in
            let v = value(x, y)
            return (v, v, v)
        }.view
        let target = TestRGB(Region(frame)).view
        stage.apply(to: source, into: target)
        return target
    }

    @Test func aLensWithoutFaultsChangesNothing() throws {
        let frame = Size(width: 33, height: 24)
        let warp = try LensWarp(planes: [.init(radial: [1, 0, 0, 0])])
        let result = corrected(warp, frame) { x, y in Float((x * 5 + y * 3) % 7) }
        for plane in result.planes {
            for y in 0..<24 { for x in 0..<33 { #expect(abs(plane[x, y] - Float((x * 5 + y * 3) % 7)) < 1e-4) } }
        }
    }

    /// Cubic convolution is exact on ramps, so a ramp shows the coordinates the table asks for.
    @Test func eachColorIsTakenFromWhereTheLensPutIt() throws {
        let frame = Size(width: 61, height: 41)
        let planes: [LensWarp.Plane] = [
            .init(radial: [0.98, 0, 0, 0]), .init(radial: [1, -0.05, 0.02, 0]),
            .init(radial: [1, 0, 0, 0], tangential: [0.01, -0.02]),
        ]
        let warp = try LensWarp(planes: planes, centerX: 0.5, centerY: 0.5)
        let ramp = corrected(warp, frame) { x, _ in Float(x) }
        let rampY = corrected(warp, frame) { _, y in Float(y) }
        // From the specification: coordinates relative to the centre, in units of the distance to the farthest corner.
        let longest = (30.0 * 30 + 20 * 20).squareRoot()
        for y in 0..<41 {
            for x in 0..<61 {
                let (dx, dy) = ((Double(x) - 30) / longest, (Double(y) - 20) / longest)
                let r2 = dx * dx + dy * dy
                let expected = [
                    (0.98 * dx, 0.98 * dy),
                    ((1 - 0.05 * r2 + 0.02 * r2 * r2) * dx, (1 - 0.05 * r2 + 0.02 * r2 * r2) * dy),
                    (
                        dx + 0.01 * 2 * dx * dy - 0.02 * (r2 + 2 * dx * dx),
                        dy - 0.02 * 2 * dx * dy + 0.01 * (r2 + 2 * dy * dy)
                    ),
                ]
                for c in 0..<3 {
                    #expect(abs(Double(ramp.planes[c][x, y]) - (30 + longest * expected[c].0)) < 1e-3)
                    #expect(abs(Double(rampY.planes[c][x, y]) - (20 + longest * expected[c].1)) < 1e-3)
                }
            }
        }
    }

    @Test(arguments: [[0.2, 0, 0, 0], [1, -1, 0, 0], [1, 0, 0, .nan], [1, 0, 0]]) func tablesThatFoldAreRefused(
        _ radial: [Double]
    ) {
        #expect(throws: ISPError.self) { try LensWarp(planes: [.init(radial: radial)]) }
        #expect(throws: ISPError.self) { try LensWarp(planes: []) }
    }

    @Test func localToneBringsAreasTogetherAndKeepsDetail() throws {
        let region = Region(x: 0, y: 0, width: 128, height: 64)
        // The left half is four stops below the right one.
        let cells = (0..<(32 * 16)).map { $0 % 32 < 16 ? Float(0.04) : 0.64 }
        let map = ToneMap(luminances: cells, columns: 32, region: region)
        let stage = try #require(try LocalTone(map: map, strength: 1))
        func light(_ x: Int, _ y: Int) -> Float { (x < 64 ? 0.04 : 0.64) * ((x + y) & 1 == 0 ? 1.2 : 0.8) }
        let rgb = TestRGB(region) { x, y in (light(x, y), light(x, y) * 0.9, light(x, y) * 1.1) }.view
        stage.apply(to: rgb)
        let (dark, bright) = (rgb.red[20, 30] + rgb.red[21, 30], rgb.red[100, 30] + rgb.red[101, 30])
        #expect(dark > 0.1 && bright < 1.1 && bright / dark < 10 && bright > dark)
        for x in [20, 100] {
            // Neighbouring pixels keep more of their ratio of 1.5 than the areas do, and colours keep theirs.
            #expect(rgb.red[x, 30] / rgb.red[x + 1, 30] > 1.35)
            #expect(abs(rgb.blue[x, 30] / rgb.green[x, 30] - 1.1 / 0.9) < 1e-4)
        }
        #expect(try LocalTone(map: map, strength: 0) == nil)
        #expect(throws: ISPError.self) { try LocalTone(map: map, strength: 2) }
    }
}
