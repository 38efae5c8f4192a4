// The test picture, back to front: the list reads as the picture does.

import ISPImaging

extension Scene {
    /// The test picture: a pure function of size and seed.
    ///
    /// A dark wall with lamps, a floor with spheres, and on them the instruments: ColorChecker, zone plate, Siemens
    /// star, slanted edges, dead leaves, ramps, fine text; `layout` tells where. It is laid out on a 3:2 grid that is
    /// fitted into other shapes. The seed moves the dead leaves and nothing else.
    ///
    /// - Throws: `ISPError(.usage)` where the size makes no sense.
    /// - Complexity: O(pixels); below a second for 1920x1280.
    public static func testPicture(size: Size, seed: UInt64 = 1) throws(ISPError) -> Scene {
        try check(size)
        var canvas = Canvas(size: size)
        var layout = SceneLayout()

        layout.background = canvas.paintBackdrop()
        layout.lamps = canvas.paintLamps()
        layout.title = canvas.paintTitle(x: 46, y: 36)
        layout.textCard = canvas.paintTextCard(x: 660, y: 32, width: 396, height: 136)

        (layout.colorChecker, layout.patches) = canvas.paintColorChecker(x: 46, y: 196)
        layout.zonePlate = canvas.paintZonePlate(x: 660, y: 196, side: 396)
        layout.siemensStar = canvas.paintSiemensStar(x: 1088, y: 196, side: 396)

        layout.edges = canvas.paintSlantedSquare(x: 46, y: 628, side: 208, light: 0.80, dark: 0.04)
        layout.edges += canvas.paintSlantedSquare(x: 286, y: 628, side: 208, light: 0.60, dark: 0.15)
        layout.deadLeaves = canvas.paintDeadLeaves(x: 526, y: 628, side: 208, seed: seed)
        layout.spheres = canvas.paintSpheres()
        (layout.greyRamp, layout.hueRamp) = canvas.paintRamps(x: 46, y: 892, width: 1438)

        return Scene(size, canvas.red, canvas.green, canvas.blue, layout)
    }
}
