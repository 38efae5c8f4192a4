// From light to samples, row by row: the response of each photosite, then noise and conversion.

import ISPImaging

/// The light each photosite collects, as a share of saturation.
struct Exposure {
    private let scene: Scene
    private let pattern: CFAPattern?
    private let response: Matrix3
    private let shading: LensShadingMap?

    init(_ sensor: SensorModel, _ scene: Scene, _ shading: LensShadingMap?) {
        self.scene = scene
        pattern = sensor.cfa
        response = sensor.sceneToCamera
        self.shading = shading
    }

    /// The signal of row `y`: 0 is darkness, 1 saturation, more is possible.
    func row(_ y: Int, into signal: inout [Double]) {
        let rows = [response.rows.0, response.rows.1, response.rows.2]
        for parity in 0..<2 {
            let site = pattern?.site(column: parity, row: y) ?? .greenInRed
            let weights = rows[site.plane]
            let lens = shading.map { ShadingRow($0.meshes[site.rawValue], y: y, size: scene.size) }
            for x in stride(from: parity, to: scene.size.width, by: 2) {
                let i = y * scene.size.width + x
                let light =
                    weights.x * Double(scene.red[i]) + weights.y * Double(scene.green[i]) + weights.z
                    * Double(scene.blue[i])
                signal[x] = max(0, light) / (lens?.gain(x) ?? 1)
            }
        }
    }
}

/// Noise, gain and quantisation.
struct Readout {
    private let noise: NoiseModel
    private let electrons: Double
    private let black, range, white: Double
    private let photonDraws, readDraws: RandomStream

    init(_ sensor: SensorModel, _ random: RandomStream) {
        noise = sensor.noise
        electrons = sensor.noise.electronsAtSaturation
        black = Double(sensor.blackLevel)
        white = Double(sensor.whiteLevel)
        range = white - black
        photonDraws = random.substream(1)
        readDraws = random.substream(2)
    }

    /// The expected sample of a signal.
    func expected(_ signal: Double) -> Float { Float(black + range * signal) }

    /// Samples of a row of signals; halves round up, samples end at 0 and at the white level.
    func row(_ signal: [Double], firstIndex: Int, into samples: inout [UInt16]) {
        for x in 0..<signal.count {
            var count = signal[x] * electrons
            if noise.photons { count = Distributions.poisson(mean: count, photonDraws.uniform(firstIndex + x)) }
            if noise.readNoise > 0 {
                count += noise.readNoise * Distributions.normal(readDraws.uniform(firstIndex + x))
            }
            let sample = (black + range * (count / electrons) + 0.5).rounded(.down)
            samples[x] = UInt16(min(max(sample, 0), white))
        }
    }
}
