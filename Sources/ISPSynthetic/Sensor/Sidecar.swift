// A capture on disk: the bytes of a raw dump, the JSON text beside it, and the gain maps.

import ISPImaging

extension SyntheticCapture {
    /// The stored samples, row padding included.
    public var rawBytes: [UInt8] { frame.withBytes { Array($0) } }

    /// The sidecar of a raw dump as JSON text: size, format, levels, balance, calibration, noise, exposure; and under
    /// `synthetic` every parameter of the camera and the sequence, with which the frame can be made again.
    /// - Parameters:
    ///   - fileName: the name of the raw dump.
    ///   - gainMapFile: the name of the file that holds `gainMapJSON()`, where that is written too.
    public func sidecarJSON(fileName: String, gainMapFile: String? = nil) -> String {
        let format = frame.format
        let metadata = frame.metadata
        var fields: [(String, JSON)] = [
            ("file", .text(fileName)),
            ("width", .integer(frame.size.width)),
            ("height", .integer(frame.size.height)),
            ("cfa", .text(format.cfa?.rawValue.uppercased() ?? "MONO")),
            ("bits_per_sample", .integer(format.bitsPerSample)),
            ("packing", .text(format.packingDescription)),
            ("format", .text(format.name)),
            ("stride_bytes", .integer(frame.bytesPerRow)),
            ("black_level", .integer(Int(metadata.blackLevel[0]))),
            ("white_level", .integer(Int(metadata.whiteLevel))),
        ]
        if let gains = metadata.asShotGains {
            fields.append(
                (
                    "wb_gains",
                    .object([("r", .number(gains.red)), ("g", .number(gains.green)), ("b", .number(gains.blue))])
                ))
            fields.append(("as_shot_neutral", .numbers(gains.neutral.components)))
        }
        for (index, calibration) in (metadata.color?.calibrations ?? []).enumerated() {
            let rows = calibration.colorMatrix.rows
            fields.append(
                (
                    "color_matrix_\(index + 1)_xyz_to_camera",
                    .array([rows.0, rows.1, rows.2].map { .numbers($0.components) })
                ))
            fields.append(("calibration_illuminant_\(index + 1)", .text(Self.illuminantName(calibration.kelvin))))
        }
        fields.append(("baseline_exposure_ev", .number(metadata.baselineExposure)))
        if let noise = metadata.noiseProfile {
            fields.append(
                (
                    "noise_profile_dng",
                    .object([
                        ("scale", .number(noise.scale[0])), ("offset", .number(noise.offset[0])),
                        ("note", .text("variance = scale * x + offset for x in 0..1")),
                    ])
                ))
        }
        fields += metadata.capture.iso.map { [("iso", .number($0))] } ?? []
        fields += metadata.capture.exposureTime.map { [("exposure_s", .number($0))] } ?? []
        fields += gainMapFile.map { [("gain_map_file", .text($0))] } ?? []
        if !metadata.defects.isEmpty {
            fields.append(("defects_xy", .array(metadata.defects.map { .array([.integer($0.x), .integer($0.y)]) })))
        }
        if let table = metadata.linearization {
            fields.append(("linearization", .array(table.map { .integer(Int($0)) })))
        }
        fields.append(("synthetic", synthetic))
        fields.append(("origin", .text("SoftISP synthetic camera")))
        fields.append(("bytes", .integer(frame.withBytes(\.count))))
        return JSON.object(fields).text
    }

    /// The lens-shading meshes as JSON text, in the terms of DNG GainMap opcodes, ordered R, Gr, Gb, B; `nil` without
    /// shading.
    public func gainMapJSON() -> String? {
        guard let map = frame.metadata.lensShading else { return nil }
        let cfa = frame.format.cfa
        let maps = zip(CFASite.allCases, map.meshes).map { site, mesh -> JSON in
            let column = cfa.map { site == .red || site == .greenInBlue ? $0.redColumn : 1 - $0.redColumn } ?? 0
            let row = cfa.map { site == .red || site == .greenInRed ? $0.redRow : 1 - $0.redRow } ?? 0
            return .object([
                ("top", .integer(row)), ("left", .integer(column)), ("bottom", .integer(map.fullFrame.height)),
                ("right", .integer(map.fullFrame.width)), ("plane", .integer(0)), ("planes", .integer(1)),
                ("row_pitch", .integer(cfa == nil ? 1 : 2)), ("col_pitch", .integer(cfa == nil ? 1 : 2)),
                ("points_v", .integer(mesh.rows)), ("points_h", .integer(mesh.columns)),
                ("spacing_v", .number(mesh.spacingY)), ("spacing_h", .number(mesh.spacingX)),
                ("origin_v", .number(mesh.originY)), ("origin_h", .number(mesh.originX)), ("map_planes", .integer(1)),
                ("gains", .array(mesh.gains.map { .shortNumber($0) })),
            ])
        }
        return JSON.object([("origin", .text("SoftISP synthetic camera")), ("maps", .array(maps))]).text
    }

    private static func illuminantName(_ kelvin: Double) -> String {
        kelvin == 2856 ? "Standard Light A" : kelvin == 6504 ? "D65" : "\(kelvin) K"
    }
}

extension PixelFormat {
    fileprivate var packingDescription: String {
        switch packing {
        case .bytes: "uint8"
        case .words: "uint16 little-endian, LSB-aligned, no padding"
        case .csi2: "MIPI CSI-2 RAW\(bitsPerSample)"
        }
    }
}
