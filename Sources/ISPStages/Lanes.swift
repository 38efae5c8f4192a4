// Arithmetic on eight samples at a time: what kernels use where the compiler does not vectorise plain loops.

import ISPImaging

/// Eight neighbouring samples of a row.
typealias Lanes = SIMD8<Float>

extension Lanes {
    /// The absolute values.
    @inline(__always)
    var magnitude: Lanes {
        unsafeBitCast(
            unsafeBitCast(self, to: SIMD8<UInt32>.self) & SIMD8<UInt32>(repeating: 0x7fff_ffff), to: Lanes.self)
    }

    /// The values limited to a range; NaN stays.
    @inline(__always)
    func limited(_ low: Float, _ high: Float) -> Lanes {
        let belowHigh = replacing(with: Lanes(repeating: high), where: self .> high)
        return belowHigh.replacing(with: Lanes(repeating: low), where: belowHigh .< low)
    }

    /// `Float.wholePart` of all values, and the rest.
    @inline(__always)
    var split: (whole: SIMD8<Int32>, fraction: Lanes) {
        let sum = self + Float.wholeNumbers
        let rounded = sum - Float.wholeNumbers
        let bits = SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(sum, to: SIMD8<UInt32>.self) & 0x007f_ffff)
        let excess = rounded .> self
        return (
            bits.replacing(with: bits &- 1, where: excess),
            self - rounded.replacing(with: rounded - 1, where: excess)
        )
    }
}

extension Float {
    /// From here on a Float has no bits for fractions.
    @inline(__always)
    fileprivate static var wholeNumbers: Float { 8_388_608 }

    /// The value rounded down, without the checks of a conversion, which keep a loop from being vectorised.
    ///
    /// The value must be 0 to 2^22.
    @inline(__always)
    var wholePart: Int32 {
        // The sum is rounded to a whole number, which stands in its low bits; it may have been rounded up.
        let sum = self + Self.wholeNumbers
        let rounded = Int32(truncatingIfNeeded: sum.bitPattern & 0x007f_ffff)
        return sum - Self.wholeNumbers > self ? rounded &- 1 : rounded
    }
}

extension [Float] {
    /// Values of a table between its entries `index` and `index + 1`.
    ///
    /// The indices must be valid; they are not checked.
    @inline(__always)
    func interpolated(at index: SIMD8<Int32>, _ fraction: Lanes) -> Lanes {
        withUnsafeBufferPointer { table in
            let table = table.baseAddress!
            var (lower, upper) = (Lanes(), Lanes())
            for k in 0..<8 {
                let entry = table + Int(index[k])
                lower[k] = entry[0]
                upper[k] = entry[1]
            }
            return lower + (upper - lower) * fraction
        }
    }
}

extension PlaneView<Float> {
    /// Replaces every sample by what `body` makes of it.
    @inline(__always)
    func replaceSamples(_ body: (Lanes) -> Lanes) {
        for y in region.y..<region.maxY {
            let row = LaneRow(samples: row(y))
            let whole = region.width & ~7
            for i in Swift.stride(from: 0, to: whole, by: 8) { row[i] = body(row[i]) }
            guard whole < region.width else { continue }
            let rest = UnsafeMutableRawPointer(row.samples + whole)
            let byteCount = (region.width - whole) * MemoryLayout<Float>.stride
            var lanes = Lanes()
            withUnsafeMutableBytes(of: &lanes) { $0.baseAddress!.copyMemory(from: rest, byteCount: byteCount) }
            lanes = body(lanes)
            withUnsafeBytes(of: lanes) { rest.copyMemory(from: $0.baseAddress!, byteCount: byteCount) }
        }
    }
}
