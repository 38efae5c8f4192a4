import ISPImaging
import Testing

@Suite struct ColorTests {
    func near(_ a: Matrix3, _ b: [Double], _ tolerance: Double) -> Bool {
        zip(a.values, b).allSatisfy { abs($0 - $1) <= tolerance }
    }

    /// IEC 61966-2-1, 5.2.
    @Test func sRGBMatrix() {
        let published = [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505]
        #expect(near(RGBColorSpace.srgb.toXYZ, published, 6e-5))
    }

    @Test(arguments: RGBColorSpace.allCases) func whiteIsD65(_ space: RGBColorSpace) {
        let white = Chromaticity(xyz: space.toXYZ * Vector3(1, 1, 1))
        #expect(abs(white.x - 0.3127) < 1e-9 && abs(white.y - 0.3290) < 1e-9)
    }

    /// Lindbloom's published Bradford matrix from D50 to D65 (with ASTM whites, hence the tolerance).
    @Test func bradford() {
        let published = [
            0.9555766, -0.0230393, 0.0631636, -0.0282895, 1.0099416, 0.0210077, 0.0122982, -0.0204830, 1.3299098,
        ]
        #expect(near(Chromaticity.d50.bradfordAdaptation(to: .d65), published, 1e-3))
    }

    @Test func temperatures() {
        #expect(abs(Chromaticity.d65.correlatedColorTemperature - 6504) < 15)
        #expect(abs(Chromaticity.d50.correlatedColorTemperature - 5003) < 15)
        // CIE illuminant A.
        #expect(abs(Chromaticity(x: 0.44758, y: 0.40745).correlatedColorTemperature - 2856) < 10)
    }

    @Test(arguments: [1500.0, 2856, 3999, 4000, 5003, 6504, 9300, 15_000])
    func illuminantHasItsTemperature(_ kelvin: Double) {
        #expect(abs(Chromaticity.illuminant(kelvin: kelvin).correlatedColorTemperature / kelvin - 1) < 0.01)
    }

    @Test func inverse() throws {
        let m = try #require(Matrix3([2, 1, 0, -1, 3, 0.5, 0.25, 0, 1]))
        let product = try #require(m.inverse) * m
        #expect(near(product, Matrix3.identity.values, 1e-12))
        #expect(Matrix3([1, 2, 3, 2, 4, 6, 0, 0, 1])?.inverse == nil)
        #expect(Matrix3([1, 2, 3]) == nil)
    }

    static func camera() throws -> CameraColor {
        let a = Matrix3([0.95, -0.45, 0.03, -0.36, 1.32, 0.2, -0.05, 0.15, 0.73])!
        let b = Matrix3([0.69, -0.25, -0.05, -0.39, 1.2, 0.16, -0.09, 0.2, 0.58])!
        return CameraColor([try .init(kelvin: 6504, colorMatrix: b), try .init(kelvin: 2856, colorMatrix: a)])
    }

    @Test(arguments: [2500.0, 3500, 5000, 6504, 8000]) func whiteAndNeutralAreInverse(_ kelvin: Double) throws {
        let camera = try Self.camera()
        let white = Chromaticity.illuminant(kelvin: kelvin)
        let found = camera.white(for: camera.neutral(for: white))
        #expect(abs(found.x - white.x) < 1e-5 && abs(found.y - white.y) < 1e-5)
    }

    /// A surface seen by the modelled camera under D65 must come back with its own linear sRGB values.
    @Test func matrixInvertsTheCamera() throws {
        let camera = try Self.camera()
        let gains = try WhiteBalanceGains(neutral: camera.neutral(for: .d65))
        let matrix = try camera.matrix(gains: gains, to: .srgb)
        for color in [Vector3(0.2, 0.5, 0.7), Vector3(1, 1, 1), Vector3(0.9, 0.1, 0.05)] {
            let response = camera.xyzToCamera(kelvin: 6504) * (RGBColorSpace.srgb.toXYZ * color)
            let scale = camera.neutral(for: .d65).y
            let balanced = Vector3(response.x * gains.red / scale, response.y / scale, response.z * gains.blue / scale)
            let seen = matrix * balanced
            #expect(abs(seen.x - color.x) < 2e-3 && abs(seen.y - color.y) < 2e-3 && abs(seen.z - color.z) < 2e-3)
        }
    }

    @Test(arguments: RGBColorSpace.allCases) func cameraWhiteIsOutputWhite(_ space: RGBColorSpace) throws {
        let camera = try Self.camera()
        let gains = try WhiteBalanceGains(red: 2.2, green: 1, blue: 1.4)
        let white = try camera.matrix(gains: gains, to: space) * Vector3(1, 1, 1)
        #expect(white.components.allSatisfy { abs($0 - 1) < 1e-12 })
    }

    @Test func forwardMatrixTakesBalancedSamplesToD50() throws {
        // Columns of a forward matrix sum to the D50 white.
        let forward = RGBColorSpace.srgb.toXYZ
        let toD50 = Chromaticity.d65.bradfordAdaptation(to: .d50) * forward
        let calibration = try CalibrationIlluminant(
            kelvin: 6504, colorMatrix: RGBColorSpace.srgb.fromXYZ, forwardMatrix: toD50)
        let matrix = try CameraColor([calibration]).matrix(
            gains: WhiteBalanceGains(red: 1.7, green: 1, blue: 1.3), to: .srgb)
        #expect(near(matrix, Matrix3.identity.values, 1e-6))
    }

    @Test(arguments: TransferFunction.allCases) func transferRoundTrip(_ function: TransferFunction) {
        for i in 0...1000 {
            let v = Double(i) / 1000
            #expect(abs(function.decode(function.encode(v)) - v) < 1e-3)
        }
        #expect(function.encode(-1) == 0 && abs(function.encode(2) - 1) < 1e-9)
    }

    @Test func gainsOutOfRangeAreRefused() {
        #expect(throws: ISPError.self) { try WhiteBalanceGains(red: 100, green: 1, blue: 1) }
        #expect(throws: ISPError.self) { try WhiteBalanceGains(red: 1, green: 0, blue: 1) }
        #expect(throws: ISPError.self) { try WhiteBalanceGains(red: .nan, green: 1, blue: 1) }
    }
}
