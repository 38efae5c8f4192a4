// What a sidecar's facts do to a frame's metadata: they are all there is for a dump, and corrections for a camera file.

import Foundation
import ISPImaging

extension Sidecar {
    /// Fills the metadata of a raw dump.
    /// - Throws: `ISPError(.damagedInput)` where a defect lies outside the frame or the gain map is unusable.
    func describe(_ metadata: inout FrameMetadata, size: Size, pattern: CFAPattern?) throws(ISPError) {
        if let balance = trustedGains {
            metadata.asShotGains = balance.gains
            if let note = balance.note { metadata.notes.append(note) }
        } else {
            metadata.asShotGains = asShotGains
        }
        metadata.linearization = linearization
        metadata.color = color
        metadata.cameraToSRGB = cameraToSRGB
        metadata.orientation = orientation ?? .up
        metadata.baselineExposure = baselineExposure ?? 0
        metadata.noiseProfile = noiseProfile
        metadata.capture.iso = iso
        metadata.capture.exposureTime = exposureTime
        metadata.lensShading = try lensShading(size: size, pattern: pattern, notes: &metadata.notes)
        metadata.lensWarp = lensWarp
        metadata.defects = defects ?? []
        guard metadata.defects.allSatisfy({ $0.x < size.width && $0.y < size.height }) else {
            throw ISPError(.damagedInput, "sidecar key 'defects' names a photosite outside the \(size) frame")
        }
    }

    /// Replaces colour metadata of a camera file where the sidecar says something else; geometry and levels stay the
    /// file's. Every replacement leaves a note. (A file's own balance can be known to be wrong: some recorders write
    /// the reciprocal of what the tag means.)
    func correct(_ metadata: inout FrameMetadata, size: Size, pattern: CFAPattern?) throws(ISPError) {
        let name = ((path ?? "sidecar") as NSString).lastPathComponent
        var replaced: [String] = []
        if let balance = trustedGains, !balance.gains.isClose(to: metadata.asShotGains) {
            metadata.asShotGains = balance.gains
            replaced.append("white balance (\(balance.note ?? "its wb_gains"))")
        } else if metadata.asShotGains == nil, let asShotGains {
            metadata.asShotGains = asShotGains
            replaced.append("white balance")
        }
        // The same matrices leave the file's own calibration alone, which may also have forward matrices.
        if let color, !color.hasMatrices(of: metadata.color) {
            metadata.color = color
            replaced.append("colour matrices")
        }
        if let cameraToSRGB {
            metadata.cameraToSRGB = cameraToSRGB
            replaced.append("camera-to-sRGB matrix")
        }
        if let orientation, orientation != metadata.orientation {
            metadata.orientation = orientation
            replaced.append("orientation")
        }
        if let noiseProfile, noiseProfile != metadata.noiseProfile {
            metadata.noiseProfile = noiseProfile
            replaced.append("noise profile")
        }
        if let map = try lensShading(size: size, pattern: pattern, notes: &metadata.notes) {
            metadata.lensShading = map
            replaced.append("lens shading")
        }
        if let lensWarp {
            metadata.lensWarp = lensWarp
            replaced.append("lens warp")
        }
        metadata.notes += replaced.map { "\($0) taken from \(name)" }
    }

    /// The balance that is surely meant: the stated gains, or those measured on a chart in the picture.
    private var trustedGains: (gains: WhiteBalanceGains, note: String?)? {
        if let gains { return (gains, nil) }
        return chartGains.map { ($0, "white balance measured on the colour chart in the picture") }
    }
}

extension WhiteBalanceGains {
    /// Whether both say the same to the digits that sidecars keep.
    fileprivate func isClose(to other: WhiteBalanceGains?) -> Bool {
        guard let other else { return false }
        return abs(red - other.red) < 1e-3 * red && abs(blue - other.blue) < 1e-3 * blue
    }
}

extension CameraColor {
    /// Whether both have the same colour matrices, to the digits that sidecars keep.
    fileprivate func hasMatrices(of other: CameraColor?) -> Bool {
        guard let other, other.calibrations.count == calibrations.count else { return false }
        return zip(calibrations, other.calibrations).allSatisfy { mine, theirs in
            zip(mine.colorMatrix.values, theirs.colorMatrix.values).allSatisfy { abs($0 - $1) < 1e-3 }
        }
    }
}
