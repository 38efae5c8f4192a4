// White balance as three multipliers.

/// Multipliers of black-subtracted red, green and blue samples that make a neutral surface grey.
public struct WhiteBalanceGains: Hashable, Sendable {
    /// The accepted range of a gain relative to green.
    public static let range = 0.05...50.0

    /// Gain of red photosites.
    public var red: Double
    /// Gain of both green photosites.
    public var green: Double
    /// Gain of blue photosites.
    public var blue: Double

    /// Creates gains; they are scaled so that green is 1.
    /// - Throws: `ISPError(.usage)` where a gain is not a positive number or red or blue leave `range`.
    public init(red: Double, green: Double, blue: Double) throws(ISPError) {
        guard green > 0, Self.range.contains(red / green), Self.range.contains(blue / green) else {
            throw ISPError(
                .usage,
                "white-balance gains \(red), \(green), \(blue): each must be positive, "
                    + "and red and blue within \(Self.range.lowerBound) to \(Self.range.upperBound) times green")
        }
        self.red = red / green
        self.green = 1
        self.blue = blue / green
    }

    private init() { (red, green, blue) = (1, 1, 1) }

    /// Gains of 1: the samples as they are.
    public static let unity = WhiteBalanceGains()

    /// The gains that turn the camera's response to a neutral surface into grey.
    public init(neutral: Vector3) throws(ISPError) {
        try self.init(red: 1 / neutral.x, green: 1 / neutral.y, blue: 1 / neutral.z)
    }

    /// The camera's response to a neutral surface, green = 1.
    public var neutral: Vector3 { Vector3(1 / red, 1 / green, 1 / blue) }

    /// The gains of a frame's four photosites: R, Gr, Gb, B.
    public var perSite: [Float] { [Float(red), Float(green), Float(green), Float(blue)] }
}
