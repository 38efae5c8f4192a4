// The ranges of the sensor's parameters, enforced.

import ISPImaging

extension SensorModel {
    /// The pixel format of the samples.
    /// - Throws: `ISPError(.usage)` where no such format exists.
    public func pixelFormat() throws(ISPError) -> PixelFormat {
        guard let format = PixelFormat.raw(cfa, bitsPerSample: bitsPerSample, packing: packing) else {
            throw ISPError(
                .usage,
                "no raw format has \(bitsPerSample) bits in \(packing.rawValue); use 8 bits in bytes, "
                    + "10, 12, 14 or 16 in words, or 10, 12 or 14 in csi2")
        }
        return format
    }

    /// Refuses parameters outside their ranges.
    /// - Throws: `ISPError(.usage)` that names the parameter and its range.
    public func check() throws(ISPError) {
        try Scene.check(size)
        let format = try pixelFormat()
        let maximum = companding == nil ? format.maximum : CompandingCurve.maximumLinear
        guard blackLevel >= 0, whiteLevel <= maximum, whiteLevel - blackLevel >= 16 else {
            throw ISPError(
                .usage,
                "black level \(blackLevel) and white level \(whiteLevel): they must lie in 0 to \(maximum), "
                    + "white at least 16 above black")
        }
        if let code = companding?.knees.last?.code, code > format.maximum {
            throw ISPError(
                .usage, "companding to codes up to \(code), but \(bitsPerSample) bits hold \(format.maximum) at most")
        }
        try Self.check("rowPadding", Double(rowPadding), in: 0...Double(Self.rowPaddingRange.upperBound), unit: "bytes")
        try Self.check("exposure", exposure, in: Self.exposureRange)
        try Self.check("whiteFraction", whiteFraction, in: Self.whiteFractionRange)
        try Self.check("illuminantKelvin", illuminantKelvin, in: Self.kelvinRange, unit: "K")
        try Self.check("noise.fullWell", noise.fullWell, in: NoiseModel.fullWellRange, unit: "electrons")
        try Self.check("noise.readNoise", noise.readNoise, in: NoiseModel.readNoiseRange, unit: "electrons")
        try Self.check("noise.postNoise", noise.postNoise, in: NoiseModel.postNoiseRange, unit: "electrons")
        try Self.check("noise.rowNoise", noise.rowNoise, in: NoiseModel.rowNoiseRange, unit: "electrons")
        try Self.check("noise.iso", noise.iso, in: NoiseModel.isoRange)
        if let exposureTime {
            try Self.check("exposureTime", exposureTime, in: Self.exposureTimeRange, unit: "s")
        }
        try Self.check("lens.sigma", lens.sigma, in: LensBlur.sigmaRange, unit: "pixels")
        try Self.check("fixedPattern.gain", fixedPattern.gain, in: FixedPatternModel.gainRange)
        try Self.check(
            "fixedPattern.offset", fixedPattern.offset, in: FixedPatternModel.offsetRange, unit: "electrons")
        try Self.check("shading.cornerLoss", shading.cornerLoss, in: ShadingModel.cornerLossRange)
        try Self.check("shading.redTint", shading.redTint, in: ShadingModel.tintRange)
        try Self.check("shading.blueTint", shading.blueTint, in: ShadingModel.tintRange)
        try Self.check("defects.fraction", defects.fraction, in: DefectModel.fractionRange)
        try Self.check("defects.listedShare", defects.listedShare, in: DefectModel.shareRange)
        for (name, share) in [("hot", defects.hotShare), ("dead", defects.deadShare)] {
            try Self.check("defects.\(name)Share", share, in: DefectModel.shareRange)
        }
        guard defects.hotShare + defects.deadShare <= 1 else {
            throw ISPError(
                .usage,
                "defects.hotShare and defects.deadShare add up to \(defects.hotShare + defects.deadShare); "
                    + "they may not exceed 1 together (the rest are stuck)")
        }
    }

    static func check(
        _ name: String, _ value: Double, in range: ClosedRange<Double>, unit: String = ""
    ) throws(ISPError) {
        guard range.contains(value) else {
            let suffix = unit.isEmpty ? "" : " \(unit)"
            throw ISPError(
                .usage, "\(name) \(value) is out of range; use \(range.lowerBound) to \(range.upperBound)\(suffix)")
        }
    }
}
