// The colours of a row of the mosaic, made where they are needed: inside the loop of tone.

import CVector

/// A row of the mosaic as colours.
public struct MosaicColors: Sendable {
    let window: MosaicWindow
    let kernel: DemosaicKernel
    let greenFirst, isRedRow: Bool

    /// Joins a row with what makes colours of it.
    /// - Parameters:
    ///   - greenFirst: whether the even columns of the row are green.
    ///   - isRedRow: whether the row has red beside green, or blue.
    public init(_ window: MosaicWindow, _ kernel: DemosaicKernel, greenFirst: Bool, isRedRow: Bool) {
        (self.window, self.kernel, self.greenFirst, self.isRedRow) = (window, kernel, greenFirst, isRedRow)
    }

    // Loops have the colour that the row has beside green for red, and the third one for blue: where it is the other way
    // round, the places of the results are exchanged.

    func matrix(_ matrix: MatrixKernel?) -> MatrixKernel? { isRedRow ? matrix : matrix?.withRedAndBlueSwapped }

    /// Also the parity whose columns are green last.
    func order(_ row: ColorRow) -> ColorRow {
        func order(_ row: SignalRow) -> SignalRow { greenFirst ? SignalRow(even: row.odd, odd: row.even) : row }
        let (red, blue) = isRedRow ? (row.red, row.blue) : (row.blue, row.red)
        return ColorRow(red: order(red), green: order(row.green), blue: order(blue))
    }

    func order(_ bytes: ColorBytes) -> ColorBytes { isRedRow ? bytes : (bytes.blue, bytes.green, bytes.red) }

    func order(_ pixels: PixelRow) -> PixelRow {
        isRedRow
            ? pixels
            : PixelRow(pixels.pixels, width: pixels.width, isBlueFirst: !pixels.isBlueFirst, spare: pixels.spare)
    }
}

/// Which columns of a row are green; loops are made for both.
protocol SiteOrder { static var greenFirst: Bool { get } }
enum GreenFirst: SiteOrder { static var greenFirst: Bool { true } }
enum ColourFirst: SiteOrder { static var greenFirst: Bool { false } }

/// Colours of a mosaic.
struct MosaicSource<Filter: MosaicFilter, Order: SiteOrder>: ColorSource {
    private let sites: (even: DemosaicKernel.Sites, odd: DemosaicKernel.Sites)

    @inline(__always)
    init(_ mosaic: MosaicColors) {
        // Loops over one parity at a time have the colours first, whichever parity they are.
        let swapped = mosaic.greenFirst != Order.greenFirst
        sites = (
            DemosaicKernel.Sites(mosaic.window, isEven: !swapped), DemosaicKernel.Sites(mosaic.window, isEven: swapped)
        )
    }

    @inline(__always)
    func even(_ k: Int) -> Colors { Order.greenFirst ? Filter.green(sites.even, k) : Filter.colour(sites.even, k) }

    @inline(__always)
    func odd(_ k: Int) -> Colors { Order.greenFirst ? Filter.colour(sites.odd, k) : Filter.green(sites.odd, k) }
}
