import ISPImaging
import SoftISP
import Testing

@Suite struct ColorDifferenceTests {
    /// Pairs of table 1 of Sharma, Wu and Dalal 2005, chosen for the branches of the formula they exercise.
    @Test(arguments: [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, 2.8361, -74.02), (50, 0, -82.7485), 3.4412),
        ((50, 0, 0), (50, -1, 2), 2.3669), ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195), ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (61, -5, 29), 22.8977), ((50, 2.5, 0), (56, -27, -3), 31.9030),
        ((50, 2.5, 0), (58, 24, 15), 19.4535), ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ])
    func published(_ a: (Double, Double, Double), _ b: (Double, Double, Double), _ difference: Double) {
        let (p, q) = (LabColor(lightness: a.0, a: a.1, b: a.2), LabColor(lightness: b.0, a: b.1, b: b.2))
        #expect(abs(p.difference(to: q) - difference) < 1e-4)
        #expect(abs(q.difference(to: p) - difference) < 1e-4)
        #expect(p.difference(to: p) == 0)
    }

    @Test func whiteAndRedOfSRGB() {
        let white = LabColor(linearSRGB: Vector3(1, 1, 1))
        #expect(abs(white.lightness - 100) < 1e-6 && abs(white.a) < 1e-6 && abs(white.b) < 1e-6)
        let red = LabColor(linearSRGB: Vector3(1, 0, 0))
        #expect(abs(red.lightness - 53.24) < 0.01 && abs(red.a - 80.09) < 0.02 && abs(red.b - 67.20) < 0.02)
    }
}
