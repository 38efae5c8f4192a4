// Highlights that one or two channels lost are had from the others.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct HighlightReconstructionTests {
    let workspace = Workspace()
    let saturation: [Float] = [2, 1, 1, 1.6]
    let region = Region(x: 0, y: 0, width: 16, height: 14)

    /// A surface of one colour as the sensor sees it after the balance.
    func result(_ color: [Float], _ chrominance: [Float], _ cfa: CFAPattern) -> PlaneView<Float> {
        let limits = [saturation[0], saturation[1], saturation[3]]
        let mosaic = TestPlane(region) { x, y in
            let plane = cfa.site(column: x, row: y).plane
            return min(color[plane], limits[plane])
        }.view
        return Highlights(.reconstruct, saturation: saturation, chrominance: chrominance).apply(
            to: mosaic, cfa: cfa, workspace: workspace)
    }

    @Test(arguments: CFAPattern.allCases) func aGreyAboveTheFirstSaturationStaysGrey(_ cfa: CFAPattern) {
        let plane = result([1.4, 1.4, 1.4], [0, 0, 0], cfa)
        for y in 1..<13 { for x in 1..<15 { #expect(abs(plane[x, y] - 1.4) < 0.01) } }
    }

    @Test(arguments: CFAPattern.allCases) func theColorAroundTheHighlightIsKept(_ cfa: CFAPattern) {
        // Yellowish: green lies above what red and blue would predict of a grey.
        let color: [Float] = [1.5, 1.45, 0.9]
        let excess = color[1] - Highlights.opposedEstimate(color[0], color[2])
        let plane = result(color, [0, excess, 0], cfa)
        for y in 1..<13 {
            for x in 1..<15 where cfa.site(column: x, row: y).plane == 1 { #expect(abs(plane[x, y] - 1.45) < 0.01) }
        }
    }

    @Test(arguments: CFAPattern.allCases) func whereAllIsLostThereIsWhite(_ cfa: CFAPattern) {
        let highlights = Highlights(.reconstruct, saturation: saturation)
        let plane = result([5, 5, 5], [0.3, -0.2, 0.1], cfa)
        for y in 1..<13 { for x in 1..<15 { #expect(abs(plane[x, y] - highlights.ceiling) < 1e-5) } }
    }

    @Test(arguments: CFAPattern.allCases) func soundSamplesAreLeftAlone(_ cfa: CFAPattern) {
        let color: [Float] = [1.2, 0.8, 0.5]
        let plane = result(color, [0.5, 0.5, 0.5], cfa)
        for y in 1..<13 {
            for x in 1..<15 { #expect(plane[x, y] == color[cfa.site(column: x, row: y).plane]) }
        }
    }
}

@Suite struct DemosaicCodingTests {
    @Test func codingComesBackAndRises() {
        let values: [Float] = [-0.3, -0.002, 0, 1e-4, 0.002, 0.18, 1, 3]
        let plane = TestPlane(Region(x: 0, y: 0, width: values.count, height: 1)) { x, _ in values[x] }.view
        DemosaicCoding.sqrt.encode(plane)
        let coded = (0..<values.count).map { plane[$0, 0] }
        #expect(coded == coded.sorted() && coded[2] == 0)
        DemosaicCoding.sqrt.decode(plane)
        for (x, value) in values.enumerated() { #expect(abs(plane[x, 0] - value) < 1e-6 + 1e-6 * abs(value)) }
        DemosaicCoding.linear.encode(plane)
        #expect(abs(plane[6, 0] - 1) < 1e-6)
    }
}
