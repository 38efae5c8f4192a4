// Every parameter of a synthetic capture as JSON; keys are the properties' own names in the sidecars' spelling, with units.

import ISPImaging

extension SyntheticCapture {
    /// The `synthetic` object of the sidecar. The seed is a text: it may not fit a JSON number.
    var synthetic: JSON {
        var fields: [(String, JSON)] = [
            ("seed", .text("\(seed)")), ("frame_index", .integer(frameIndex)), ("sensor", truth.sensor.parameters),
        ]
        if let sequence { fields.append(("sequence", sequence.parameters)) }
        return .object(fields)
    }
}

extension SensorModel {
    fileprivate var parameters: JSON {
        var fields: [(String, JSON)] = [
            ("width", .integer(size.width)), ("height", .integer(size.height)),
            ("cfa", cfa.map { .text($0.rawValue.uppercased()) } ?? .null), ("bits_per_sample", .integer(bitsPerSample)),
            ("packing", .text(packing.rawValue)), ("row_padding_bytes", .integer(rowPadding)),
            ("black_level", .integer(blackLevel)), ("white_level", .integer(whiteLevel)),
            ("exposure", .number(exposure)), ("white_fraction", .number(whiteFraction)),
            ("exposure_time_s", .number(effectiveExposureTime)), ("illuminant_kelvin", .number(illuminantKelvin)),
            ("lens_sigma_px", .number(lens.sigma)),
            (
                "noise",
                .object([
                    ("photons", .truth(noise.photons)), ("full_well_e", .number(noise.fullWell)),
                    ("read_noise_e", .number(noise.readNoise)), ("post_noise_e_iso100", .number(noise.postNoise)),
                    ("row_noise_e", .number(noise.rowNoise)), ("iso", .number(noise.iso)),
                ])
            ),
            (
                "fixed_pattern",
                .object([("gain_share", .number(fixedPattern.gain)), ("offset_e", .number(fixedPattern.offset))])
            ),
            (
                "shading",
                .object([
                    ("corner_loss", .number(shading.cornerLoss)), ("red_tint", .number(shading.redTint)),
                    ("blue_tint", .number(shading.blueTint)),
                ])
            ),
            (
                "defects",
                .object([
                    ("fraction", .number(defects.fraction)), ("hot_share", .number(defects.hotShare)),
                    ("dead_share", .number(defects.deadShare)), ("listed_share", .number(defects.listedShare)),
                ])
            ),
        ]
        fields.append(
            (
                "color_calibrations",
                .array(
                    color.calibrations.map {
                        .object([("kelvin", .number($0.kelvin)), ("xyz_to_camera", .numbers($0.colorMatrix.values))])
                    })
            ))
        let knees = companding?.knees.map { JSON.array([.integer($0.linear), .integer($0.code)]) }
        fields.append(("companding_knees", knees.map { .array($0) } ?? .null))
        return .object(fields)
    }
}

extension SequenceModel {
    fileprivate var parameters: JSON {
        .object([
            ("frames_per_second", .number(frameRate)), ("pan_px_per_frame", .numbers([panX, panY])),
            ("objects", .integer(objects)),
            (
                "flicker",
                .object([
                    ("frequency_hz", .number(flicker.frequency)), ("depth", .number(flicker.depth)),
                    ("phase_turns", .number(flicker.phase)),
                ])
            ),
        ])
    }
}
