// Binning: where the photosites of a smaller mosaic stand, what they are made of, and how much noise is left.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct BinningTests {
    /// Outlives the views that the stage takes from it.
    let workspace = Workspace()
    static let amounts = [Binning.Amount.half, .quarter]
    static let patterns = CFAPattern.allCases + [nil]
    static let frame = Size(width: 128, height: 96)

    /// A mosaic of a function, binned.
    func binned(
        _ amount: Binning.Amount, _ part: Region, _ cfa: CFAPattern?, _ sample: (_ x: Int, _ y: Int) -> Float
    ) throws -> PlaneView<Float> {
        let stage = try #require(try Binning(amount, of: Self.frame))
        // Nothing but the source may be looked at: around it there is none.
        let mosaic = TestPlane(stage.source(of: part, cfa: cfa), sample)
        return stage.apply(to: mosaic.view, part, cfa: cfa, workspace: workspace)
    }

    /// What is straight stays straight and does not move: a binned photosite is in the middle of the photosites whose place it
    /// takes, exactly.
    @Test(arguments: amounts, patterns) func rampsStayWhereTheyAre(_ amount: Binning.Amount, _ cfa: CFAPattern?) throws
    {
        let part = Region(x: -7, y: -5, width: 31, height: 22)
        let result = try binned(amount, part, cfa) { x, y in Float(1000 + 3 * x + 16 * y) }
        let factor = amount == .half ? 2 : 4
        let middle = Float(factor - 1) / 2
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX {
                let expected = 1000 + 3 * (Float(factor * x) + middle) + 16 * (Float(factor * y) + middle)
                #expect(result[x, y] == expected, "\(x) \(y)")
            }
        }
    }

    /// Every photosite is made of its own colour, and what is the same everywhere stays the same to the last bit.
    @Test(arguments: amounts, CFAPattern.allCases) func coloursStayWhatTheyAre(
        _ amount: Binning.Amount, _ cfa: CFAPattern
    ) throws {
        let colors: [Float] = [0.1, 0.7, 1 / 3, 0.9]
        let part = Region(x: -4, y: -3, width: 19, height: 18)
        let result = try binned(amount, part, cfa) { x, y in colors[cfa.site(column: x, row: y).rawValue] }
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX {
                #expect(result[x, y] == colors[cfa.site(column: x, row: y).rawValue], "\(x) \(y)")
            }
        }
    }

    /// No photosite has a part in two binned ones, so noise stays independent; the squares of the parts add up to what is
    /// left of its variance.
    @Test(arguments: amounts, [CFAPattern.grbg, nil]) func noiseIsWhatIsSaid(
        _ amount: Binning.Amount, _ cfa: CFAPattern?
    ) throws {
        let stage = try #require(try Binning(amount, of: Self.frame))
        let part = Region(x: 4, y: 6, width: 2, height: 2)
        let source = stage.source(of: part, cfa: cfa)
        var squares = [Float](repeating: 0, count: 4)
        for y in source.y..<source.maxY {
            for x in source.x..<source.maxX {
                let result = try binned(amount, part, cfa) { $0 == x && $1 == y ? 1 : 0 }
                let shares = (0..<4).map { result[part.x + $0 % 2, part.y + $0 / 2] }
                #expect(shares.count { $0 != 0 } <= 1, "\(x) \(y)")
                for i in 0..<4 { squares[i] += shares[i] * shares[i] }
            }
        }
        let once = cfa == nil ? 0.25 : 100.0 / 256
        let left = amount == .half ? once : once * once
        #expect(squares.allSatisfy { Double($0) == left })
        let profile = stage.left(of: NoiseProfile(scale: [0.5], offset: [0.25, 0.5, 1]), cfa: cfa)
        #expect(profile == NoiseProfile(scale: [0.5 * left], offset: [0.25 * left, 0.5 * left, left]))
    }

    /// Of noise that was drawn as much is left.
    @Test(arguments: amounts) func noiseThatWasMeasured(_ amount: Binning.Amount) throws {
        var random = SeededGenerator(seed: 4)
        let part = Region(x: 0, y: 0, width: 128, height: 128)
        let result = try binned(amount, part, .bggr) { _, _ in Float.random(in: -1...1, using: &random) }
        var sum: Float = 0
        for y in 0..<128 { for x in 0..<128 { sum += result[x, y] * result[x, y] } }
        let left: Float = amount == .half ? 100.0 / 256 : 10_000.0 / 65_536
        #expect(abs(sum / (128 * 128) * 3 / left - 1) < 0.05)
    }

    @Test(arguments: amounts, patterns) func aPartIsPartOfTheWhole(_ amount: Binning.Amount, _ cfa: CFAPattern?) throws
    {
        func sample(_ x: Int, _ y: Int) -> Float { Float((x * 31 + y * 57) & 255) / 255 }
        let whole = try binned(amount, Region(x: -6, y: -6, width: 40, height: 40), cfa, sample)
        for part in [Region(x: -5, y: 0, width: 1, height: 3), Region(x: 3, y: 7, width: 12, height: 9)] {
            let result = try binned(amount, part, cfa, sample)
            for y in part.y..<part.maxY {
                for x in part.x..<part.maxX { #expect(result[x, y] == whole[x, y], "\(x) \(y)") }
            }
        }
    }

    @Test func sizesAndParts() throws {
        let frame = Size(width: 131, height: 94)
        let half = try #require(try Binning(.half, of: frame))
        let quarter = try #require(try Binning(.quarter, of: frame))
        #expect(half.size(of: frame) == Size(width: 65, height: 47))
        #expect(quarter.size(of: frame) == Size(width: 32, height: 23))
        #expect(half.part(for: Region(frame), of: frame) == Region(x: 0, y: 0, width: 65, height: 47))
        let crop = Region(x: 11, y: 6, width: 31, height: 20)
        #expect(half.part(for: crop, of: frame) == Region(x: 5, y: 3, width: 15, height: 10))
        #expect(quarter.part(for: crop, of: frame) == Region(x: 2, y: 1, width: 7, height: 5))
        #expect(
            quarter.covered(by: Region(x: 2, y: 1, width: 7, height: 5)) == Region(x: 8, y: 4, width: 28, height: 20))
        // A single pixel, in what is left over at the edge.
        let corner = Region(x: 130, y: 93, width: 1, height: 1)
        #expect(quarter.part(for: corner, of: frame) == Region(x: 31, y: 22, width: 1, height: 1))
        #expect(try Binning(.off, of: Size(width: 16, height: 16)) == nil)
    }

    @Test func framesThatAreTooSmallAreRefused() throws {
        #expect(try Binning(.half, of: Size(width: 32, height: 33)) != nil)
        #expect(try Binning(.quarter, of: Size(width: 64, height: 64)) != nil)
        for (amount, size, least) in [
            (Binning.Amount.half, Size(width: 31, height: 100), "32x32"),
            (.quarter, Size(width: 80, height: 63), "64x64"),
        ] {
            let error = #expect(throws: ISPError.self) { try Binning(amount, of: size) }
            #expect(error?.kind == .usage && error?.message.contains(least) == true)
        }
    }

    /// Shading and local tone are found where the binned photosite is.
    @Test(arguments: amounts) func whatDependsOnThePlaceFindsIt(_ amount: Binning.Amount) throws {
        let stage = try #require(try Binning(amount, of: Self.frame))
        let (factor, size) = (stage.factor, stage.size(of: Self.frame))
        let mesh = try LensShadingMap.Mesh(
            columns: 3, rows: 2, spacingX: 0.5, spacingY: 1, gains: [1, 2, 3, 5, 4, 2])
        let map = LensShadingMap(
            meshes: Array(repeating: mesh, count: 4), fullFrame: Size(width: 150, height: 110), originX: 7, originY: 5)
        // Between the nodes gains are straight, so those of the photosites around a binned one's centre have its gain as mean.
        let full = TestPlane(Region(Self.frame)) { _, _ in 1 }
        LensShading(map: map).apply(to: full.view, cfa: .rggb, frame: Self.frame)
        let few = TestPlane(Region(size)) { _, _ in 1 }
        LensShading(map: map, binning: stage).apply(to: few.view, cfa: .rggb, frame: size)
        let cells = (0..<48).map { 0.01 * Float($0 + 1) }
        let region = Region(Self.frame)
        let (tone, fewTone) = (
            try #require(
                try LocalTone(map: ToneMap(luminances: cells, columns: 8, region: region), strength: 1)),
            try #require(
                try LocalTone(
                    map: ToneMap(luminances: cells, columns: 8, region: region, binning: stage), strength: 1))
        )
        let (lit, fewLit) = (
            TestRGB(region) { _, _ in (0.2, 0.2, 0.2) }, TestRGB(Region(size)) { _, _ in (0.2, 0.2, 0.2) }
        )
        tone.apply(to: lit.view)
        fewTone.apply(to: fewLit.view)
        func mean(_ plane: PlaneView<Float>, _ x: Int, _ y: Int) -> Float {
            var sum: Float = 0
            for dy in 0..<factor { for dx in 0..<factor { sum += plane[factor * x + dx, factor * y + dy] } }
            return sum / Float(factor * factor)
        }
        for y in 0..<size.height {
            for x in 0..<size.width {
                // A node within the block bends what is straight by a little.
                #expect(abs(few.view[x, y] - mean(full.view, x, y)) < 0.02, "\(x) \(y)")
                #expect(abs(fewLit.view.red[x, y] - mean(lit.view.red, x, y)) < 5e-4, "\(x) \(y)")
            }
        }
    }
}
