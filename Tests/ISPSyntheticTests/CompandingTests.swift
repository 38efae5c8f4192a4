import ISPImaging
import ISPSynthetic
import Testing

@Suite struct CompandingTests {
    @Test(arguments: 8...14) func everyCodeHasItsLinearValue(bits: Int) throws {
        let curve = try CompandingCurve.squareRoot(bits: bits)
        let (codes, values) = (curve.codes, curve.linearization)
        #expect(codes.count == 65_536 && values.count == 1 << bits)
        #expect(codes[0] == 0 && values[0] == 0)
        #expect(Int(codes[65_535]) == (1 << bits) - 1 && values[values.count - 1] == 65_535)
        let rises = zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
        #expect(rises)
        // A code's value comes back as the code, and every value within a step.
        let comesBack = values.indices.allSatisfy { Int(codes[Int(values[$0])]) == $0 }
        #expect(comesBack)
        var worst = 0.0
        for linear in 0...65_535 {
            let code = Int(codes[linear])
            let step = Double(values[min(code + 1, values.count - 1)]) - Double(values[max(code - 1, 0)])
            worst = max(worst, abs(Double(values[code]) - Double(linear)) / max(step, 1))
        }
        #expect(worst <= 0.55, "\(worst) of two steps")
    }

    @Test func aReaderGetsLinearSamplesBack() throws {
        let size = Size(width: 96, height: 64)
        var sensor = cleanSensor(size, .grbg)
        (sensor.blackLevel, sensor.whiteLevel) = (1024, 65_535)
        sensor.defects = DefectModel(fraction: 0.01)
        let linear = samples(try SyntheticCamera(sensor: sensor).captureTestPicture().frame)
        let curve = try CompandingCurve.squareRoot(bits: 12)
        sensor.bitsPerSample = 12
        sensor.companding = curve
        let frame = try SyntheticCamera(sensor: sensor).captureTestPicture().frame
        #expect(frame.format.name == "SGRBG12")
        #expect(frame.metadata.blackLevel == [1024, 1024, 1024, 1024] && frame.metadata.whiteLevel == 65_535)
        let table = try #require(frame.metadata.linearization)
        let isTheCurves = table == curve.linearization
        #expect(isTheCurves)
        for (a, code) in zip(linear, samples(frame)) {
            let (b, next) = (Int(table[Int(code)]), Int(table[min(Int(code) + 1, 4095)]))
            #expect(abs(Int(a) - b) <= max(1, next - b), "\(a) became \(b)")
        }
        #expect(try #require(frame.metadata.noiseProfile).scale[0] > 0)
    }

    @Test(arguments: [
        [(0, 0)], [(1, 0), (65_535, 100)], [(0, 1), (65_535, 100)], [(0, 0), (65_534, 100)],
        [(0, 0), (10, 11), (65_535, 100)], [(0, 0), (10, 10), (10, 20), (65_535, 100)],
        [(0, 0), (20, 10), (65_535, 10)], [],
    ])
    func wrongCurvesAreRefused(knees: [(Int, Int)]) {
        #expect(throws: ISPError.self) {
            try CompandingCurve(knees: knees.map { CompandingCurve.Knee(linear: $0.0, code: $0.1) })
        }
    }

    @Test func depthsThatCannotCompandAreRefused() {
        for bits in [7, 15, 16] { #expect(throws: ISPError.self) { try CompandingCurve.squareRoot(bits: bits) } }
    }
}
