// The ISP, from top to bottom.

import ISPImaging

/// An image signal processor with everything decided: which stages, with which parameters.
///
/// `develop` makes one tile of the picture; tiles in any order, on any number of threads, give the same picture.
public struct Pipeline: Sendable {
    /// The descriptions of all stages, in order.
    public static let stages: [StageDescriptor] = [
        Unpack.descriptor, Linearise.descriptor, BlackLevel.descriptor, DefectPixels.descriptor,
        Binning.descriptor, GreenEqualization.descriptor, RawDenoise.descriptor, LensShading.descriptor,
        WhiteBalance.descriptor, Highlights.descriptor, DemosaicStage.descriptor, LensCorrection.descriptor,
        ColorCorrection.descriptor, LocalTone.descriptor, ToneCurve.descriptor, ContrastSaturation.descriptor,
        YCbCr.descriptor, Sharpen.descriptor, ChromaDenoise.descriptor, Scale.descriptor, Pack.descriptor,
    ]

    /// Stored samples to Float.
    public var unpack = Unpack()
    /// Companding undone, where the frame has a curve.
    public var linearise: Linearise?
    /// Darkness to 0, saturation to 1.
    public var blackLevel: BlackLevel
    /// Defects replaced.
    public var defectPixels: DefectPixels?
    /// Photosites joined into fewer. Everything after it works on the binned frame, in its coordinates.
    public var binning: Binning?
    /// The two greens evened out.
    public var greenEqualization: GreenEqualization?
    /// Noise removed. It stands before lens shading because the noise profile is the sensor's.
    public var denoise: RawDenoise?
    /// Corners brightened.
    public var lensShading: LensShading?
    /// Neutral made grey; exposure.
    public var whiteBalance: WhiteBalance
    /// Saturated photosites.
    public var highlights: Highlights
    /// How samples are coded for the demosaic.
    public var demosaicCoding = DemosaicCoding.sqrt
    /// Three colours at every pixel.
    public var demosaic: any Demosaic
    /// Distortion and lateral chromatic aberration undone.
    public var lensCorrection: LensCorrection?
    /// Camera colours to output colours; `nil` leaves camera RGB.
    public var colorCorrection: ColorCorrection?
    /// Large dark areas lifted.
    public var localTone: LocalTone?
    /// Linear light to display codes.
    public var toneCurve: ToneCurve
    /// Contrast and saturation.
    public var contrastSaturation: ContrastSaturation?
    /// Luma weights.
    public var ycbcr = YCbCr(.bt709)
    /// Luma detail.
    public var sharpen: Sharpen?
    /// Coloured blotches.
    public var chromaDenoise: ChromaDenoise?
    /// Coloured blotches, in real time.
    public var blockChromaDenoise: BlockChromaDenoise?
    /// Another size.
    public var scale: Scale?
    /// Turn, round, store.
    public var pack: Pack

    /// Creates a pipeline from its obligatory stages; the optional ones start as `nil`.
    public init(
        blackLevel: BlackLevel, whiteBalance: WhiteBalance, highlights: Highlights, demosaic: any Demosaic,
        toneCurve: ToneCurve, pack: Pack
    ) {
        self.blackLevel = blackLevel
        self.whiteBalance = whiteBalance
        self.highlights = highlights
        self.demosaic = demosaic
        self.toneCurve = toneCurve
        self.pack = pack
    }

    /// The size of the frame once it is binned.
    public func binnedSize(of frame: Size) -> Size { binning?.size(of: frame) ?? frame }

    /// Samples of the frame that a photosite depends on before it is binned, on every side.
    public var defectHalo: Int { defectPixels == nil ? 0 : DefectPixels.halo }

    /// Binned samples that a pixel depends on before the demosaic's end, on every side.
    public func mosaicHalo(cfa: CFAPattern?) -> Int {
        (denoise == nil ? 0 : RawDenoise.halo)
            + (cfa == nil
                ? 0
                : (greenEqualization == nil ? 0 : GreenEqualization.halo) + highlights.halo + type(of: demosaic).halo)
    }

