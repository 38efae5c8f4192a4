// Lamps that flicker, seen through a rolling shutter: each row looks at a later moment than the one above it.

import ISPImaging

/// Light whose strength swings about its mean, as lamps on the mains do.
public struct FlickerModel: Hashable, Sendable {
    /// Accepted frequencies, in hertz.
    public static let frequencyRange = 0.0...100_000.0
    /// Accepted depths.
    public static let depthRange = 0.0...1.0
    /// Accepted phases, in turns.
    public static let phaseRange = 0.0...1.0

    /// How often the light swings, in hertz, 0 to 100000: twice the mains' frequency for a lamp without smoothing.
    public var frequency = 0.0
    /// How far it swings, as a share of its mean, 0 to 1; 0 is a steady light.
    public var depth = 0.0
    /// Where in its swing the light is when the first row of frame 0 opens, in turns, 0 to 1; 0 is brightest.
    public var phase = 0.0

    /// A steady light.
    public init() {}

    /// A light of a given frequency (hertz) and depth (share).
    public init(frequency: Double, depth: Double, phase: Double = 0) {
        self.frequency = frequency
        self.depth = depth
        self.phase = phase
    }

    /// Whether the light changes at all. At a frequency of 0 it does not.
    public var isActive: Bool { depth > 0 && frequency > 0 }

    /// The mean light from `start` over `duration` seconds, as a factor of its long-term mean:
    /// `1 + depth * sinc(f * T) * cos(2 pi (f * (t + T / 2) + phase))`, which is 1 where the shutter is open for whole swings.
    public func light(from start: Double, over duration: Double) -> Double {
        guard isActive else { return 1 }
        let swings = frequency * duration
        // sin(pi u) is the cosine a quarter turn earlier.
        let sine = PortableMath.cosine(turns: swings / 2 - 0.25)
        let averaging = swings < 1e-6 ? 1 : sine / (3.141592653589793 * swings)
        let middle = frequency * (start + duration / 2) + phase
        return max(0, 1 + depth * averaging * PortableMath.cosine(turns: middle))
    }

    func check() throws(ISPError) {
        try SensorModel.check("flicker.frequency", frequency, in: Self.frequencyRange, unit: "Hz")
        try SensorModel.check("flicker.depth", depth, in: Self.depthRange)
        try SensorModel.check("flicker.phase", phase, in: Self.phaseRange, unit: "turns")
    }
}
