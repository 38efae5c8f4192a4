// A real-time plan makes one picture of a frame, however the work is cut.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Testing

@Suite struct RealTimePlanTests {
    static let sizes = [(16, 16), (17, 19), (83, 57), (131, 70), (1030, 40)].map { Size(width: $0, height: $1) }
    static let rawFormats = PixelFormat.all.filter { $0.cfa != nil }
    static let pictureFormats = PixelFormat.all.filter { !$0.isRaw && $0.packing == .bytes }
    static let orientations = Orientation.allCases.filter { !$0.swapsAxes }
    static let raw12 = PixelFormat.raw(.grbg, bitsPerSample: 12, packing: .words)!

    /// Every stage that a plan has.
    static let everything = Look("everything") { pipeline, frame in
        pipeline.defectPixels = try DefectPixels(
            listed: [DefectLocation(x: 1, y: 1), DefectLocation(x: frame.size.width - 1, y: 3)], dynamic: true)
        pipeline.lensShading = try Look.shading(5, 4, frame)
        pipeline.colorCorrection = try ColorCorrection(matrix: Look.matrix)
        pipeline.toneCurve = try ToneCurve(.filmic, transfer: .srgb, white: 1.9)
        pipeline.contrastSaturation = try ContrastSaturation(contrast: 1.1, saturation: 1.2)
        pipeline.greenEqualization = try GreenEqualization(threshold: 0.05)
        let noise = DisplayNoise(luma: { _ in 0.01 }, chroma: { _ in 0.01 })
        pipeline.sharpen = try Sharpen(amount: 0.9, radius: 0.7, halo: 0.05, noise: noise)
        pipeline.blockChromaDenoise = try BlockChromaDenoise(strength: 1, noise: noise)
    }
    static let light = Look("light") { pipeline, _ in pipeline.demosaic = try Demosaics.named("bilinear") }

    static func plan(_ pipeline: Pipeline, _ frame: RawFrame, stripWidth: Int = 4096) throws -> RealTimePlan {
        try RealTimePlan(pipeline, format: frame.format, size: frame.size, stripWidth: stripWidth)
    }

    /// The picture made in one piece.
    static func whole(_ pipeline: Pipeline, _ frame: RawFrame) throws -> ImageBuffer {
        let image = try ImageBuffer(format: pipeline.pack.format, size: pipeline.pack.outputSize)
        try plan(pipeline, frame).develop(0..<image.size.height, of: frame, into: image, scratch: PlanScratch())
        return image
    }

    /// Expects the picture to be the same however it is cut.
    static func expectOnePicture(_ pipeline: Pipeline, _ frame: RawFrame, _ what: String) throws {
        let expected = try whole(pipeline, frame)
        let scratch = PlanScratch()
        for stripWidth in [64, 128, 1024] {
            let plan = try plan(pipeline, frame, stripWidth: stripWidth)
            for bands in [1, 2, 3, 7] {
                let image = try ImageBuffer(format: expected.format, size: expected.size)
                // Whatever no band writes would be seen.
                for i in image.bytes.indices { image.bytes[i] = 0xa5 }
                if pipeline.pack.format.samplesPerPixel == 4 {
                    image.bytes.initializeMemory(as: UInt8.self, repeating: 0)
                }
                for index in 0..<bands {
                    let band = Tiling.slice(index, of: bands, image.size)
                    plan.develop(band.y..<band.maxY, of: frame, into: image, scratch: scratch)
                }
                let isSame = haveSameBytes(image, expected)
                #expect(isSame, "\(what): strips of \(stripWidth), \(bands) bands")
            }
        }
    }

    @Test(arguments: sizes, pictureFormats) func stripsAndBandsChangeNothing(_ size: Size, _ format: PixelFormat) throws
    {
        let frame = try SyntheticFrames.frame(Self.raw12, size, damaged: true)
        for look in [Self.everything, Self.light] {
            try Self.expectOnePicture(look.pipeline(for: frame, format: format), frame, look.testDescription)
        }
    }

    @Test(arguments: orientations, pictureFormats)
    func norDoTheyWherePicturesAreTurnedAndCropped(_ orientation: Orientation, _ format: PixelFormat) throws {
        let frame = try SyntheticFrames.frame(Self.raw12, Size(width: 207, height: 45), damaged: true)
        for crop in [
            Region(frame.size), Region(x: 10, y: 4, width: 150, height: 30), Region(x: 7, y: 3, width: 151, height: 31),
            Region(x: 64, y: 0, width: 143, height: 45), Region(x: 129, y: 21, width: 1, height: 1),
        ] {
            let pipeline = try Self.everything.pipeline(
                for: frame, format: format, shown: crop, orientation: orientation)
            try Self.expectOnePicture(pipeline, frame, "\(crop)")
        }
    }