    /// Pixels that sharpening and chroma denoise need on every side.
    public var detailHalo: Int {
        let chroma =
            (chromaDenoise == nil ? 0 : ChromaDenoise.halo) + (blockChromaDenoise == nil ? 0 : BlockChromaDenoise.halo)
        return max(sharpen?.reach ?? 0, chroma)
    }

    /// Sees the planes as a stage leaves them: its name and one plane of a mosaic or three of colours.
    public typealias Tap = (_ stage: String, _ planes: [PlaneView<Float>]) -> Void

    /// Develops one tile into `image`.
    ///
    /// - Parameters:
    ///   - tile: pixels of the upright picture, on even coordinates.
    ///   - workspace: this thread's scratch memory.
    ///   - tap: called with what leaves each stage. A stage of the mosaic or of RGB that is off passes on what it got; the
    ///     stages of YCbCr are left out where no one needs YCbCr, and mono frames have none of the colour stages.
    /// - Complexity: O(pixels of the tile with its halo), memory likewise.
    public func develop(
        _ tile: Region, of frame: RawFrame, into image: ImageBuffer, workspace: Workspace, tap: Tap? = nil
    ) {
        workspace.reset()
        let cfa = frame.format.cfa

        // From the end to the start: what each stage needs of the one before it.
        let shown = pack.source(of: tile)
        let finished = scale?.source(of: shown) ?? shown
        let display = finished.expanded(by: detailHalo)
        let developed = cfa == nil ? display : lensCorrection?.source(of: display) ?? display

        let mosaic = mosaic(developed.expanded(by: mosaicHalo(cfa: cfa)), of: frame, workspace: workspace, tap: tap)
        let rgb = colors(of: mosaic, on: developed, corrected: display, cfa: cfa, workspace: workspace, tap: tap)
        let planes = finish(rgb, on: finished, cfa: cfa, workspace: workspace, tap: tap)
        pack.store(scaled(planes, to: shown, workspace: workspace), tile: tile, into: image, workspace: workspace)
    }

    /// Stored samples to the balanced mosaic.
    /// - Parameter region: of the binned frame.
    private func mosaic(_ region: Region, of frame: RawFrame, workspace: Workspace, tap: Tap?) -> PlaneView<Float> {
        let cfa = frame.format.cfa
        let repaired = binning?.source(of: region, cfa: cfa) ?? region
        var mosaic = workspace.plane(repaired.expanded(by: defectHalo))
        unpack.load(frame, into: mosaic, workspace: workspace)
        tap?(Unpack.descriptor.name, [mosaic])
        linearise?.apply(to: mosaic)
        tap?(Linearise.descriptor.name, [mosaic])
        blackLevel.apply(to: mosaic, cfa: cfa)
        tap?(BlackLevel.descriptor.name, [mosaic])
        if let defectPixels {
            mosaic = defectPixels.apply(to: mosaic, cfa: cfa, frame: frame.size, workspace: workspace)
        }
        tap?(DefectPixels.descriptor.name, [mosaic])
        if let binning { mosaic = binning.apply(to: mosaic, region, cfa: cfa, workspace: workspace) }
        tap?(Binning.descriptor.name, [mosaic])
        if let cfa, let greenEqualization {
            mosaic = greenEqualization.apply(to: mosaic, cfa: cfa, workspace: workspace)
        }
        tap?(GreenEqualization.descriptor.name, [mosaic])
        if let denoise { mosaic = denoise.apply(to: mosaic, cfa: cfa, workspace: workspace) }
        tap?(RawDenoise.descriptor.name, [mosaic])
        lensShading?.apply(to: mosaic, cfa: cfa, frame: binnedSize(of: frame.size))
        tap?(LensShading.descriptor.name, [mosaic])
        whiteBalance.apply(to: mosaic, cfa: cfa)
        tap?(WhiteBalance.descriptor.name, [mosaic])
        mosaic = highlights.apply(to: mosaic, cfa: cfa, workspace: workspace)
        tap?(Highlights.descriptor.name, [mosaic])
        return mosaic
    }

