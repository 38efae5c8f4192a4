// The frame as it is after one stage: for those who ask where a picture went wrong.

import ISPImaging
import ISPPlan
import ISPStages
import Synchronization

/// A frame between two stages, as a picture.
public struct TappedFrame: Sendable {
    /// 16 bits, grey for a mosaic and for mono sensors, else RGB; YCbCr stands in it as Y, Cb + 0.5, Cr + 0.5. The frame is
    /// whole and as stored: not cropped, scaled or turned; from binning on it is binned.
    public let picture: ImageBuffer
    /// What a code of 65535 stands for.
    public let scale: String
}

extension Development {
    /// The stages whose result can be tapped, in order.
    public static let tappableStages = Pipeline.stages.map(\.name).filter {
        $0 != Scale.descriptor.name && $0 != Pack.descriptor.name
    }

    /// Develops the frame and gives it as the stage leaves it. What is below 0 or above the scale is clamped.
    /// - Throws: `ISPError(.usage)` for a stage that does not exist or that this development does not come by; one that is
    ///   merely off gives the frame as it passes there.
    public func tapped(after stage: String, threads: Int) throws(ISPError) -> TappedFrame {
        guard let index = Self.tappableStages.firstIndex(of: stage) else {
            throw ISPError(
                .usage, "no stage '\(stage)' to tap; there are \(Self.tappableStages.joined(separator: ", "))")
        }
        var pipeline = pipeline
        // Before binning the frame has its own size.
        if index < Self.tappableStages.firstIndex(of: Binning.descriptor.name)! { pipeline.binning = nil }
        let whole = Region(pipeline.binnedSize(of: frame.size))
        pipeline.scale = nil
        pipeline.pack = try Pack(
            shown: whole, orientation: .up, format: pipeline.pack.format, range: pipeline.pack.range)
        let lens = Self.tappableStages.firstIndex(of: LensCorrection.descriptor.name)!
        // It would ask for a frame bent the other way.
        if index < lens { pipeline.lensCorrection = nil }

        let signal = Pipeline.stages.first { $0.name == stage }!.output
        let isColor = frame.format.cfa != nil && signal != .mosaic
        let picture = try ImageBuffer(format: isColor ? .rgb48 : .grey16, size: whole.size)
        let scale = scale(index, pipeline)
        let center: Float = isColor && Self.followsYCbCr(index) ? 0.5 : 0
        let seen = Atomic(false)
        _ = try TiledExecutor(threads: threads).develop(
            frame, with: pipeline,
            tap: { tile, name, planes in
                guard name == stage else { return }
                seen.store(true, ordering: .relaxed)
                for (channel, plane) in planes.prefix(isColor ? 3 : 1).enumerated() {
                    Self.store(
                        plane, tile, channel, offset: channel == 0 ? 0 : center, factor: 65_535 / scale.value,
                        into: picture)
                }
            })
        guard seen.load(ordering: .relaxed) else {
            throw ISPError(
                .usage, "the stage '\(stage)' takes no part in this development; tap another or switch it on")
        }
        return TappedFrame(picture: picture, scale: scale.text)
    }

    private static func followsYCbCr(_ index: Int) -> Bool {
        index >= tappableStages.firstIndex(of: YCbCr.descriptor.name)!
    }

    /// The value that becomes 65535.
    private func scale(_ index: Int, _ pipeline: Pipeline) -> (value: Float, text: String) {
        func position(_ name: String) -> Int { Self.tappableStages.firstIndex(of: name)! }
        switch index {
        case ..<position(BlackLevel.descriptor.name): return (65_535, "samples as stored")
        case ..<position(WhiteBalance.descriptor.name): return (1, "65535 is the saturation of the sensor")
        case ..<position(ToneCurve.descriptor.name):
            let ceiling = pipeline.whiteBalance.saturation.max()!
            return (
                ceiling, "65535 is a linear value of \(ceiling), the saturation of the channel with the largest gain"
            )
        default: return (1, "65535 is display white")
        }
    }

    private static func store(
        _ plane: PlaneView<Float>, _ tile: Region, _ channel: Int, offset: Float, factor: Float,
        into picture: ImageBuffer
    ) {
        let part = tile.intersection(plane.region)
        let samples = picture.format.samplesPerPixel
        for y in part.y..<part.maxY {
            let row = picture.row(y).bindMemory(to: UInt16.self)
            let source = plane.row(y)
            for x in part.x..<part.maxX {
                let code = (source[x - plane.region.x] + offset) * factor + 0.5
                row[x * samples + channel] = code > 0 ? (code < 65_535 ? UInt16(code) : 65_535) : 0
            }
        }
    }
}