    /// A crop is part of the whole, a turned picture the picture turned. Subsampled chroma is left out: it is shared by other
    /// pixels where the corner is odd.
    @Test(arguments: orientations) func aCropIsPartOfTheWhole(_ orientation: Orientation) throws {
        let frame = try SyntheticFrames.frame(Self.raw12, Size(width: 140, height: 60), damaged: true)
        let whole = try Self.whole(Self.everything.pipeline(for: frame), frame)
        for crop in [Region(x: 12, y: 6, width: 70, height: 40), Region(x: 11, y: 7, width: 67, height: 39)] {
            let part = try Self.whole(
                Self.everything.pipeline(for: frame, shown: crop, orientation: orientation), frame)
            let map = orientation.upright(of: crop.size)
            var isSame = true
            for y in 0..<crop.height {
                for x in 0..<crop.width {
                    let (column, row) = (map.originX + x * map.column.x, map.originY + y * map.row.y)
                    for c in 0..<3 {
                        let expected = whole.sample(x: crop.x + x, y: crop.y + y, channel: c)
                        isSame = isSame && part.sample(x: column, y: row, channel: c) == expected
                    }
                }
            }
            #expect(isSame, "\(crop)")
        }
    }

    @Test(arguments: pictureFormats) func threadsChangeNothing(_ format: PixelFormat) throws {
        for size in Self.sizes {
            let frame = try SyntheticFrames.frame(Self.raw12, size, damaged: true)
            let pipeline = try Self.everything.pipeline(for: frame, format: format)
            let expected = try Self.whole(pipeline, frame)
            for threads in [1, 2, 5] {
                let image = try RealTimeExecutor(threads: threads).develop(frame, with: Self.plan(pipeline, frame))
                let isSame = haveSameBytes(image, expected)
                #expect(isSame, "\(size), \(threads) threads")
            }
        }
    }

    /// Rows with anything after them, in every raw format and so in every phase.
    @Test(arguments: rawFormats) func paddingOfRowsChangesNothing(_ format: PixelFormat) throws {
        for size in [Size(width: 17, height: 19), Size(width: 133, height: 34)] {
            let plain = try SyntheticFrames.frame(format, size)
            let pipeline = try Self.everything.pipeline(for: plain)
            let expected = try Self.whole(pipeline, plain)
            for padding in [1, 6, 64] {
                let padded = try SyntheticFrames.frame(format, size, padding: padding)
                let isSame = haveSameBytes(try Self.whole(pipeline, padded), expected)
                #expect(isSame, "\(size), \(padding) bytes")
            }
            try Self.expectOnePicture(pipeline, plain, "\(size)")
        }
    }

    /// Packings of one bit depth carry the same samples.
    @Test(arguments: [10, 12, 14]) func packingChangesNothing(_ bits: Int) throws {
        for cfa in CFAPattern.allCases {
            let formats = Self.rawFormats.filter { $0.cfa == cfa && $0.bitsPerSample == bits }
            let pictures = try formats.map { format in
                let frame = try SyntheticFrames.frame(format, Size(width: 99, height: 33))
                return try Self.whole(Self.everything.pipeline(for: frame), frame)
            }
            #expect(pictures.count > 1)
            for picture in pictures {
                let isSame = haveSameBytes(picture, pictures[0])
                #expect(isSame, "\(cfa)")
            }
        }
    }

    /// What other plans left in a thread's memory is not seen.
    @Test func memoryIsUsedAgainByAnyPlan() throws {
        let scratch = PlanScratch()
        var cases: [(plan: RealTimePlan, frame: RawFrame, expected: ImageBuffer)] = []
        for (index, size) in Self.sizes.enumerated() {
            for look in [Self.everything, Self.light] {
                let frame = try SyntheticFrames.frame(Self.rawFormats[index * 3], size, damaged: true)
                let pipeline = try look.pipeline(for: frame, format: Self.pictureFormats[index % 4])
                cases.append((try Self.plan(pipeline, frame, stripWidth: 64), frame, try Self.whole(pipeline, frame)))
            }
        }
        for round in 0..<2 {
            for (plan, frame, expected) in round == 0 ? cases : cases.reversed() {
                let image = try ImageBuffer(format: expected.format, size: expected.size)
                plan.develop(0..<image.size.height, of: frame, into: image, scratch: scratch)
                let isSame = haveSameBytes(image, expected)
                #expect(isSame, "\(frame.size) \(frame.format)")
            }
        }
    }

    @Test func nothingBelowOneThread() throws {
        #expect(throws: ISPError.self) { try RealTimeExecutor(threads: 0) }
        #expect(throws: ISPError.self) { try RealTimeExecutor(threads: TiledExecutor.maximumThreads + 1) }
    }
}
