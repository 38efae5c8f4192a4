// The ColorChecker Classic: 24 published colours, and the chart in the scene.

import ISPImaging

/// The 24 patches of the ColorChecker Classic.
///
/// The values are those X-Rite published for charts made after November 2014, as xyY under D50, in the form the
/// colour-science package gives them ("ColorChecker24 - After November 2014", BSD-3-Clause; McCamy, Marcus and
/// Davidson 1976 describe the chart).
public enum ColorChecker {
    /// The chart's white: D50 as the published values use it.
    public static let white = Chromaticity(x: 0.345702914918791, y: 0.358538596679933)

    /// A patch: its name, its xyY under D50 and, from these, its linear sRGB under D65.
    public struct Patch: Hashable, Sendable {
        /// The chart's own name for it.
        public let name: String
        /// CIE xy under D50.
        public let chromaticity: Chromaticity
        /// Luminance factor Y, 0 ... 1.
        public let luminance: Double

        /// Linear sRGB, adapted from D50 to D65 by Bradford; out-of-gamut components are negative (cyan's red is).
        public var linearSRGB: Vector3 {
            RGBColorSpace.srgb.fromXYZ
                * (ColorChecker.white.bradfordAdaptation(to: .d65) * (chromaticity.xyz * luminance))
        }
    }

    /// The patches row by row from dark skin, four rows of six.
    public static let patches: [Patch] = [
        patch("dark skin", 0.437484, 0.378523, 0.098324),
        patch("light skin", 0.422249, 0.372494, 0.336202),
        patch("blue sky", 0.276147, 0.298382, 0.178552),
        patch("foliage", 0.373316, 0.451169, 0.134679),
        patch("blue flower", 0.302891, 0.286287, 0.228718),
        patch("bluish green", 0.286405, 0.389718, 0.414355),
        patch("orange", 0.528148, 0.405335, 0.312642),
        patch("purplish blue", 0.232386, 0.211204, 0.109109),
        patch("moderate red", 0.504448, 0.327065, 0.189),
        patch("purple", 0.333471, 0.250552, 0.062767),
        patch("yellow green", 0.398893, 0.504149, 0.433176),
        patch("orange yellow", 0.493576, 0.444283, 0.429338),
        patch("blue", 0.205221, 0.168665, 0.055962),
        patch("green", 0.323038, 0.510418, 0.223344),
        patch("red", 0.562872, 0.335563, 0.127801),
        patch("yellow", 0.467759, 0.476024, 0.599298),
        patch("magenta", 0.421311, 0.266925, 0.189511),
        patch("cyan", 0.209129, 0.302658, 0.18061),
        patch("white 9.5 (.05 D)", 0.348914, 0.364213, 0.88069),
        patch("neutral 8 (.23 D)", 0.345584, 0.359881, 0.589971),
        patch("neutral 6.5 (.44 D)", 0.34415, 0.359185, 0.364865),
        patch("neutral 5 (.70 D)", 0.345769, 0.359094, 0.190623),
        patch("neutral 3.5 (1.05 D)", 0.342648, 0.357584, 0.088172),
        patch("black 2 (1.5 D)", 0.343767, 0.356058, 0.031513),
    ]

    private static func patch(_ name: String, _ x: Double, _ y: Double, _ luminance: Double) -> Patch {
        Patch(name: name, chromaticity: Chromaticity(x: x, y: y), luminance: luminance)
    }
}

extension Canvas {
    /// Paints the chart, 588 x 396 design units: patches of 84 with gaps of 12 on a black board. Patches are whole
    /// pixels of one exact colour.
    mutating func paintColorChecker(x: Double, y: Double) -> (chart: Region, patches: [Region]) {
        let board = region(x, y, 588, 396)
        paintShadow(of: board)
        fill(board, Vector3(0.02, 0.02, 0.02))
        var regions: [Region] = []
        for (index, patch) in ColorChecker.patches.enumerated() {
            let column = Double(index % 6)
            let row = Double(index / 6)
            let place = region(x + 12 + 96 * column, y + 12 + 96 * row, 84, 84)
            fill(place, patch.linearSRGB)
            regions.append(place)
        }
        return (board, regions)
    }
}
