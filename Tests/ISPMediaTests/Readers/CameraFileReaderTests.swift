import ISPImaging
import ISPMedia
import Testing

@Suite struct CameraFileReaderTests {
    static let orders: [(CFAPattern, [UInt8])] = [
        (.rggb, [0, 1, 1, 2]), (.grbg, [1, 0, 2, 1]), (.gbrg, [1, 2, 0, 1]), (.bggr, [2, 1, 1, 0]),
    ]

    @Test(arguments: orders)
    func everyPhase(pattern: CFAPattern, codes: [UInt8]) throws {
        let builder = DNGBuilder(cfa: codes)
        let frame = try read(builder)
        #expect(frame.format.cfa == pattern)
        let expected = (0..<48).flatMap { y in (0..<64).map { builder.sample($0, y) } }
        let isSame = samples(frame) == expected
        #expect(isSame)
    }

    @Test(arguments: orders, [(0, 0), (1, 0), (0, 1), (3, 5)])
    func theActiveAreaIsCutOutAndItsPhaseIsTheTagsOwn(order: (CFAPattern, [UInt8]), margin: (Int, Int)) throws {
        // CFAPattern describes the active area's corner (DNG 1.7, ActiveArea), so margins do not shift it.
        let builder = DNGBuilder(cfa: order.1, activeArea: [margin.1, margin.0, 45, 61])
        let frame = try read(builder)
        #expect(frame.format.cfa == order.0)
        #expect(frame.size == Size(width: 61 - margin.0, height: 45 - margin.1))
        let expected = (margin.1..<45).flatMap { y in (margin.0..<61).map { builder.sample($0, y) } }
        let isSame = samples(frame) == expected
        #expect(isSame)
    }

    @Test func anImageBehindAThumbnail() throws {
        let frame = try read(DNGBuilder(raw: [.doubles(51041, [1e-4, 1e-6])], inSubIFD: true))
        #expect(frame.size == Size(width: 64, height: 48))
        #expect(frame.metadata.noiseProfile == NoiseProfile(scale: [1e-4], offset: [1e-6]))
    }

    @Test func aMonochromeCamera() throws {
        let builder = DNGBuilder(photometric: 34892, activeArea: [1, 2, 47, 61])
        let frame = try read(builder)
        #expect(frame.format.layout == .mono && frame.format.name == "R12")
        #expect(frame.metadata.color == nil && frame.metadata.asShotGains == nil)
        #expect(frame.metadata.blackLevel == [64, 64, 64, 64] && frame.metadata.whiteLevel == 4000)
        let isSame = samples(frame) == (1..<47).flatMap { y in (2..<61).map { builder.sample($0, y) } }
        #expect(isSame)
    }

    // MARK: Levels and depth

    @Test(arguments: orders)
    func blackOfEveryPhotosite(pattern: CFAPattern, codes: [UInt8]) throws {
        let frame = try read(DNGBuilder(cfa: codes, black: [10, 20, 30, 40.5], blackRepeat: (2, 2)))
        var expected: [Float] = [0, 0, 0, 0]
        for (i, level) in [10, 20, 30, 40.5].enumerated() {
            expected[pattern.site(column: i % 2, row: i / 2).rawValue] = Float(level)
        }
        #expect(frame.metadata.blackLevel == expected)
    }

    @Test func blackStaysWithItsPhotositeWhereTheActiveAreaBeginsOdd() throws {
        let frame = try read(DNGBuilder(black: [10, 20, 30, 40], blackRepeat: (2, 2), activeArea: [5, 3, 45, 61]))
        #expect(frame.format.cfa == .rggb)
        #expect(frame.metadata.blackLevel == [10, 20, 30, 40])
    }

    @Test func commonBlackWithAFraction() throws {
        let frame = try read(DNGBuilder(black: [64.25]))
        #expect(frame.metadata.blackLevel == [64.25, 64.25, 64.25, 64.25])
    }

    @Test(arguments: [
        (1000, 1000, 10), (1000, 1023, 10), (1000, 1024, 12), (4095, 100, 12), (4096, 100, 14), (15000, 16383, 14),
        (15000, 16384, 16), (65535, 65535, 16),
    ])
    func depthHoldsWhiteAndEverySample(white: Int, largest: Int, bits: Int) throws {
        let frame = try read(DNGBuilder(sample: { x, y in x == 5 && y == 7 ? UInt16(largest) : 80 }, white: [white]))
        #expect(frame.format.bitsPerSample == bits)
        #expect(frame.metadata.whiteLevel == Float(white))
        #expect(samples(frame).max() == UInt16(largest))
    }

    @Test func eightBitSamples() throws {
        let frame = try read(DNGBuilder(bitsPerSample: 8, sample: { x, y in UInt16(x + y) }, black: [4], white: [255]))
        #expect(frame.format.name == "SRGGB10")
        #expect(samples(frame).max() == 110)
    }

