// What makes samples of the same light differ from frame to frame.

import ISPImaging

/// Photon noise, read noise before and after the amplifier, and row noise.
public struct NoiseModel: Hashable, Sendable {
    /// Accepted full wells, in electrons.
    public static let fullWellRange = 50.0...10_000_000.0
    /// Accepted read noises, in electrons.
    public static let readNoiseRange = 0.0...1000.0
    /// Accepted noises after the amplifier, in electrons at ISO 100.
    public static let postNoiseRange = 0.0...1000.0
    /// Accepted row noises, in electrons.
    public static let rowNoiseRange = 0.0...1000.0
    /// Accepted ISO speeds.
    public static let isoRange = 25.0...409_600.0

    /// Whether photons arrive at random (Poisson).
    public var photons = false
    /// Electrons at saturation at ISO 100. A higher ISO amplifies: saturation is then reached with fewer, and the same
    /// picture is noisier. 50 to 10 million.
    public var fullWell = 20_000.0
    /// The standard deviation of the read noise before the amplifier, in electrons, 0 to 1000; 0 is none. A higher ISO
    /// amplifies it with the signal.
    public var readNoise = 0.0
    /// The standard deviation of the noise after the amplifier, in electrons as they count at ISO 100 (`fullWell` of
    /// them are the whole range), 0 to 1000; 0 is none. In samples it is the same at every ISO.
    public var postNoise = 0.0
    /// The standard deviation of the noise that a whole row shares, in electrons before the amplifier, 0 to 1000; 0 is
    /// none. Every row of every frame draws it anew.
    public var rowNoise = 0.0
    /// ISO speed, 25 to 409600.
    public var iso = 100.0

    /// No noise; quantisation remains.
    public init() {}

    /// Noise of a given full well (electrons at ISO 100), read noise (electrons) and ISO.
    public init(fullWell: Double, readNoise: Double, iso: Double = 100) {
        photons = true
        self.fullWell = fullWell
        self.readNoise = readNoise
        self.iso = iso
    }

    /// Electrons at saturation at this ISO.
    public var electronsAtSaturation: Double { fullWell * 100 / iso }
}

extension SensorModel {
    /// The variance of samples by signal (black = 0, white = 1): all that is independent from photosite to photosite.
    ///
    /// The offset adds up read noise before and after the amplifier, the fixed-pattern offset and the rounding to samples.
    /// The scale adds up photons and two terms that are no straight lines, each by the chord between black and white: the
    /// fixed-pattern gain (its variance grows with the square of the signal; at most a quarter of its variance at white
    /// too much) and the wider steps that companding takes in the lights. Row noise is missing: a row shares it.
    public var noiseProfile: NoiseProfile {
        let electrons = noise.electronsAtSaturation
        let range = Double(whiteLevel - blackLevel)
        let read = noise.readNoise / electrons
        let post = noise.postNoise / noise.fullWell
        let dark = fixedPattern.offset / electrons
        func rounding(at value: Int) -> Double {
            let step = companding?.step(at: value) ?? 1
            return step * step / (12 * range * range)
        }
        let photons = noise.photons ? 1 / electrons : 0
        let gain = fixedPattern.gain * fixedPattern.gain
        let lights = max(0, rounding(at: whiteLevel) - rounding(at: blackLevel))
        let offset = read * read + post * post + dark * dark + rounding(at: blackLevel)
        return NoiseProfile(scale: [photons + gain + lights], offset: [offset])
    }
}
