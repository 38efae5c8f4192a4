// DNG opcode lists (Adobe, DNG Specification 1.7, chapter 7): corrections that a file asks for, as big-endian bytes.

import ISPImaging

/// The opcodes of one OpcodeList tag. A pure parser: bytes in, values out, every length checked before it is used.
package struct OpcodeList: Sendable {
    /// One correction.
    package struct Opcode: Sendable {
        /// Which correction, as numbered by the specification.
        package let id: UInt32
        /// Whether a reader may pass over it.
        package let isOptional: Bool
        /// Its parameters, where they are understood.
        package let content: Content

        /// The specification's name, or the number of an unknown opcode.
        package var name: String { OpcodeList.names[id] ?? "opcode \(id)" }
    }

    /// The parameters of the opcodes that are understood.
    package enum Content: Sendable {
        case gainMap(GainMap)
        case badPixels(BadPixels)
        case warp(Warp)
        case other
    }

    /// Parameters of WarpRectilinear as they stand in the file; `LensWarp` judges whether they make sense.
    package struct Warp: Sendable {
        package var planes: [LensWarp.Plane]
        package var centerX, centerY: Double
    }

    /// Parameters of FixBadPixelsList: points and half-open rectangles, rows and columns of the image it applies to.
    package struct BadPixels: Sendable {
        package var points: [(row: UInt32, column: UInt32)]
        package var rectangles: [(top: UInt32, left: UInt32, bottom: UInt32, right: UInt32)]
    }

    /// The opcodes in the order in which they apply.
    package let opcodes: [Opcode]

    private static let names: [UInt32: String] = [
        1: "WarpRectilinear", 2: "WarpFisheye", 3: "FixVignetteRadial", 4: "FixBadPixelsConstant",
        5: "FixBadPixelsList",
        6: "TrimBounds", 7: "MapTable", 8: "MapPolynomial", 9: "GainMap", 10: "DeltaPerRow", 11: "DeltaPerColumn",
        12: "ScalePerRow", 13: "ScalePerColumn", 14: "WarpRectilinear2",
    ]

    /// Parses the bytes of a tag.
    /// - Throws: `ISPError(.damagedInput)` where the bytes end early or an opcode's length contradicts its parameters.
    package init(_ bytes: [UInt8]) throws(ISPError) {
        var cursor = BigEndianCursor(bytes[...])
        var found: [Opcode] = []
        let count = try cursor.word()
        // An opcode takes 16 bytes at least, so the loop ends with the bytes whatever the count says.
        for _ in 0..<count {
            let id = try cursor.word()
            _ = try cursor.word()  // the DNG version it needs
            let flags = try cursor.word()
            let length = try cursor.word()
            var parameters = BigEndianCursor(try cursor.take(length))
            let content: Content
            switch id {
            case 1: content = .warp(try Self.warp(&parameters))
            case 5: content = .badPixels(try Self.badPixels(&parameters))
            case 9: content = .gainMap(try Self.gainMap(&parameters))
            default: content = .other
            }
            found.append(Opcode(id: id, isOptional: flags & 1 != 0, content: content))
        }
        opcodes = found
    }

    private static func gainMap(_ p: inout BigEndianCursor) throws(ISPError) -> GainMap {
        var map = GainMap()
        map.top = Int(try p.word())
        map.left = Int(try p.word())
        map.bottom = Int(try p.word())
        map.right = Int(try p.word())
        map.plane = Int(try p.word())
        map.planes = Int(try p.word())
        map.rowPitch = Int(try p.word())
        map.columnPitch = Int(try p.word())
        map.rows = Int(try p.word())
        map.columns = Int(try p.word())
        map.spacingY = try p.double()
        map.spacingX = try p.double()
        map.originY = try p.double()
        map.originX = try p.double()
        let mapPlanes = Int(try p.word())
        let nodes = 1...LensShadingMap.maximumNodes
        guard nodes.contains(map.rows), nodes.contains(map.columns), (1...16).contains(mapPlanes) else {
            throw ISPError(.damagedInput, "a gain map of \(map.columns)x\(map.rows) nodes in \(mapPlanes) planes")
        }
        // Planes are interleaved; a mosaic has one, and further ones could only repeat it.
        let count = map.rows * map.columns
        guard p.remaining >= 4 * count * mapPlanes else { throw BigEndianCursor.truncated }
        map.gains.reserveCapacity(count)
        for _ in 0..<count {
            map.gains.append(try p.float())
            _ = try p.take(UInt32(4 * (mapPlanes - 1)))
        }
        return map
    }

    private static func warp(_ p: inout BigEndianCursor) throws(ISPError) -> Warp {
        let count = Int(try p.word())
        guard (1...4).contains(count) else { throw ISPError(.damagedInput, "a lens warp of \(count) planes") }
        var warp = Warp(planes: [], centerX: 0.5, centerY: 0.5)
        for _ in 0..<count {
            var values: [Double] = []
            for _ in 0..<6 { values.append(try p.double()) }
            warp.planes.append(LensWarp.Plane(radial: Array(values[..<4]), tangential: Array(values[4...])))
        }
        warp.centerX = try p.double()
        warp.centerY = try p.double()
        return warp
    }

    private static func badPixels(_ p: inout BigEndianCursor) throws(ISPError) -> BadPixels {
        _ = try p.word()  // Bayer phase
        let (points, rectangles) = (Int(try p.word()), Int(try p.word()))
        guard p.remaining >= 8 * points + 16 * rectangles else { throw BigEndianCursor.truncated }
        var found = BadPixels(points: [], rectangles: [])
        for _ in 0..<points { found.points.append((try p.word(), try p.word())) }
        for _ in 0..<rectangles {
            found.rectangles.append((try p.word(), try p.word(), try p.word(), try p.word()))
        }
        return found
    }
}

/// Reads big-endian numbers from bytes; throws instead of reading past the end.
struct BigEndianCursor {
    static let truncated = ISPError(.damagedInput, "an opcode list ends early; the file is damaged")

    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The number of bytes not yet read.
    var remaining: Int { bytes.count }

    mutating func take(_ count: UInt32) throws(ISPError) -> ArraySlice<UInt8> {
        guard Int(count) <= bytes.count else { throw Self.truncated }
        defer { bytes = bytes.dropFirst(Int(count)) }
        return bytes.prefix(Int(count))
    }

    mutating func word() throws(ISPError) -> UInt32 { try take(4).reduce(0) { $0 << 8 | UInt32($1) } }
    mutating func float() throws(ISPError) -> Float { Float(bitPattern: try word()) }
    mutating func double() throws(ISPError) -> Double {
        Double(bitPattern: UInt64(try word()) << 32 | UInt64(try word()))
    }
}