    @Test func blackAboveWhiteIsDamage() {
        let error = failure { () throws(ISPError) in try read(DNGBuilder(black: [5000], white: [4000])) }
        #expect(error.kind == .damagedInput && error.message.contains("black"))
    }

    // MARK: Colour

    @Test func asShotBalance() throws {
        let frame = try read(DNGBuilder())
        let gains = try #require(frame.metadata.asShotGains)
        #expect(isClose([gains.red, gains.green, gains.blue], [2, 1, 1.6]))
    }

    @Test(arguments: [nil, [0, 1, 1], [1e-4, 1, 1]] as [[Double]?])
    func noUsableBalanceIsNilWithANote(neutral: [Double]?) throws {
        let frame = try read(DNGBuilder(asShotNeutral: neutral))
        #expect(frame.metadata.asShotGains == nil)
        #expect(frame.metadata.notes.contains { $0.contains("white balance") })
    }

    @Test func twoIlluminantsWithForwardMatrices() throws {
        let second = [0.8, -0.2, -0.1, -0.3, 1.1, 0.2, -0.1, 0.1, 0.6]
        let forward = [0.6, 0.3, 0.1, 0.2, 0.9, -0.1, 0.1, -0.2, 0.9]
        let frame = try read(
            DNGBuilder(common: [
                .rationals(50721, DNGBuilder.colorMatrix, signed: true), .rationals(50722, second, signed: true),
                .shorts(50778, 17), .shorts(50779, 21), .rationals(50964, forward, signed: true),
                .rationals(50965, forward.map { $0 * 0.5 }, signed: true),
                .rationals(50723, [1.1, 0, 0, 0, 1, 0, 0, 0, 0.9], signed: true),
                .rationals(50724, [1.2, 0, 0, 0, 1, 0, 0, 0, 0.8], signed: true), .rationals(50727, [1.5, 1, 1.25]),
                .rationals(50730, [0.75], signed: true),
            ]))
        let color = try #require(frame.metadata.color)
        #expect(color.calibrations.map(\.kelvin) == [2850, 6500])
        #expect(isClose(color.calibrations[0].colorMatrix.values, DNGBuilder.colorMatrix))
        #expect(isClose(color.calibrations[1].colorMatrix.values, second))
        #expect(isClose(try #require(color.calibrations[0].forwardMatrix).values, forward))
        #expect(isClose(try #require(color.calibrations[1].forwardMatrix).values, forward.map { $0 * 0.5 }))
        #expect(isClose(color.calibrations[0].cameraCalibration.values, [1.1, 0, 0, 0, 1, 0, 0, 0, 0.9]))
        #expect(isClose(color.calibrations[1].cameraCalibration.values, [1.2, 0, 0, 0, 1, 0, 0, 0, 0.8]))
        #expect(isClose(color.analogBalance.components, [1.5, 1, 1.25]))
        #expect(isClose([frame.metadata.baselineExposure], [0.75]))
        let gains = try #require(frame.metadata.asShotGains)
        #expect(isClose([gains.red, gains.blue], [2, 1.6]))
    }

    @Test func oneIlluminantWithoutForwardMatrix() throws {
        let color = try #require(try read(DNGBuilder()).metadata.color)
        #expect(color.calibrations.count == 1)
        #expect(color.calibrations[0].kelvin == 6500)
        #expect(color.calibrations[0].forwardMatrix == nil)
        #expect(color.calibrations[0].cameraCalibration == .identity)
        #expect(isClose(color.calibrations[0].colorMatrix.values, DNGBuilder.colorMatrix))
        #expect(isClose(color.analogBalance.components, [1, 1, 1]))
    }

    @Test func aCalibrationSignedForOtherMatricesIsNotUsed() throws {
        let frame = try read(
            DNGBuilder(common: [
                .rationals(50721, DNGBuilder.colorMatrix, signed: true), .shorts(50778, 21),
                .rationals(50723, [1.1, 0, 0, 0, 1, 0, 0, 0, 0.9], signed: true), .ascii(50931, "com.example"),
            ]))
        #expect(frame.metadata.color?.calibrations[0].cameraCalibration == .identity)
    }

    @Test func noColourMatrixIsNilWithANote() throws {
        let frame = try read(DNGBuilder(common: []))
        #expect(frame.metadata.color == nil)
        #expect(frame.metadata.notes.contains { $0.contains("colour matrix") })
    }

    // MARK: Geometry and capture

    @Test(arguments: 1...8, [false, true])
    func everyOrientation(value: Int, inSubIFD: Bool) throws {
        var builder = DNGBuilder(inSubIFD: inSubIFD)
        builder.common.append(.shorts(274, value))
        #expect(try read(builder).metadata.orientation.rawValue == value)
    }

    @Test func defaultCrop() throws {
        var builder = DNGBuilder(activeArea: [2, 4, 46, 60], raw: [.longs(50719, 2, 1), .longs(50720, 40, 30)])
        #expect(try read(builder).metadata.defaultCrop == Region(x: 2, y: 1, width: 40, height: 30))
        builder.raw = [.longs(50719, 2, 1), .longs(50720, 60, 30)]
        let outside = try read(builder).metadata
        #expect(outside.defaultCrop == nil && outside.notes.contains { $0.contains("default crop") })
        #expect(try read(DNGBuilder()).metadata.defaultCrop == nil)
    }

