// The ISP, from top to bottom.

import ISPImaging

/// An image signal processor with everything decided: which stages, with which parameters.
///
/// `develop` makes one tile of the picture; tiles in any order, on any number of threads, give the same picture.
public struct Pipeline: Sendable {
    /// The descriptions of all stages, in order.
    public static let stages: [StageDescriptor] = [
        Unpack.descriptor, Linearise.descriptor, BlackLevel.descriptor, DefectPixels.descriptor, LensShading.descriptor,
        WhiteBalance.descriptor, Highlights.descriptor, DemosaicStage.descriptor, ColorCorrection.descriptor,
        ToneCurve.descriptor, ContrastSaturation.descriptor, Pack.descriptor,
    ]

    /// Stored samples to Float.
    public var unpack = Unpack()
    /// Companding undone, where the frame has a curve.
    public var linearise: Linearise?
    /// Darkness to 0, saturation to 1.
    public var blackLevel: BlackLevel
    /// Defects replaced.
    public var defectPixels: DefectPixels?
    /// Corners brightened.
    public var lensShading: LensShading?
    /// Neutral made grey; exposure.
    public var whiteBalance: WhiteBalance
    /// Saturated photosites.
    public var highlights: Highlights
    /// Three colours at every pixel.
    public var demosaic: any Demosaic
    /// Camera colours to output colours; `nil` leaves camera RGB.
    public var colorCorrection: ColorCorrection?
    /// Linear light to display codes.
    public var toneCurve: ToneCurve
    /// Contrast and saturation.
    public var contrastSaturation: ContrastSaturation?
    /// Crop, turn, round, store.
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

    /// Samples a pixel of the picture depends on, on every side.
    public func halo(cfa: CFAPattern?) -> Int {
        (defectPixels == nil ? 0 : DefectPixels.halo)
            + (cfa == nil ? 0 : highlights.halo + type(of: demosaic).halo)
    }

    /// Develops one tile of `frame` into `image`.
    ///
    /// - Parameters:
    ///   - tile: stored-frame coordinates, inside `pack.crop`.
    ///   - workspace: this thread's scratch memory.
    /// - Complexity: O(pixels of the tile with its halo), memory likewise.
    public func develop(_ tile: Region, of frame: RawFrame, into image: ImageBuffer, workspace: Workspace) {
        workspace.reset()
        let cfa = frame.format.cfa
        var mosaic = workspace.plane(tile.expanded(by: halo(cfa: cfa)))

        unpack.load(frame, into: mosaic, workspace: workspace)
        linearise?.apply(to: mosaic)
        blackLevel.apply(to: mosaic, cfa: cfa)
        if let defectPixels {
            mosaic = defectPixels.apply(to: mosaic, cfa: cfa, frame: frame.size, workspace: workspace)
        }
        lensShading?.apply(to: mosaic, cfa: cfa, frame: frame.size)
        whiteBalance.apply(to: mosaic, cfa: cfa)
        mosaic = highlights.apply(to: mosaic, cfa: cfa, workspace: workspace)

        let rgb: RGBView<Float>
        if let cfa {
            rgb = workspace.rgb(tile)
            demosaic.apply(to: mosaic, cfa: cfa, into: rgb, workspace: workspace)
            colorCorrection?.apply(to: rgb)
            for plane in rgb.planes { toneCurve.apply(to: plane) }
        } else {
            // The one plane of a mono sensor serves as all three.
            toneCurve.apply(to: mosaic)
            rgb = RGBView(red: mosaic, green: mosaic, blue: mosaic)
        }
        contrastSaturation?.apply(to: rgb)
        pack.store(rgb, into: image)
    }
}
