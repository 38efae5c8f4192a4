// The kernels up to the demosaic.

import ISPImaging
import ISPKernels

extension KernelRows {
    /// Ten bits as cameras send them, from a whole frame: these rows are not in the cache in a plan either.
    static func unpack() throws -> RowWork {
        let format = try PixelFormat.named("SGRBG10_CSI2P")
        let kernel = UnpackKernel(format)
        let rowBytes = format.minimumBytesPerRow(width: Rows.size.width)
        let frame = AlignedMemory(byteCount: rowBytes * Rows.size.height)
        for i in frame.bytes.indices { frame.bytes[i] = UInt8(truncatingIfNeeded: 37 &* i) }
        var rows = Rows()
        let target = rows.mosaic()
        return { y in
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(frame.bytes)[(y * rowBytes)...])
            kernel.apply(bytes, column: 0, count: Rows.size.width, into: target, at: 0)
        }
    }

    /// Samples within their noise, as nearly all are.
    static func outlier() -> RowWork {
        let kernel = OutlierKernel(threshold: 1)
        let site = OutlierKernel.Site(black: 4096, leastDepth: 184, leastDeviation: 184, slope: 4, offset: 0)
        var rows = Rows()
        let around = OutlierKernel.Rows(rows.mosaic(), rows.mosaic(), rows.mosaic(), isMono: false)
        var found = 0
        return { _ in
            for parity in 0..<2 { kernel.apply(around, parity: parity, site, count: Rows.count) { _ in found += 1 } }
        }
    }

    /// Of every four rows two are halved, and two are halved and joined with those; a row has half of its columns left.
    static func bin() -> RowWork {
        let count = Rows.count / 2 / KernelLimits.group * KernelLimits.group
        var rows = Rows()
        let (source, upper, target) = (rows.mosaic(), rows.mosaic(), rows.mosaic())
        return { y in
            if y & 2 == 0 {
                BinKernel.columns(source, into: upper, count: count)
            } else {
                BinKernel.rows(upper, source, isOdd: y & 1 == 1, into: target, count: count)
            }
        }
    }

    static func green() -> RowWork {
        let kernel = GreenKernel(threshold: 0.05)
        var rows = Rows()
        let (window, target) = (rows.window(), rows.mosaic())
        return { y in
            kernel.apply(window, isEven: y & 1 == 0, black: (2048, 2048), into: target.even, count: Rows.count)
        }
    }

    /// The same gain for all samples of a colour.
    static func gain() -> RowWork {
        let kernel = GainKernel(shift: 15, limit: Linear16.zero + Linear16.white)
        var rows = Rows()
        let (source, target) = (rows.mosaic(), rows.mosaic())
        return { _ in
            for parity in 0..<2 {
                kernel.apply(source[parity], into: target[parity], black: 2048, gain: 29_000, count: Rows.count)
            }
        }
    }

    static func demosaic(_ kernel: DemosaicKernel) -> RowWork {
        var rows = Rows()
        let (window, color) = (rows.window(), rows.linearColors())
        return { y in
            kernel.apply(
                window, greenFirst: y & 1 == 0, own: color.red, green: color.green, other: color.blue,
                count: Rows.count)
        }
    }
}