    @Test func captureFacts() throws {
        var builder = DNGBuilder()
        builder.exif = [
            .rationals(33434, [0.004]), .rationals(33437, [2.8]), .shorts(34855, 400), .rationals(37386, [35]),
            .ascii(36867, "2024:05:06 07:08:09"),
        ]
        let capture = try read(builder).metadata.capture
        #expect(capture.make == "Maker" && capture.model == "Model X")
        #expect(capture.iso == 400)
        #expect(
            isClose([capture.exposureTime ?? 0, capture.aperture ?? 0, capture.focalLength ?? 0], [0.004, 2.8, 35]))
        #expect(capture.dateTime == "2024:05:06 07:08:09")
    }

    // MARK: Refusals by name

    @Test(arguments: [
        (
            DNGBuilder(width: 96, height: 96, cfa: (0..<36).map { [1, 1, 0, 1, 1, 2][$0 % 6] }, cfaSize: (6, 6)),
            "X-Trans"
        ),
        (DNGBuilder(cfa: [0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2], cfaSize: (4, 4)), "Quad Bayer"),
        (DNGBuilder(cfa: (0..<36).map { [1, 1, 0, 1, 1, 2][$0 % 6] }, cfaSize: (2, 2)), "X-Trans"),
        (DNGBuilder(cfa: [0, 0, 0, 0, 1, 1, 1, 1], cfaSize: (2, 4)), "4x2"),
        (DNGBuilder(photometric: 34892, samplesPerPixel: 3), "linear DNG"),
        (DNGBuilder(photometric: 34892, samplesPerPixel: 3, inSubIFD: true), "linear DNG"),
        (DNGBuilder(bitsPerSample: 32, sampleFormat: 3), "floating-point"),
        (DNGBuilder(cfa: [4, 3, 1, 5], cfaPlaneColors: [3, 4, 5, 1]), "four-colour"),
        (DNGBuilder(raw: [.shorts(50711, 2)]), "staggered"),
    ])
    func unsupportedSensorsAreNamed(builder: DNGBuilder, name: String) {
        let error = failure { () throws(ISPError) in try read(builder) }
        #expect(error.kind == .unsupportedInput)
        #expect(error.message.contains(name))
    }

    // MARK: Damage

    @Test(arguments: [false, true])
    func aCutFileIsAnErrorOrItsSamplesAreWhole(inSubIFD: Bool) throws {
        // In these files the samples come first and the directories last.
        let builder = DNGBuilder(inSubIFD: inSubIFD)
        let whole = builder.bytes()
        let expected = samples(try read(builder))
        let directories = 8 + 2 * 64 * 48
        for length in Array(stride(from: 1, to: directories, by: 397)) + Array(directories..<whole.count) {
            do throws(ISPError) {
                let isWhole =
                    samples(try Readers.read(.bytes(name: "cut.dng", Array(whole.prefix(length))))) == expected
                #expect(isWhole && length > directories)
            } catch { #expect([.damagedInput, .unsupportedInput].contains(error.kind)) }
        }
    }

    @Test(arguments: [0, 1, 100, 3000, 6000])
    func missingSamplesAreDamage(kept: Int) {
        // The directories stay whole; the samples are said to lie where the file ends early.
        var builder = DNGBuilder()
        let whole = builder.bytes()
        builder.raw = [.longs(273, whole.count - kept)]
        var shifted = builder.bytes()
        shifted = Array(shifted.prefix(whole.count))
        let error = failure { () throws(ISPError) in try Readers.read(.bytes(name: "cut.dng", shifted)) }
        #expect(error.kind == .damagedInput)
        #expect(error.message.contains("truncated"))
    }

    @Test(arguments: [(65_535, 65_535), (60_000, 20_000), (4, 4), (70_000, 40), (0, 48)])
    func absurdSizesAreRefusedBeforeMemoryIsSpent(width: Int, height: Int) {
        var builder = DNGBuilder()
        builder.raw = [.longs(256, width), .longs(257, height)]
        let error = failure { () throws(ISPError) in try read(builder) }
        #expect([.damagedInput, .unsupportedInput, .resource].contains(error.kind))
    }

    @Test func anActiveAreaOutsideTheImageIsRefusedOrIgnored() {
        for area in [[0, 0, 480, 640], [40, 60, 48, 64], [47, 0, 48, 64], [10, 10, 5, 5]] {
            do throws(ISPError) {
                let frame = try read(DNGBuilder(activeArea: area))
                #expect(frame.size.width <= 64 && frame.size.height <= 48)
                _ = samples(frame)
            } catch { #expect([.damagedInput, .unsupportedInput].contains(error.kind)) }
        }
    }
}
