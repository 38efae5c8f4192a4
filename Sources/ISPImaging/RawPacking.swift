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
            case 10: unpack10(samples, columns, destination)
            case 12: unpack12(samples, columns, destination)
            default: unpack14(samples, columns, destination)
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

    // MIPI CSI-2 data types RAW10, RAW12, RAW14: the low bits of a group follow its high bytes, first sample lowest.

    private static func unpack10(
        _ s: UnsafePointer<UInt8>, _ columns: Range<Int>, _ d: UnsafeMutablePointer<UInt16>
    ) {
        for i in 0..<columns.count {
            let x = columns.lowerBound &+ i
            let group = s + (x >> 2) &* 5
            let k = x & 3
            d[i] = UInt16(group[k]) << 2 | (UInt16(group[4]) >> UInt16(truncatingIfNeeded: 2 &* k)) & 3
        }
    }

    private static func unpack12(
        _ s: UnsafePointer<UInt8>, _ columns: Range<Int>, _ d: UnsafeMutablePointer<UInt16>
    ) {
        for i in 0..<columns.count {
            let x = columns.lowerBound &+ i
            let group = s + (x >> 1) &* 3
            let k = x & 1
            d[i] = UInt16(group[k]) << 4 | (UInt16(group[2]) >> UInt16(truncatingIfNeeded: 4 &* k)) & 15
        }
    }

    private static func unpack14(
        _ s: UnsafePointer<UInt8>, _ columns: Range<Int>, _ d: UnsafeMutablePointer<UInt16>
    ) {
        for i in 0..<columns.count {
            let x = columns.lowerBound &+ i
            let group = s + (x >> 2) &* 7
            let k = x & 3
            let low = UInt32(group[4]) | UInt32(group[5]) << 8 | UInt32(group[6]) << 16
            d[i] = UInt16(group[k]) << 6 | UInt16(truncatingIfNeeded: low >> UInt32(truncatingIfNeeded: 6 &* k)) & 63
        }
    }
}
