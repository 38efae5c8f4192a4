// A loop over a row of colours: matrix and curve, and to where the results go.

import CVector

/// The tone of colours, inside a loop over a row: of a vector of pixels and of another one.
protocol ToneLanes {
    func callAsFunction(_ first: Colors, _ second: Colors) -> (Colors, Colors)
}

/// Where a loop has its colours from: a vector of even columns, or of odd ones, from an entry on.
protocol ColorSource {
    func even(_ k: Int) -> Colors
    func odd(_ k: Int) -> Colors
}

/// Colours of a row.
struct RowSource: ColorSource {
    let row: ColorRow

    @inline(__always)
    func even(_ k: Int) -> Colors { Colors(row.red.even.lanes(k), row.green.even.lanes(k), row.blue.even.lanes(k)) }

    @inline(__always)
    func odd(_ k: Int) -> Colors { Colors(row.red.odd.lanes(k), row.green.odd.lanes(k), row.blue.odd.lanes(k)) }
}

/// A loop over a row of colours.
protocol ToneLoop {
    func run(_ source: some ColorSource, _ matrix: some ColorLanes, _ tone: some ToneLanes)
}

/// Codes go to rows, which may be the ones that the colours are from.
struct RowLoop: ToneLoop {
    let row: ColorRow
    let count: Int

    @inline(__always)
    func run(_ source: some ColorSource, _ matrix: some ColorLanes, _ tone: some ToneLanes) {
        // One parity after the other: a loop over both would need more registers than there are.
        var k = 0
        while k < count {
            store(tone(matrix(source.even(k)), matrix(source.even(k &+ Words.scalarCount))), 0, k)
            k &+= KernelLimits.group
        }
        k = 0
        while k < count {
            store(tone(matrix(source.odd(k)), matrix(source.odd(k &+ Words.scalarCount))), 1, k)
            k &+= KernelLimits.group
        }
    }

    @inline(__always)
    private func store(_ codes: (Colors, Colors), _ parity: Int, _ k: Int) {
        let (red, green, blue) = (row.red[parity], row.green[parity], row.blue[parity])
        red.store(codes.0.red, k)
        green.store(codes.0.green, k)
        blue.store(codes.0.blue, k)
        red.store(codes.1.red, k &+ Words.scalarCount)
        green.store(codes.1.green, k &+ Words.scalarCount)
        blue.store(codes.1.blue, k &+ Words.scalarCount)
    }
}

/// Takes display codes, inside a loop over a row: two vectors of even columns and two of odd ones, from entry `k` on.
protocol ToneSink {
    func store(even: (Colors, Colors), odd: (Colors, Colors), _ k: Int)
    /// Of `count` entries those in groups that are wanted.
    func needed(of count: Int) -> Int
    /// Called when all are stored.
    func finish()
}

/// Codes go to a sink.
struct SinkLoop<Sink: ToneSink>: ToneLoop {
    let sink: Sink
    let count: Int

    @inline(__always)
    func run(_ source: some ColorSource, _ matrix: some ColorLanes, _ tone: some ToneLanes) {
        @inline(__always)
        func even(_ k: Int) -> (Colors, Colors) {
            tone(matrix(source.even(k)), matrix(source.even(k &+ Words.scalarCount)))
        }
        @inline(__always)
        func odd(_ k: Int) -> (Colors, Colors) {
            tone(matrix(source.odd(k)), matrix(source.odd(k &+ Words.scalarCount)))
        }
        let end = sink.needed(of: count)
        var k = 0
        while k < end {
            sink.store(even: even(k), odd: odd(k), k)
            k &+= KernelLimits.group
        }
        sink.finish()
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