    /// The mosaic to display RGB. The one plane of a mono sensor serves as all three.
    private func colors(
        of mosaic: PlaneView<Float>, on region: Region, corrected: Region, cfa: CFAPattern?, workspace: Workspace,
        tap: Tap?
    ) -> RGBView<Float> {
        guard let cfa else {
            toneCurve.apply(to: mosaic)
            let grey = RGBView(red: mosaic, green: mosaic, blue: mosaic)
            tap?(ToneCurve.descriptor.name, grey.planes)
            contrastSaturation?.apply(to: mosaic)
            tap?(ContrastSaturation.descriptor.name, grey.planes)
            return grey
        }
        var rgb = workspace.rgb(region)
        demosaicCoding.encode(mosaic)
        demosaic.apply(to: mosaic, cfa: cfa, into: rgb, workspace: workspace)
        for plane in rgb.planes { demosaicCoding.decode(plane) }
        tap?(DemosaicStage.descriptor.name, rgb.planes)
        if let lensCorrection {
            let target = workspace.rgb(corrected)
            lensCorrection.apply(to: rgb, into: target)
            rgb = target
        }
        tap?(LensCorrection.descriptor.name, rgb.planes)
        colorCorrection?.apply(to: rgb)
        tap?(ColorCorrection.descriptor.name, rgb.planes)
        localTone?.apply(to: rgb)
        tap?(LocalTone.descriptor.name, rgb.planes)
        toneCurve.apply(to: rgb)
        tap?(ToneCurve.descriptor.name, rgb.planes)
        contrastSaturation?.apply(to: rgb)
        tap?(ContrastSaturation.descriptor.name, rgb.planes)
        return rgb
    }

    /// Display RGB to what is packed: sharper, cleaner, and in YCbCr where the output wants that.
    private func finish(
        _ rgb: RGBView<Float>, on region: Region, cfa: CFAPattern?, workspace: Workspace, tap: Tap?
    ) -> RGBView<Float> {
        guard cfa != nil else {
            let grey = sharpen?.apply(to: rgb.green, workspace: workspace) ?? rgb.green
            tap?(Sharpen.descriptor.name, [grey, grey, grey])
            guard pack.takesYCbCr else { return RGBView(red: grey, green: grey, blue: grey).cropped(to: region) }
            let none = workspace.plane(grey.region)
            for y in none.region.y..<none.region.maxY { none.row(y).update(repeating: 0, count: none.region.width) }
            return RGBView(red: grey, green: none, blue: none).cropped(to: region)
        }
        guard sharpen != nil || chromaDenoise != nil || blockChromaDenoise != nil || pack.takesYCbCr else {
            return rgb.cropped(to: region)
        }
        ycbcr.apply(to: rgb)
        tap?(YCbCr.descriptor.name, rgb.planes)
        var (luma, cb, cr) = (rgb.red, rgb.green, rgb.blue)
        if let sharpen { luma = sharpen.apply(to: luma, workspace: workspace) }
        tap?(Sharpen.descriptor.name, [luma, cb, cr])
        if let chromaDenoise {
            // Steered by luma as it was: sharpening is no reason to keep a blotch.
            (cb, cr) = chromaDenoise.apply(luma: rgb.red, cb: cb, cr: cr, workspace: workspace)
        }
        if let blockChromaDenoise {
            let luma = rgb.red.cropped(to: cb.region)
            (cb, cr) = blockChromaDenoise.apply(luma: luma, cb: cb, cr: cr, workspace: workspace)
        }
        tap?(ChromaDenoise.descriptor.name, [luma, cb, cr])
        let planes = RGBView(
            red: luma.cropped(to: region), green: cb.cropped(to: region), blue: cr.cropped(to: region))
        if !pack.takesYCbCr { ycbcr.invert(planes) }
        return planes
    }

    private func scaled(_ planes: RGBView<Float>, to part: Region, workspace: Workspace) -> RGBView<Float> {
        guard let scale else { return planes }
        let results = planes.planes.map { scale.apply(to: $0, part: part, workspace: workspace) }
        return RGBView(red: results[0], green: results[1], blue: results[2])
    }
}
