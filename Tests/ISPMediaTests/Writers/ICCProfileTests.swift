// The profiles say what ISPImaging says, as read back by Little CMS.

import CLCMS
import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct ICCProfileTests {
    private func open(_ bytes: [UInt8]) throws -> cmsHPROFILE {
        try #require(bytes.withUnsafeBytes { cmsOpenProfileFromMem($0.baseAddress, UInt32(bytes.count)) })
    }

    private func text(_ profile: cmsHPROFILE, _ tag: cmsInfoType) -> String {
        var buffer = [CChar](repeating: 0, count: 200)
        cmsGetProfileInfoASCII(profile, tag, "en", "US", &buffer, 200)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func expectCurve(_ profile: cmsHPROFILE, _ tag: cmsTagSignature, is transfer: TransferFunction) throws {
        let curve = OpaquePointer(try #require(cmsReadTag(profile, tag)))
        for i in 0...1000 {
            let code = Double(i) / 1000
            let value = Double(cmsEvalToneCurveFloat(curve, Float(code)))
            #expect(abs(value - transfer.decode(code)) < 1e-3, "\(transfer) at \(code)")
            #expect(abs(transfer.encode(value) - code) < 1e-3)
        }
    }

    /// Primaries as chromaticities under D65: the colorants are stored under D50.
    private func chromaticity(_ profile: cmsHPROFILE, _ tag: cmsTagSignature) throws -> Chromaticity {
        let xyz = try #require(cmsReadTag(profile, tag)).assumingMemoryBound(to: cmsCIEXYZ.self).pointee
        return Chromaticity(
            xyz: Chromaticity.d50.bradfordAdaptation(to: .d65) * Vector3(xyz.X, xyz.Y, xyz.Z))
    }

    @Test(arguments: RGBColorSpace.allCases, TransferFunction.allCases)
    func primariesAndCurvesAreThoseOfTheSpace(_ space: RGBColorSpace, _ transfer: TransferFunction) throws {
        let bytes = try ICCProfile.rgb(space, transfer)
        let profile = try open(bytes)
        defer { cmsCloseProfile(profile) }
        #expect(cmsGetColorSpace(profile) == cmsSigRgbData)
        #expect(cmsGetProfileVersion(profile) >= 4)
        let expected = space.primaries
        for (tag, primary) in [
            (cmsSigRedColorantTag, expected.red), (cmsSigGreenColorantTag, expected.green),
            (cmsSigBlueColorantTag, expected.blue),
        ] {
            let found = try chromaticity(profile, tag)
            #expect(abs(found.x - primary.x) < 1e-3 && abs(found.y - primary.y) < 1e-3, "\(space) \(found)")
        }
        for tag in [cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag] {
            try expectCurve(profile, tag, is: transfer)
        }
        #expect(text(profile, cmsInfoDescription) == ICCProfile.description(space, transfer))
        #expect(text(profile, cmsInfoCopyright) == "No copyright, use freely")
        #expect(bytes.count < 1000, "parametric curves, not tables")
    }

    @Test(arguments: TransferFunction.allCases) func greyProfilesHaveTheCurve(_ transfer: TransferFunction) throws {
        let profile = try open(try ICCProfile.grey(transfer))
        defer { cmsCloseProfile(profile) }
        #expect(cmsGetColorSpace(profile) == cmsSigGrayData)
        try expectCurve(profile, cmsSigGrayTRCTag, is: transfer)
    }

    @Test func everyProfileHasANameOfItsOwn() {
        let names = RGBColorSpace.allCases.flatMap { space in
            TransferFunction.allCases.map { ICCProfile.description(space, $0) }
        }
        #expect(Set(names).count == names.count)
    }

    /// An sRGB white, grey and red must come out as sRGB's own: the profile is used by a real colour engine.
    @Test func ourSRGBIsLittleCMSsOwn() throws {
        let ours = try open(try ICCProfile.rgb(.srgb, .srgb))
        defer { cmsCloseProfile(ours) }
        let theirs = try #require(cmsCreate_sRGBProfile())
        defer { cmsCloseProfile(theirs) }
        // Three 16-bit channels (TYPE_RGB_16 of lcms2.h).
        let type: UInt32 = (4 << 16) | (3 << 3) | 2
        let transform = try #require(cmsCreateTransform(ours, type, theirs, type, 1, 0))
        defer { cmsDeleteTransform(transform) }
        let input: [UInt16] = [65535, 65535, 65535, 30000, 30000, 30000, 60000, 1000, 500, 200, 40000, 65535]
        var output = [UInt16](repeating: 0, count: input.count)
        cmsDoTransform(transform, input, &output, 4)
        for (a, b) in zip(input, output) { #expect(abs(Int(a) - Int(b)) <= 70, "\(input) \(output)") }
    }
}
