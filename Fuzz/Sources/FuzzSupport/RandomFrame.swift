// Raw frames out of bytes: any format, odd sizes, odd strides, everything that metadata may hold.

import ISPImaging

extension InputReader {
    /// A frame with sound metadata.
    /// - Parameter formats: raw formats to choose from.
    public mutating func frame(
        of formats: [PixelFormat] = PixelFormat.all.filter(\.isRaw)
    ) throws(ISPError) -> RawFrame {
        let format = choice(formats)
        let isLarge = chance(24)
        let size = Size(
            width: 16 + integer(0...(isLarge ? 184 : 40)), height: 16 + integer(0...(isLarge ? 134 : 40)))
        let row = format.minimumBytesPerRow(width: size.width)
        let bytesPerRow = row + (chance(64) ? integer(0...9) : 0)
        let memory = ExactBytes(count: bytesPerRow * (size.height - 1) + row)
        fill(memory.bytes, format, bytesPerRow)
        return try RawFrame(
            format: format, size: size, bytesPerRow: bytesPerRow, bytes: UnsafeRawBufferPointer(memory.bytes),
            owner: memory, metadata: try metadata(format, size))
    }

    /// Noise, flat, extreme, striped or smooth samples.
    private mutating func fill(_ bytes: UnsafeMutableRawBufferPointer, _ format: PixelFormat, _ bytesPerRow: Int) {
        let kind = integer(0...6)
        let level = word() & format.maximum
        // Noise beyond the bits of the format every other time: a word may hold anything.
        let highest = level & 1 == 0 ? UInt16(format.maximum) : .max
        var random = generator()
        guard format.packing == .words else {
            for i in bytes.indices {
                bytes[i] =
                    switch kind {
                    case 0: UInt8.random(in: 0...255, using: &random)
                    case 1: 0
                    case 2: 255
                    case 3: UInt8(truncatingIfNeeded: level)
                    case 4: (i / 3) % 2 == 0 ? 255 : 0
                    case 5: UInt8(truncatingIfNeeded: i % bytesPerRow + i / bytesPerRow)
                    default: UInt8(truncatingIfNeeded: level) &+ UInt8.random(in: 0...7, using: &random)
                    }
            }
            return
        }
        for offset in stride(from: 0, to: bytes.count - 1, by: 2) {
            let sample: UInt16 =
                switch kind {
                case 0: UInt16.random(in: 0...highest, using: &random)
                case 1: 0
                case 2: .max
                case 3: UInt16(level)
                case 4: (offset / 6) % 2 == 0 ? UInt16(format.maximum) : 0
                case 5: UInt16(truncatingIfNeeded: (offset % bytesPerRow + offset / bytesPerRow) * 16)
                default: UInt16(truncatingIfNeeded: level + Int.random(in: 0...31, using: &random))
                }
            bytes.storeBytes(of: sample.littleEndian, toByteOffset: offset, as: UInt16.self)
        }
        bytes[bytes.count - 1] = 0
    }

    private mutating func metadata(_ format: PixelFormat, _ size: Size) throws(ISPError) -> FrameMetadata {
        var metadata = FrameMetadata(blackLevel: 0, whiteLevel: Float(format.maximum))
        var maximum = Double(format.maximum)
        if chance(24) {
            var random = generator()
            metadata.linearization = (0..<integer(2...1500)).map { _ in UInt16.random(in: 0...65_535, using: &random) }
            maximum = 65_535
        }
        if chance(128) {
            metadata.whiteLevel = Float(number(1...maximum))
            metadata.blackLevel = numbers(4, 0...0.999).map { Float($0) * metadata.whiteLevel }
        }
        if chance(128) {
            metadata.asShotGains = try? WhiteBalanceGains(red: number(0.05...50), green: 1, blue: number(0.05...50))
        }
        if chance(96) { metadata.color = color() }
        if chance(24) { metadata.cameraToSRGB = Matrix3(numbers(9, -100...100)) }
        if chance(128) { metadata.orientation = choice(Orientation.allCases) }
        if chance(64) { metadata.baselineExposure = number(FrameMetadata.baselineExposureRange) }
        if chance(64) { metadata.lensShading = try shading(size) }
        if chance(64) { metadata.lensWarp = warp() }
        if chance(64) {
            let count = choice([1, 3])
            metadata.noiseProfile = NoiseProfile(scale: numbers(count, 0...1), offset: numbers(count, 0...1))
        }
        if chance(96) {
            metadata.defects = (0..<integer(0...20)).map { _ in
                DefectLocation(x: integer(0...(size.width - 1)), y: integer(0...(size.height - 1)))
            }
        }
        if chance(48) { metadata.defaultCrop = region(in: size) }
        return metadata
    }

    private mutating func color() -> CameraColor? {
        let calibrations = (0..<integer(1...2)).compactMap { _ in
            try? CalibrationIlluminant(
                kelvin: number(1000...25_000), colorMatrix: Matrix3(numbers(9, -2...2))!,
                forwardMatrix: chance(96) ? Matrix3(numbers(9, -2...2)) : nil)
        }
        return calibrations.isEmpty ? nil : CameraColor(calibrations)
    }

    private mutating func shading(_ size: Size) throws(ISPError) -> LensShadingMap {
        var meshes: [LensShadingMap.Mesh] = []
        for _ in 0..<4 {
            let (columns, rows) = (integer(1...5), integer(1...5))
            let far = chance(32) ? LensShadingMap.placeRange.upperBound : 1
            meshes.append(
                try LensShadingMap.Mesh(
                    columns: columns, rows: rows, originX: number(-far...far), originY: number(-far...far),
                    spacingX: number(1e-5...far), spacingY: number(1e-5...far),
                    gains: numbers(columns * rows, 0.02...100).map { Float($0) }))
        }
        return LensShadingMap(
            meshes: meshes,
            fullFrame: chance(128) ? size : Size(width: integer(1...60_000), height: integer(1...60_000)),
            originX: integer(0...1000), originY: integer(0...1000))
    }

    private mutating func warp() -> LensWarp? {
        let planes = (0..<choice([1, 3])).map { _ in
            LensWarp.Plane(
                radial: [number(0.6...1.4)] + numbers(3, -0.3...0.3), tangential: numbers(2, -0.09...0.09))
        }
        return try? LensWarp(planes: planes, centerX: number(0...1), centerY: number(0...1))
    }

    /// A region with pixels inside a picture.
    mutating func region(in size: Size) -> Region {
        let (x, y) = (integer(0...(size.width - 1)), integer(0...(size.height - 1)))
        return Region(x: x, y: y, width: integer(1...(size.width - x)), height: integer(1...(size.height - y)))
    }
}
