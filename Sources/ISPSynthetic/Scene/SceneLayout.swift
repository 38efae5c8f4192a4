// The map of the test picture: where each of its instruments lies, in pixels.

import ISPImaging

/// Where the elements of a scene lie; what a test has to know to measure on it.
public struct SceneLayout: Hashable, Sendable {
    /// A slanted edge: light and dark meet along a straight line, `angle` degrees off the vertical or horizontal.
    public struct Edge: Hashable, Sendable {
        /// Pixels that hold the edge and nothing else.
        public let region: Region
        /// Whether the edge runs near the vertical, so that it is measured along rows.
        public let isNearVertical: Bool
        /// Degrees between the edge and the axis it is near to.
        public let angle: Double
        /// The linear values (all three channels) on the two sides.
        public let light, dark: Double
    }

    /// A pattern of circles or rays about a centre.
    public struct RadialTarget: Hashable, Sendable {
        /// The pixels of the target.
        public let region: Region
        /// The centre in pixel coordinates; the centre of the first pixel is (0.5, 0.5).
        public let centerX, centerY: Double
        /// The outer radius in pixels.
        public let radius: Double
    }

    /// The title on the wall and the line below it.
    public internal(set) var title: Region?
    /// The card with text whose strokes are 4, 3, 2 and 1 design units wide.
    public internal(set) var textCard: Region?
    /// The lamps: the disc that emits, without its glow.
    public internal(set) var lamps: [Region] = []
    /// The chart with its black frame.
    public internal(set) var colorChecker: Region?
    /// The 24 patches in the chart's order, dark skin first, four rows of six. `ColorChecker.patches` has their colours.
    public internal(set) var patches: [Region] = []
    /// The circular zone plate; `ZonePlate` says which frequency lies where.
    public internal(set) var zonePlate: RadialTarget?
    /// The sinusoidal Siemens star.
    public internal(set) var siemensStar: RadialTarget?
    /// Slanted edges: high contrast first (near-vertical, near-horizontal), then low contrast.
    public internal(set) var edges: [Edge] = []
    /// The dead-leaves texture.
    public internal(set) var deadLeaves: Region?
    /// The spheres with their highlights.
    public internal(set) var spheres: Region?
    /// The grey ramp: the square of the relative column, 0 ... 1.
    public internal(set) var greyRamp: Region?
    /// The ramp of saturated hues.
    public internal(set) var hueRamp: Region?
    /// A part of the backdrop without detail.
    public internal(set) var background: Region?

    /// An empty layout.
    public init() {}

    /// Every region with its name, for overlays and for tests that loop over them.
    public var named: [(name: String, region: Region)] {
        let single: [(String, Region?)] = [
            ("title", title), ("text-card", textCard), ("color-checker", colorChecker),
            ("zone-plate", zonePlate?.region), ("siemens-star", siemensStar?.region), ("dead-leaves", deadLeaves),
            ("spheres", spheres), ("grey-ramp", greyRamp), ("hue-ramp", hueRamp), ("background", background),
        ]
        return single.compactMap { name, region in region.map { (name, $0) } }
            + patches.enumerated().map { ("patch-\($0.offset + 1)", $0.element) }
            + edges.enumerated().map { ("edge-\($0.offset + 1)", $0.element.region) }
            + lamps.enumerated().map { ("lamp-\($0.offset + 1)", $0.element) }
    }

    /// The pixel nearest to the middle of each ColorChecker patch.
    public var patchCenters: [(x: Int, y: Int)] {
        patches.map { ($0.x + $0.width / 2, $0.y + $0.height / 2) }
    }
}
