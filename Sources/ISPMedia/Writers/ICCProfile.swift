// ICC profiles of the delivered colour spaces, made by Little CMS from the numbers in ISPImaging.

import CLCMS
import ISPImaging

/// Builds ICC version 4 profiles (ICC.1:2010).
package enum ICCProfile {
    /// The profile of pictures with three channels: D65 primaries (adapted to D50 by Bradford, as ICC demands) and the
    /// transfer function as parametric curves. The same bytes on every run.
    /// - Throws: `ISPError(.resource)` where memory runs out.
    package static func rgb(_ space: RGBColorSpace, _ transfer: TransferFunction) throws(ISPError) -> [UInt8] {
        guard let curve = curve(transfer) else { throw outOfMemory }
        defer { cmsFreeToneCurve(curve) }
        var white = xyY(.d65)
        let (red, green, blue) = space.primaries
        var primaries = cmsCIExyYTRIPLE(Red: xyY(red), Green: xyY(green), Blue: xyY(blue))
        var curves: [OpaquePointer?] = [curve, curve, curve]
        guard let profile = cmsCreateRGBProfile(&white, &primaries, &curves) else { throw outOfMemory }
        defer { cmsCloseProfile(profile) }
        return try finish(profile, description(space, transfer))
    }

    /// The profile of pictures with one channel.
    /// - Throws: `ISPError(.resource)` where memory runs out.
    package static func grey(_ transfer: TransferFunction) throws(ISPError) -> [UInt8] {
        guard let curve = curve(transfer) else { throw outOfMemory }
        defer { cmsFreeToneCurve(curve) }
        guard let profile = cmsCreateGrayProfile(cmsD50_xyY(), curve) else { throw outOfMemory }
        defer { cmsCloseProfile(profile) }
        return try finish(profile, "Grey with \(name(transfer))")
    }

    /// The profile that fits the pixels of a picture.
    /// - Throws: `ISPError(.resource)` where memory runs out.
    package static func of(_ image: ImageBuffer, _ attributes: PictureAttributes) throws(ISPError) -> [UInt8] {
        if case .mono = image.format.layout { return try grey(attributes.transfer) }
        return try rgb(attributes.colorSpace, attributes.transfer)
    }

    /// The name a person sees in a colour-managed program, at most 79 characters (PNG's limit).
    package static func description(_ space: RGBColorSpace, _ transfer: TransferFunction) -> String {
        switch (space, transfer) {
        case (.srgb, .srgb): "sRGB"
        case (.srgb, _): "sRGB primaries with \(name(transfer))"
        case (.displayP3, .srgb): "Display P3"
        case (.displayP3, _): "Display P3 primaries with \(name(transfer))"
        case (.rec2020, .rec709): "Rec. 2020"
        case (.rec2020, _): "Rec. 2020 primaries with \(name(transfer))"
        }
    }

    private static func name(_ transfer: TransferFunction) -> String {
        switch transfer {
        case .srgb: "sRGB transfer"
        case .rec709: "Rec. 709 transfer"
        case .linear: "linear transfer"
        }
    }

    /// The decoding side of a transfer function: ICC function type 3 (Little CMS calls it 4),
    /// `Y = (aX + b)^g` from `X = d` upwards and `Y = cX` below.
    private static func curve(_ transfer: TransferFunction) -> OpaquePointer? {
        let parameters: [Double]
        switch transfer {
        case .srgb: parameters = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
        case .rec709: parameters = [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081]
        case .linear: return cmsBuildGamma(nil, 1)
        }
        return cmsBuildParametricToneCurve(nil, 4, parameters)
    }

    private static func xyY(_ chromaticity: Chromaticity) -> cmsCIExyY {
        cmsCIExyY(x: chromaticity.x, y: chromaticity.y, Y: 1)
    }

    private static func finish(_ profile: cmsHPROFILE, _ description: String) throws(ISPError) -> [UInt8] {
        guard write(description, cmsSigProfileDescriptionTag, to: profile),
            write("No copyright, use freely", cmsSigCopyrightTag, to: profile)
        else { throw outOfMemory }
        var count: cmsUInt32Number = 0
        guard cmsSaveProfileToMem(profile, nil, &count) != 0 else { throw outOfMemory }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        guard cmsSaveProfileToMem(profile, &bytes, &count) != 0 else { throw outOfMemory }
        makeRepeatable(&bytes)
        return bytes
    }

    /// Little CMS stores the time of the call. A fixed date (the first of January 2000: all zeros would be no date to
    /// ICC.1:2010, 4.2) and no profile ID keep equal pictures equal files.
    private static func makeRepeatable(_ bytes: inout [UInt8]) {
        bytes.replaceSubrange(24..<36, with: [0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
        bytes.replaceSubrange(84..<100, with: repeatElement(0, count: 16))
    }

    private static func write(_ text: String, _ tag: cmsTagSignature, to profile: cmsHPROFILE) -> Bool {
        guard let strings = cmsMLUalloc(nil, 1) else { return false }
        defer { cmsMLUfree(strings) }
        return cmsMLUsetASCII(strings, "en", "US", text) != 0
            && cmsWriteTag(profile, tag, UnsafeRawPointer(strings)) != 0
    }

    private static var outOfMemory: ISPError { ISPError(.resource, "not enough memory for the colour profile") }
}
