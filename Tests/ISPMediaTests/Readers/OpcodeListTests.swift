import ISPImaging
import ISPMedia
import Testing

@Suite struct OpcodeListTests {
    static let gains: [Float] = [1, 1.5, 2, 2.5, 3, 3.5]

    private func metadata(_ tag: UInt16, _ opcodes: [[UInt8]], cfa: [UInt8] = [0, 1, 1, 2], area: [Int]? = nil) throws
        -> FrameMetadata
    {
        try read(DNGBuilder(cfa: cfa, activeArea: area, raw: [.undefined(tag, Opcodes.list(opcodes))])).metadata
    }

    @Test(arguments: CameraFileReaderTests.orders)
    func fourMapsGoToTheirPhotosites(pattern: CFAPattern, codes: [UInt8]) throws {
        let maps = (0..<4).map { i in
            Opcodes.gainMap(top: UInt32(i / 2), left: UInt32(i % 2), gains: Self.gains.map { $0 + Float(i) })
        }
        let map = try #require(try metadata(51009, maps, cfa: codes).lensShading)
        for i in 0..<4 {
            let mesh = map.meshes[pattern.site(column: i % 2, row: i / 2).rawValue]
            #expect(mesh.gains == Self.gains.map { $0 + Float(i) })
            #expect(mesh.columns == 3 && mesh.rows == 2)
            #expect(mesh.spacingX == 0.5 && mesh.spacingY == 1)
        }
        #expect(map.fullFrame == Size(width: 64, height: 48))
        #expect(map.originX == 0 && map.originY == 0)
    }

    @Test func oneMapServesAllPhotosites() throws {
        let map = try #require(try metadata(51009, [Opcodes.gainMap(pitch: 1, gains: Self.gains)]).lensShading)
        #expect(map.meshes.allSatisfy { $0.gains == Self.gains })
    }

