// Rows of raw samples in and out of memory. Unpacking clamps by construction: no sample that leaves here is above
// the format's bit depth, whatever the bytes say (a 10-bit word may well hold 65535 in a damaged or hostile file).

/// Packs and unpacks rows of one raw format.
public enum RawPacking {
    /// Unpacks the samples `columns` of a row.
    ///
    /// - Parameters:
    ///   - source: the bytes of the whole row, at least `format.minimumBytesPerRow(width: columns.upperBound)`.
    ///   - columns: which samples of the row.
    ///   - destination: room for `columns.count` samples; each becomes a value in `0 ... format.maximum`.
    /// - Complexity: O(`columns.count`).
    public static func unpack(
        _ source: UnsafeRawBufferPointer, _ format: PixelFormat, columns: Range<Int>,
        into destination: UnsafeMutablePointer<UInt16>
    ) {
        precondition(format.isRaw && columns.lowerBound >= 0, "not a raw row")
        precondition(
            source.count >= format.minimumBytesPerRow(width: columns.upperBound), "row shorter than its samples")
        guard !columns.isEmpty, let bytes = source.baseAddress else { return }
        switch format.packing {
        case .bytes:
            let samples = bytes.assumingMemoryBound(to: UInt8.self) + columns.lowerBound
            for i in 0..<columns.count { destination[i] = UInt16(truncatingIfNeeded: samples[i]) }
        case .words:
            let limit = UInt16(format.maximum)
            let samples = bytes + 2 * columns.lowerBound
            for i in 0..<columns.count {
                let word = UInt16(littleEndian: samples.loadUnaligned(fromByteOffset: 2 &* i, as: UInt16.self))
                destination[i] = word < limit ? word : limit
            }
        case .csi2:
            let samples = bytes.assumingMemoryBound(to: UInt8.self)
            switch format.bitsPerSample {
            case 10: unpackGroups(samples, columns, of: 4, lowBytes: 1, into: destination)
            case 12: unpackGroups(samples, columns, of: 2, lowBytes: 1, into: destination)
            default: unpackGroups(samples, columns, of: 4, lowBytes: 3, into: destination)
            }
        }
    }

    /// Packs a row; samples above the bit depth are clamped, padding bits are zero.
    ///
    /// - Parameters:
    ///   - source: `width` samples.
    ///   - destination: room for `format.minimumBytesPerRow(width: width)` bytes.
    /// - Complexity: O(`width`).
    public static func pack(
        _ source: UnsafePointer<UInt16>, width: Int, _ format: PixelFormat,
        into destination: UnsafeMutableRawBufferPointer
    ) {
        precondition(format.isRaw && width >= 0, "not a raw row")
        let length = format.minimumBytesPerRow(width: width)
        precondition(destination.count >= length, "row does not fit")
        guard width > 0, let bytes = destination.baseAddress else { return }
        let limit = UInt16(format.maximum)
        func sample(_ i: Int) -> Int { i < width ? Int(min(source[i], limit)) : 0 }
        switch format.packing {
        case .bytes:
            for i in 0..<width { destination[i] = UInt8(sample(i)) }
        case .words:
            for i in 0..<width {
                bytes.storeBytes(of: UInt16(sample(i)).littleEndian, toByteOffset: 2 * i, as: UInt16.self)
            }
        case .csi2:
            let group = format.csi2Group
            let lowBits = format.bitsPerSample - 8
            for g in 0..<(length / group.bytes) {
                var low = 0
                for k in 0..<group.samples {
                    let value = sample(g * group.samples + k)
                    destination[g * group.bytes + k] = UInt8(value >> lowBits)
                    low |= (value & ((1 << lowBits) - 1)) << (k * lowBits)
                }
                for b in 0..<(group.bytes - group.samples) {
                    destination[g * group.bytes + group.samples + b] = UInt8((low >> (8 * b)) & 0xff)
                }
            }
        }
    }

    /// MIPI CSI-2 data types RAW10, RAW12, RAW14: the high bytes of `count` samples, then their low bits, first sample
    /// lowest, in `lowBytes` bytes.
    @inline(__always)
    private static func unpackGroups(
        _ bytes: UnsafePointer<UInt8>, _ columns: Range<Int>, of count: Int, lowBytes: Int,
        into destination: UnsafeMutablePointer<UInt16>
    ) {
        let lowBits = 8 * lowBytes / count
        for i in 0..<columns.count {
            let x = columns.lowerBound &+ i
            let group = bytes + (x / count) &* (count &+ lowBytes)
            var low: UInt32 = 0
            for b in 0..<lowBytes { low |= UInt32(group[count &+ b]) << UInt32(truncatingIfNeeded: 8 &* b) }
            let k = x % count
            let bits =
                (low >> UInt32(truncatingIfNeeded: lowBits &* k)) & ((1 << UInt32(truncatingIfNeeded: lowBits)) - 1)
            destination[i] = UInt16(group[k]) << UInt16(truncatingIfNeeded: lowBits) | UInt16(truncatingIfNeeded: bits)
        }
    }
}
