// The lens table of a sidecar: the parameters of DNG's WarpRectilinear as JSON.

import ISPImaging

extension Sidecar {
    /// Reads `planes`, one or three objects with `radial` (4 numbers) and optionally `tangential` (2), and `center` (x, y as
    /// fractions of the frame, the middle where absent).
    static func lensWarp(_ fields: JSONFields) throws(ISPError) -> LensWarp {
        var planes: [LensWarp.Plane] = []
        for plane in try fields.objects("planes") ?? [] {
            guard let radial = try plane.numbers("radial", counts: [4], -8...8) else {
                throw plane.wrong("radial", "4 numbers")
            }
            let tangential = try plane.numbers("tangential", counts: [2], -1...1) ?? [0, 0]
            planes.append(LensWarp.Plane(radial: radial, tangential: tangential))
        }
        let center = try fields.numbers("center", counts: [2], 0...1) ?? [0.5, 0.5]
        do throws(ISPError) {
            return try LensWarp(planes: planes, centerX: center[0], centerY: center[1])
        } catch { throw fields.wrong("planes", "one or three planes that do not fold the picture") }
    }
}
