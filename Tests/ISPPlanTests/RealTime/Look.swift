// Pipelines that have a real-time plan, each with something about it that a plan may get wrong.

import ISPImaging
import ISPStages
import Testing

/// A pipeline in words that name it in failures.
struct Look: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// How strongly it amplifies beyond white balance.
    let digitalGain: Float
    private let change: @Sendable (inout Pipeline, RawFrame) throws -> Void

    init(
        _ name: String, digitalGain: Float = 1,
        _ change: @escaping @Sendable (inout Pipeline, RawFrame) throws -> Void = { _, _ in }
    ) {
        testDescription = name
        self.digitalGain = digitalGain
        self.change = change
    }

    /// The pipeline for a frame. Without changes: clipped highlights, Malvar's demosaic, the sRGB curve.
    func pipeline(
        for frame: RawFrame, format: PixelFormat = .rgb888, shown: Region? = nil, orientation: Orientation = .up
    ) throws -> Pipeline {
        let balance = try WhiteBalance(
            gains: WhiteBalanceGains(red: 1.9, green: 1, blue: 1.4), digitalGain: digitalGain)
        var pipeline = Pipeline(
            blackLevel: try BlackLevel(black: frame.metadata.blackLevel, white: frame.metadata.whiteLevel),
            whiteBalance: balance, highlights: Highlights(.clip, saturation: balance.saturation),
            demosaic: try Demosaics.named("malvar"), toneCurve: try ToneCurve(.transfer, transfer: .srgb),
            pack: try Pack(shown: shown ?? Region(frame.size), orientation: orientation, format: format))
        pipeline.demosaicCoding = .linear
        try change(&pipeline, frame)
        return pipeline
    }

    static let matrix = Matrix3([1.5, -0.4, -0.1, -0.2, 1.4, -0.2, 0, -0.5, 1.5])!

    /// The changes of both.
    func with(_ other: Look) -> Look {
        Look("\(testDescription), \(other.testDescription)", digitalGain: digitalGain) { [change] in
            try change(&$0, $1)
            try other.change(&$0, $1)
        }
    }

    /// A mesh of gains that rise towards the lower right corner.
    static func mesh(_ columns: Int, _ rows: Int) throws -> LensShadingMap.Mesh {
        try LensShadingMap.Mesh(
            columns: columns, rows: rows, spacingX: 1 / Double(max(columns - 1, 1)),
            spacingY: 1 / Double(max(rows - 1, 1)),
            gains: (0..<(columns * rows)).map { 1 + 0.9 * Float($0) / Float(columns * rows) })
    }

    static func shading(
        _ columns: Int, _ rows: Int, _ frame: RawFrame, originX: Int = 0, originY: Int = 0
    ) throws -> LensShading {
        // The four differ, as those of cameras do.
        let meshes = try [
            mesh(columns, rows), mesh(columns + 1, rows), mesh(columns, rows + 1), mesh(columns, rows),
        ]
        let full = Size(width: frame.size.width + 2 * originX, height: frame.size.height + 2 * originY)
        return LensShading(
            map: LensShadingMap(meshes: meshes, fullFrame: full, originX: originX, originY: originY))
    }

    /// Pipelines without sharpening: a plan is within a code of the reference everywhere.
    static let linear: [Look] = [
        Look("plain"),
        Look("bilinear") { pipeline, _ in pipeline.demosaic = try Demosaics.named("bilinear") },
        Look("linear tone") { pipeline, _ in pipeline.toneCurve = try ToneCurve(.transfer, transfer: .linear) },
        Look("Rec.709 tone") { pipeline, _ in pipeline.toneCurve = try ToneCurve(.transfer, transfer: .rec709) },
        Look("filmic") { pipeline, _ in
            pipeline.toneCurve = try ToneCurve(.filmic, transfer: .srgb, white: pipeline.highlights.ceiling)
        },
        Look("filmic, white far off") { pipeline, _ in
            pipeline.toneCurve = try ToneCurve(.filmic, transfer: .srgb, white: 4, contrast: 1.6)
        },
        Look("points") { pipeline, _ in
            let points = [(0, 0), (0.1, 0.4), (0.5, 0.8), (1, 1)].map { CurvePoint(x: $0.0, y: $0.1) }
            pipeline.toneCurve = try ToneCurve(.points(points), transfer: .srgb)
        },
        Look("matrix") { pipeline, _ in pipeline.colorCorrection = try ColorCorrection(matrix: matrix) },
        Look("matrix that tints grey") { pipeline, _ in
            pipeline.colorCorrection = try ColorCorrection(
                matrix: Matrix3([1.2, 0.1, 0, 0, 0.9, 0, 0.2, -0.1, 0.8])!)
        },
        Look("filmic and matrix") { pipeline, _ in
            pipeline.colorCorrection = try ColorCorrection(matrix: matrix)
            pipeline.toneCurve = try ToneCurve(.filmic, transfer: .srgb, white: 1.9)
        },
        Look("contrast") { pipeline, _ in
            pipeline.contrastSaturation = try ContrastSaturation(contrast: 1.3, saturation: 1)
        },
        Look("more colour") { pipeline, _ in
            pipeline.contrastSaturation = try ContrastSaturation(contrast: 1, saturation: 1.4)
        },
        Look("less colour, luma of BT.601") { pipeline, _ in
            pipeline.contrastSaturation = try ContrastSaturation(contrast: 1, saturation: 0.3)
            pipeline.ycbcr = YCbCr(.bt601)
        },
        Look("greens evened out") { pipeline, _ in
            pipeline.greenEqualization = try GreenEqualization(threshold: 0.1)
        },
        Look("chroma denoised") { pipeline, _ in
            let noise = DisplayNoise(luma: { 0.01 + 0.01 * $0 }, chroma: { 0.02 - 0.01 * $0 })
            pipeline.blockChromaDenoise = try BlockChromaDenoise(strength: 1, noise: noise)
            pipeline.colorCorrection = try ColorCorrection(matrix: matrix)
        },
        Look("highlights as they are") { pipeline, _ in
            pipeline.highlights = Highlights(.off, saturation: pipeline.whiteBalance.saturation)
        },
        Look("one node") { pipeline, frame in
            pipeline.lensShading = try shading(1, 1, frame)
        },
        Look("four nodes") { pipeline, frame in pipeline.lensShading = try shading(2, 2, frame) },
        Look("many nodes") { pipeline, frame in pipeline.lensShading = try shading(33, 25, frame) },
        Look("nodes of a larger frame") { pipeline, frame in
            pipeline.lensShading = try shading(5, 7, frame, originX: 13, originY: 9)
        },
        Look("black levels of their own") { pipeline, frame in
            let black = frame.metadata.blackLevel[0]
            pipeline.blackLevel = try BlackLevel(
                black: [black, black + 2, black - 1, black + 1], white: frame.metadata.whiteLevel)
        },
        Look("twice as bright", digitalGain: 2), Look("four times as bright", digitalGain: 4),
        Look("half as bright", digitalGain: 0.5),
    ]

    /// With the stages that replace defects.
    static let repairing: [Look] = [
        Look("defects looked for") { pipeline, _ in
            pipeline.defectPixels = try DefectPixels(listed: [], dynamic: true)
        },
        Look("defects looked for above the noise") { pipeline, _ in
            pipeline.defectPixels = try DefectPixels(
                listed: [], dynamic: true, noise: NoiseProfile(scale: [1.2e-4], offset: [2e-7]))
        },
        Look("defects listed") { pipeline, frame in
            pipeline.defectPixels = try DefectPixels(listed: Self.defects(of: frame), dynamic: false)
        },
        Look("defects looked for, greens evened out") { pipeline, _ in
            pipeline.defectPixels = try DefectPixels(listed: [], dynamic: true)
            pipeline.greenEqualization = try GreenEqualization(threshold: 0.05)
        },
        Look("defects looked for and listed, shading") { pipeline, frame in
            pipeline.defectPixels = try DefectPixels(listed: Self.defects(of: frame), dynamic: true)
            pipeline.lensShading = try shading(5, 7, frame)
        },
    ]

    /// Corners, edges, neighbours, a whole column.
    private static func defects(of frame: RawFrame) -> [DefectLocation] {
        let (right, bottom) = (frame.size.width - 1, frame.size.height - 1)
        var listed = [(0, 0), (1, 1), (right, bottom), (right - 1, 3), (5, bottom), (0, 7), (6, 6), (8, 6), (7, 6)]
        listed += (0...bottom).map { (11, $0) }
        return listed.map { DefectLocation(x: $0.0, y: $0.1) }
    }

    /// With luma sharpened: every radius the stage has taps for, and with noise that is spared.
    static let sharpening: [Look] =
        [0.3, 0.7, 1, 1.3, 1.6].map { radius in
            Look("sharpened by \(radius)") { pipeline, _ in
                pipeline.sharpen = try Sharpen(amount: 0.9, radius: radius, halo: 0.05, noise: nil)
            }
        } + [
            Look("sharpened above the noise") { pipeline, _ in
                let noise = DisplayNoise(luma: { _ in 0.01 }, chroma: { _ in 0.01 })
                pipeline.sharpen = try Sharpen(amount: 0.9, radius: 0.7, halo: 0.05, noise: noise)
                pipeline.colorCorrection = try ColorCorrection(matrix: matrix)
            },
            Look("sharpened, chroma denoised") { pipeline, _ in
                let noise = DisplayNoise(luma: { _ in 0.01 }, chroma: { _ in 0.01 })
                pipeline.sharpen = try Sharpen(amount: 0.9, radius: 0.7, halo: 0.05, noise: noise)
                pipeline.blockChromaDenoise = try BlockChromaDenoise(strength: 1, noise: noise)
                pipeline.contrastSaturation = try ContrastSaturation(contrast: 1, saturation: 1.2)
            },
            Look("sharpened twice as much") { pipeline, _ in
                pipeline.sharpen = try Sharpen(amount: 1.8, radius: 0.7, halo: 0.3, noise: nil)
            },
        ]
}
