// A loop over a row of colours: matrix and curve, and to where the results go.

import CVector

/// The tone of colours, inside a loop over a row: of a vector of pixels and of another one.
protocol ToneLanes {
    func callAsFunction(_ first: Colors, _ second: Colors) -> (Colors, Colors)
}

/// Takes display codes, inside a loop over a row: two vectors of even columns and two of odd ones, from entry `k` on.
protocol ToneSink {
    func store(even: (Colors, Colors), odd: (Colors, Colors), _ k: Int)
}

/// A loop over a row of colours.
struct ToneLoop<Sink: ToneSink> {
    let row: ColorRow
    let sink: Sink
    let count: Int

    @inline(__always)
    func run(_ matrix: some ColorLanes, _ tone: some ToneLanes) {
        let (r, g, b) = (row.red, row.green, row.blue)
        var k = 0
        while k < count {
            sink.store(
                even: tones(r.even, g.even, b.even, k, matrix, tone),
                odd: tones(r.odd, g.odd, b.odd, k, matrix, tone), k)
            k &+= KernelLimits.group
        }
    }

    @inline(__always)
    private func tones(
        _ r: UnsafeMutablePointer<Int16>, _ g: UnsafeMutablePointer<Int16>, _ b: UnsafeMutablePointer<Int16>,
        _ k: Int, _ matrix: some ColorLanes, _ tone: some ToneLanes
    ) -> (Colors, Colors) {
        tone(
            matrix(Colors(r.lanes(k), g.lanes(k), b.lanes(k))),
            matrix(
                Colors(
                    r.lanes(k &+ Words.scalarCount), g.lanes(k &+ Words.scalarCount), b.lanes(k &+ Words.scalarCount))))
    }
}

/// A curve for every channel.
struct EachLanes<Shape: CurveShape>: ToneLanes {
    let curve: CurveLanes<Shape>

    @inline(__always)
    func callAsFunction(_ first: Colors, _ second: Colors) -> (Colors, Colors) {
        let red = curve(first.red, second.red)
        let green = curve(first.green, second.green)
        let blue = curve(first.blue, second.blue)
        return (Colors(red.0, green.0, blue.0), Colors(red.1, green.1, blue.1))
    }
}
