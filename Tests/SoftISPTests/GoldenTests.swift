// Whole developments of the synthetic camera, against pictures somebody looked at.

import ISPImaging
import ISPStages
import ISPSynthetic
import ISPTestSupport
import ISPTuning
import SoftISP
import Testing

@Suite struct GoldenTests {
    let golden = GoldenPicture()
    let size = Size(width: 240, height: 160)

    func develop(_ sensor: SensorModel, _ settings: DevelopSettings = DevelopSettings()) throws -> ImageBuffer {
        let capture = try SyntheticCamera(sensor: sensor, seed: 5).captureTestPicture()
        return try Development(of: capture.frame, settings: settings, format: .rgb888).run(threads: 2)
    }

    @Test func defaults() throws {
        var sensor = SensorModel(size: size, cfa: .rggb, bitsPerSample: 12, blackLevel: 256, whiteLevel: 4095)
        sensor.noise = NoiseModel(fullWell: 20_000, readNoise: 3, iso: 200)
        sensor.shading = ShadingModel(cornerLoss: 0.35, redTint: 0.06, blueTint: -0.04)
        sensor.defects = DefectModel(fraction: 0.0005)
        try golden.expect(try develop(sensor), is: "defaults")
    }

    @Test func measuring() throws {
        let sensor = SensorModel(size: size, cfa: .gbrg, bitsPerSample: 10, packing: .csi2)
        try golden.expect(try develop(sensor, Demonstration.measuring(demosaic: "malvar")), is: "measuring-malvar")
    }

    @Test func underexposedTungsten() throws {
        var sensor = SensorModel(size: size, cfa: .bggr, bitsPerSample: 14, blackLevel: 1024)
        sensor.illuminantKelvin = 2900
        sensor.exposure = 0.1
        try golden.expect(try develop(sensor), is: "underexposed-tungsten")
    }

    @Test func everySettingTurned() throws {
        let sensor = SensorModel(size: size, cfa: .grbg, bitsPerSample: 8, packing: .bytes)
        var settings = DevelopSettings()
        for (name, value) in [
            ("white_balance", "6000K"), ("exposure", "0.5"), ("highlights", "clip"), ("demosaic", "bilinear"),
            ("tone", "0:0,0.1:0.4,0.5:0.8,1:1"), ("contrast", "1.2"), ("saturation", "1.4"), ("crop", "10,20,120,200"),
            ("orientation", "6"), ("color_space", "display-p3"), ("defects", "off"), ("lens_shading", "off"),
        ] { try SettingKey.named(name).set(value, in: &settings) }
        try golden.expect(try develop(sensor, settings), is: "every-setting-turned")
    }

    @Test func mono() throws {
        try golden.expect(try develop(SensorModel(size: size, cfa: nil, bitsPerSample: 12)), is: "mono")
    }
}
