import Foundation
import ISPSynthetic
import Testing

@Suite struct RandomTests {
    @Test func streamsAreAddressedByIndexAndDoNotRepeatEachOther() {
        let stream = RandomStream(seed: 42)
        #expect(stream.bits(1000) == RandomStream(seed: 42).bits(1000))
        let others = [
            RandomStream(seed: 43), stream.substream(1), stream.substream(2), stream.substream(1).substream(1),
        ]
        for other in others { #expect((0..<64).allSatisfy { other.bits($0) != stream.bits($0) }) }
        let values = (0..<100_000).map { stream.uniform($0) }
        #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
        let (mean, variance) = meanAndVariance(values)
        #expect(abs(mean - 0.5) < 0.005)
        #expect(abs(variance - 1.0 / 12) < 0.002)
    }

    @Test func elementaryFunctionsAgreeWithTheSystemLibrary() {
        for x in [1e-300, 1e-9, 0.1, 0.5, 0.99, 1, 1.4142, 2, 3, 1e10, 1e300] {
            #expect(abs(PortableMath.ln(x) - log(x)) <= 1e-13 * max(1, abs(log(x))), "ln \(x)")
        }
        for x in stride(from: -60.0, through: 60, by: 0.37) {
            #expect(abs(PortableMath.exp(x) / exp(x) - 1) < 1e-13, "exp \(x)")
        }
        for t in stride(from: -3.0, through: 3, by: 0.0137) {
            #expect(abs(PortableMath.cosine(turns: t) - cos(2 * .pi * t)) < 1e-12, "cos \(t)")
        }
    }

    @Test func normalQuantilesAreThoseOfTheTables() {
        let table = [
            (0.5, 0.0), (0.975, 1.959963985), (0.001, -3.090232306), (0.8413447461, 1.0), (1e-10, -6.361340902),
            (1e-15, -7.941345326),
        ]
        for (p, z) in table { #expect(abs(Distributions.normal(p) - z) < 1e-6 * max(1, abs(z)), "p = \(p)") }
    }

    @Test(arguments: [0.05, 0.7, 4.0, 20.0, 31.9, 32.0, 60.0, 1000.0])
    func poissonCountsHaveMeanAndVarianceOfTheirMean(mean: Double) {
        let stream = RandomStream(seed: 7)
        let n = 200_000
        let counts = (0..<n).map { Distributions.poisson(mean: mean, stream.uniform($0)) }
        #expect(counts.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
        let (m, v) = meanAndVariance(counts)
        let sigma = (mean / Double(n)).squareRoot()
        #expect(abs(m - mean) < 5 * sigma, "mean \(m)")
        let spread = 5 * ((2 + 1 / mean) / Double(n)).squareRoot() + 0.005
        #expect(abs(v / mean - 1) < spread, "variance \(v)")
    }
}
