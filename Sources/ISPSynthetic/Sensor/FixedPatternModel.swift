// What differs from photosite to photosite and stays: the fixed pattern.

import ISPImaging

/// Photosites that are not quite alike; the same in every frame of a seed.
public struct FixedPatternModel: Hashable, Sendable {
    /// Accepted gain deviations.
    public static let gainRange = 0.0...0.2
    /// Accepted offset deviations, in electrons.
    public static let offsetRange = 0.0...1000.0

    /// The standard deviation of the photosites' gain about 1 (PRNU), as a share, 0 to 0.2; 0 is none. It multiplies the
    /// light, and with it the photon noise.
    public var gain = 0.0
    /// The standard deviation of the photosites' dark signal about 0 (DSNU), in electrons before the amplifier, 0 to 1000;
    /// 0 is none.
    public var offset = 0.0

    /// No pattern.
    public init() {}

    /// A pattern of given deviations of gain (a share) and offset (electrons).
    public init(gain: Double, offset: Double = 0) {
        self.gain = gain
        self.offset = offset
    }
}

/// The pattern of one sensor: each photosite's own draw.
struct FixedPattern {
    private let model: FixedPatternModel
    private let gains, offsets: RandomStream

    init(_ model: FixedPatternModel, _ random: RandomStream) {
        self.model = model
        gains = random.substream(1)
        offsets = random.substream(2)
    }

    var hasGain: Bool { model.gain > 0 }
    var hasOffset: Bool { model.offset > 0 }

    /// The factor of a photosite's light; never negative.
    func gain(_ index: Int) -> Double { max(0, 1 + model.gain * Distributions.normal(gains.uniform(index))) }

    /// A photosite's dark signal in electrons.
    func offset(_ index: Int) -> Double { model.offset * Distributions.normal(offsets.uniform(index)) }
}
