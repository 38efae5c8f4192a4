// Whole plans over a frame of the synthetic camera.

import ISPImaging
import ISPSynthetic
import PlanSubject

/// The plans of PlanBench that are measured, and the pictures they make.
enum PlanFrames {
    /// A plan by its name.
    typealias Plan = (name: String, sink: String)

    /// From the least to the most. Those from `saturated` to `filmic` are `malvar` and what their name says.
    static let all: [Plan] = [
        ("floor", "RGB888"),
        ("color", "BGRX8888"),
        ("malvar", "RGB888"),
        ("saturated", "RGB888"),
        ("defects", "RGB888"),
        ("green", "RGB888"),
        ("chroma", "RGB888"),
        ("sharpen", "RGB888"),
        ("sharpen-noise", "RGB888"),
        ("filmic", "RGB888"),
        ("camera-pipe", "RGB888"),
        ("video", "NV12"),
    ]

    /// Makes the work of a plan on one thread: 10 bits as cameras send them, the noise of ISO 100, one photosite in ten
    /// thousand defective.
    static func work(of plan: Plan) throws -> () -> Void {
        var sensor = SensorModel(size: Rows.size, cfa: .grbg, bitsPerSample: 10, packing: .csi2)
        sensor.noise = NoiseModel(fullWell: 20_000, readNoise: 3)
        sensor.defects = DefectModel(fraction: 0.0001)
        let frame = try SyntheticCamera(sensor: sensor).captureTestPicture().frame
        let subject = try Subject(frame, plan: plan.name, sink: PixelFormat.named(plan.sink))
        return { _ = subject.run(threads: 1) }
    }
}