    @Test func positionsAreRelativeToTheActiveArea() throws {
        let map = try #require(
            try metadata(
                51009, [Opcodes.gainMap(bottom: 40, right: 60, pitch: 1, gains: Self.gains)], area: [4, 2, 44, 62]
            )
            .lensShading)
        #expect(map.fullFrame == Size(width: 60, height: 40))
    }

    @Test func ofTheThirdListOnlyPerSiteMapsCount() throws {
        let perSite = Opcodes.gainMap(gains: Self.gains)
        #expect(try metadata(51022, [perSite]).lensShading?.meshes[0].gains == Self.gains)
        #expect(try metadata(51022, [perSite]).lensShading?.meshes[3].gains == [1])
        let whole = try metadata(51022, [Opcodes.gainMap(pitch: 1, gains: Self.gains)])
        #expect(whole.lensShading == nil)
        #expect(whole.notes.contains { $0.contains("OpcodeList3: GainMap is not applied") })
    }

    @Test func unsuitableAndRepeatedMapsAreNoted() throws {
        let notes = try metadata(
            51009,
            [
                Opcodes.gainMap(pitch: 1, gains: Self.gains), Opcodes.gainMap(pitch: 1, gains: Self.gains),
                Opcodes.gainMap(bottom: 20, pitch: 1, gains: Self.gains), Opcodes.gainMap(pitch: 0, gains: Self.gains),
            ]
        ).notes
        #expect(notes.contains { $0.contains("gain map 2 repeats") })
        #expect(notes.contains { $0.contains("gain map 3 is not lens shading") })
        #expect(notes.contains { $0.contains("gain map 4 is not lens shading") })
    }

    @Test func defectsOfTheFirstListCountFromTheStoredCornerOfTheSecondFromTheActive() throws {
        let list = [
            Opcodes.badPixels(
                points: [(5, 7), (0, 0), (4_000_000_000, 1)], rectangles: [[6, 8, 8, 9], [9, 9, 8, 8]])
        ]
        #expect(
            try metadata(51008, list, area: [4, 2, 44, 62]).defects
                == [DefectLocation(x: 5, y: 1), DefectLocation(x: 6, y: 2), DefectLocation(x: 6, y: 3)])
        #expect(
            try metadata(51009, list, area: [4, 2, 44, 62]).defects
                == [
                    DefectLocation(x: 7, y: 5), DefectLocation(x: 0, y: 0), DefectLocation(x: 8, y: 6),
                    DefectLocation(x: 8, y: 7),
                ])
    }

    @Test func otherOpcodesAreNoted() throws {
        let notes = try metadata(
            51022, [Opcodes.opcode(2, [1, 2, 3]), Opcodes.opcode(77, optional: false, []), Opcodes.opcode(78, [])]
        ).notes
        #expect(notes.contains("OpcodeList3: WarpFisheye is not applied"))
        #expect(notes.contains("OpcodeList3: opcode 77 is not applied, though the file calls it mandatory"))
        #expect(notes.contains("OpcodeList3: opcode 78 is not applied"))
    }

    @Test func lensWarpsOfTheThirdListAreTaken() throws {
        let planes = [
            [1.002, -0.03, 0.01, 0, 0.001, -0.001], [1, -0.03, 0.01, 0, 0, 0], [0.998, -0.03, 0.01, 0, 0, 0],
        ]
        let warp = try #require(
            try metadata(51022, [Opcodes.warp(planes, center: (0.5, 0.45))], area: [4, 2, 44, 62]).lensWarp)
        #expect(warp.planes.map { $0.radial + $0.tangential } == planes)
        #expect(warp.centerX == 0.5 && warp.centerY == 0.45)
        // Before the demosaic it is none of ours.
        let early = try metadata(51009, [Opcodes.warp(planes)])
        #expect(early.lensWarp == nil && early.notes.contains("OpcodeList2: WarpRectilinear is not applied"))
    }

    @Test(arguments: [
        [-1.0, 0, 0, 0, 0, 0], [1, -2, 0, 0, 0, 0], [.nan, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, .infinity],
    ])
    func warpsThatFoldAreNotedAndTheRestIsTaken(_ plane: [Double]) throws {
        let found = try metadata(51022, [Opcodes.warp([plane]), Opcodes.gainMap(gains: Self.gains)])
        #expect(found.lensWarp == nil && found.lensShading != nil)
        #expect(found.notes.contains { $0.contains("WarpRectilinear is not applied: a lens table that folds") })
    }

    @Test func aDamagedListLeavesThePictureAlone() throws {
        let cut = Array(Opcodes.list([Opcodes.gainMap(gains: Self.gains)]).dropLast())
        let metadata = try read(DNGBuilder(raw: [.undefined(51009, cut)])).metadata
        #expect(metadata.lensShading == nil)
        #expect(metadata.notes.contains { $0.contains("OpcodeList2 is not applied") })
        let gain = try read(
            DNGBuilder(raw: [.undefined(51009, Opcodes.list([Opcodes.gainMap(gains: [1, 1, 1, 1, 1, .nan])]))])
        ).metadata
        #expect(gain.lensShading == nil)
        #expect(gain.notes.contains { $0.contains("OpcodeList2 is not applied") })
    }

    @Test func everyTruncationThrows() throws {
        let whole = Opcodes.list([
            Opcodes.gainMap(gains: Self.gains), Opcodes.badPixels(points: [(1, 2)], rectangles: [[1, 2, 3, 4]]),
            Opcodes.opcode(3, [1, 2, 3, 4]), Opcodes.warp([[1, 0, 0, 0, 0, 0]]),
        ])
        #expect(try OpcodeList(whole).opcodes.count == 4)
        for length in 0..<whole.count {
            let error = failure { () throws(ISPError) in try OpcodeList(Array(whole.prefix(length))) }
            #expect(error.kind == .damagedInput)
        }
    }

    @Test func absurdCountsThrow() {
        let many = big(UInt32.max) + Opcodes.opcode(3, [])
        let nodes = Opcodes.list([Opcodes.gainMap(rows: 60_000, columns: 60_000, gains: Self.gains)])
        let planes = Opcodes.list([Opcodes.gainMap(planes: .max, gains: Self.gains)])
        let points = Opcodes.list([Opcodes.opcode(5, big(UInt32(0)) + big(UInt32.max) + big(UInt32.max))])
        let warps = Opcodes.list([Opcodes.opcode(1, big(UInt32.max))])
        for bytes in [many, nodes, planes, points, warps] {
            #expect(failure { () throws(ISPError) in try OpcodeList(bytes) }.kind == .damagedInput)
        }
    }

    @Test func noiseProfiles() throws {
        func profile(_ values: [Double]) throws -> FrameMetadata {
            try read(DNGBuilder(raw: [.doubles(51041, values)])).metadata
        }
        #expect(
            try profile([1e-4, 1e-6, 2e-4, 2e-6, 3e-4, 3e-6]).noiseProfile
                == NoiseProfile(scale: [1e-4, 2e-4, 3e-4], offset: [1e-6, 2e-6, 3e-6]))
        #expect(try profile([1e-4, 0]).noiseProfile == NoiseProfile(scale: [1e-4], offset: [0]))
        for wrong in [[1e-4], [-1, 0], [.nan, 0], [1, 2, 3]] {
            let metadata = try profile(wrong)
            #expect(metadata.noiseProfile == nil)
            #expect(metadata.notes.contains { $0.contains("NoiseProfile") })
        }
    }
}
