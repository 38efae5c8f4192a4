// A loop over a row of colours: matrix and curve, and to where the results go.

import CVector

/// The tone of colours, inside a loop over a row: of a vector of pixels and of another one.
protocol ToneLanes {
    func callAsFunction(_ first: Colors, _ second: Colors) -> (Colors, Colors)
}

/// A loop over a row of colours.
protocol ToneLoop {
    func run(_ matrix: some ColorLanes, _ tone: some ToneLanes)
}

/// Codes take the place of the colours they are of, one parity after the other.
struct RowLoop: ToneLoop {
    let row: ColorRow
    let count: Int

    @inline(__always)
    func run(_ matrix: some ColorLanes, _ tone: some ToneLanes) {
        for parity in 0..<2 {
            let (r, g, b) = (row.red[parity], row.green[parity], row.blue[parity])
            var k = 0
            while k < count {
                let (first, second) = tones(r, g, b, k, matrix, tone)
                r.store(first.red, k)
                g.store(first.green, k)
                b.store(first.blue, k)
                r.store(second.red, k &+ Words.scalarCount)
                g.store(second.green, k &+ Words.scalarCount)
                b.store(second.blue, k &+ Words.scalarCount)
                k &+= KernelLimits.group
            }
        }
    }
}

/// Takes display codes, inside a loop over a row: two vectors of even columns and two of odd ones, from entry `k` on.
protocol ToneSink {
    func store(even: (Colors, Colors), odd: (Colors, Colors), _ k: Int)
    /// Of `count` entries those in groups that are wanted whole.
    func whole(of count: Int) -> Int
    /// Stores the group after those.
    func storeLast(even: (Colors, Colors), odd: (Colors, Colors), _ k: Int)
}

/// Codes go to a sink.
struct SinkLoop<Sink: ToneSink>: ToneLoop {
    let row: ColorRow
    let sink: Sink
    let count: Int

    @inline(__always)
    func run(_ matrix: some ColorLanes, _ tone: some ToneLanes) {
        let (r, g, b) = (row.red, row.green, row.blue)
        let whole = sink.whole(of: count)
        var k = 0
        while k < whole {
            sink.store(
                even: tones(r.even, g.even, b.even, k, matrix, tone),
                odd: tones(r.odd, g.odd, b.odd, k, matrix, tone), k)
            k &+= KernelLimits.group
        }
        guard k < count else { return }
        sink.storeLast(
            even: tones(r.even, g.even, b.even, k, matrix, tone), odd: tones(r.odd, g.odd, b.odd, k, matrix, tone), k)
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
