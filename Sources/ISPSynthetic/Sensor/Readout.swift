// From light to samples, row by row: the response of each photosite, then noise and conversion.

import ISPImaging

/// The light each photosite collects, as a share of saturation.
struct Exposure: Sendable {
    private let scene: Scene
    private let pattern: CFAPattern?
    private let response: Matrix3
    private let shading: LensShadingMap?
    private let rowLight: [Double]?

    /// - Parameters:
    ///   - scene: as the lens draws it.
    ///   - rowLight: the factor of each row's light, where the light flickers.
    init(_ sensor: SensorModel, _ scene: Scene, _ shading: LensShadingMap?, rowLight: [Double]? = nil) {
        self.scene = scene
        pattern = sensor.cfa
        response = sensor.sceneToCamera
        self.shading = shading
        self.rowLight = rowLight
    }

    /// The signal of row `y`: 0 is darkness, 1 saturation, more is possible.
    func row(_ y: Int, into signal: inout [Double]) {
        for parity in 0..<2 {
            let site = pattern?.site(column: parity, row: y) ?? .greenInRed
            fill(&signal, y, from: parity, by: 2, site)
        }
    }

    /// The signal of row `y` as if every photosite were of one kind.
    func row(_ y: Int, every site: CFASite, into signal: inout [Double]) { fill(&signal, y, from: 0, by: 1, site) }

    private func fill(_ signal: inout [Double], _ y: Int, from first: Int, by step: Int, _ site: CFASite) {
        let weights = [response.rows.0, response.rows.1, response.rows.2][site.plane]
        let lens = shading.map { ShadingRow($0.meshes[site.rawValue], y: y, size: scene.size) }
        let factor = rowLight?[y]
        for x in stride(from: first, to: scene.size.width, by: step) {
            let i = y * scene.size.width + x
            let light =
                weights.x * Double(scene.red[i]) + weights.y * Double(scene.green[i]) + weights.z
                * Double(scene.blue[i])
            signal[x] = max(0, light) / (lens?.gain(x) ?? 1)
            if let factor { signal[x] *= factor }
        }
    }
}

/// Noise, gain and quantisation. Each source of noise has a stream of its own, so that switching one on leaves the draws
/// of the others as they are.
struct Readout {
    private let noise: NoiseModel
    private let electrons, postShare: Double
    private let black, range, white: Double
    private let photonDraws, readDraws, postDraws, rowDraws: RandomStream
    private let pattern: FixedPattern

    init(_ sensor: SensorModel, _ random: RandomStream, _ pattern: FixedPattern) {
        noise = sensor.noise
        electrons = sensor.noise.electronsAtSaturation
        postShare = sensor.noise.postNoise / sensor.noise.fullWell
        black = Double(sensor.blackLevel)
        white = Double(sensor.whiteLevel)
        range = white - black
        photonDraws = random.substream(1)
        readDraws = random.substream(2)
        postDraws = random.substream(3)
        rowDraws = random.substream(4)
        self.pattern = pattern
    }

    /// The expected sample of a signal.
    func expected(_ signal: Double) -> Float { Float(black + range * signal) }

    /// Samples of row `y` from its signals; halves round up, samples end at 0 and at the white level.
    func row(_ y: Int, _ signal: [Double], into samples: inout [UInt16]) {
        let firstIndex = y * signal.count
        let rowOffset = noise.rowNoise > 0 ? noise.rowNoise * Distributions.normal(rowDraws.uniform(y)) : 0
        for x in 0..<signal.count {
            let index = firstIndex + x
            var count = signal[x] * electrons
            if pattern.hasGain { count *= pattern.gain(index) }
            if noise.photons { count = Distributions.poisson(mean: count, photonDraws.uniform(index)) }
            if pattern.hasOffset { count += pattern.offset(index) }
            if noise.rowNoise > 0 { count += rowOffset }
            if noise.readNoise > 0 { count += noise.readNoise * Distributions.normal(readDraws.uniform(index)) }
            var share = count / electrons
            if postShare > 0 { share += postShare * Distributions.normal(postDraws.uniform(index)) }
            let sample = (black + range * share + 0.5).rounded(.down)
            samples[x] = UInt16(min(max(sample, 0), white))
        }
    }
}
