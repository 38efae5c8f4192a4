// The small map behind local tone: for every part of the frame, how log luminance splits into base and detail.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The coefficients of a guided filter on a grid of nodes over the frame.
public struct ToneMap: Sendable {
    /// The log2 luminance of mid-grey.
    static let middle = log2f(0.18)

    private let columns, rows: Int
    private let region: Region
    /// Pixels of the frame that the map was made of, from one pixel that is asked for to the next.
    private let pitch: Int
    private let a, b: [Float]

    /// Runs the guided filter (He, Sun, Tang 2013) on a grid of log2 luminances.
    /// - Parameters:
    ///   - luminances: mean linear output luminance of each cell, rows first.
    ///   - columns: cells in a row.
    ///   - region: the part of the frame that the cells divide evenly.
    ///   - binning: by what the pixels that ask are fewer than those of the frame.
    public init(luminances: [Float], columns: Int, region: Region, binning: Binning? = nil) {
        precondition(columns > 0 && !luminances.isEmpty && luminances.count % columns == 0, "cells that are no grid")
        let rows = luminances.count / columns
        (self.columns, self.rows, self.region) = (columns, rows, region)
        pitch = binning?.factor ?? 1
        let grid = Grid(columns: columns, rows: rows)
        let values = luminances.map(Self.logarithm)
        // Windows of an eighth of the frame; two stops of difference count as an edge.
        let radius = max(1, max(columns, rows) / 16)
        let mean = grid.boxMean(values, radius)
        let square = grid.boxMean(values.map { $0 * $0 }, radius)
        let edge: Float = 1
        let slopes = zip(square, mean).map { square, mean in
            let variance = max(square - mean * mean, 0)
            return variance / (variance + edge)
        }
        let offsets = zip(slopes, mean).map { slope, mean in (1 - slope) * mean }
        a = grid.boxMean(slopes, radius)
        b = grid.boxMean(offsets, radius)
    }

    /// Rec.709 luminance.
    @inline(__always)
    static func luminance(_ r: Float, _ g: Float, _ b: Float) -> Float { 0.2126 * r + 0.7152 * g + 0.0722 * b }

    /// The log2 of a luminance, ended twelve stops below white: what is darker is noise.
    @inline(__always)
    static func logarithm(_ luminance: Float) -> Float { log2f(max(luminance, 1 / 4096)) }

    /// The nodes above and below a row, interpolated.
    func row(_ y: Int) -> (a: [Float], b: [Float]) {
        let position = place(y, region.y, region.height, rows)
        let upper = min(Int(position), max(rows - 2, 0))
        let lower = min(upper + 1, rows - 1)
        let t = position - Float(upper)
        func mix(_ table: [Float]) -> [Float] {
            (0..<columns).map { table[upper * columns + $0] * (1 - t) + table[lower * columns + $0] * t }
        }
        return (mix(a), mix(b))
    }

    /// The coefficients at a column of an interpolated row.
    @inline(__always)
    func coefficients(_ nodes: (a: [Float], b: [Float]), x: Int) -> (a: Float, b: Float) {
        let position = place(x, region.x, region.width, columns)
        let left = min(Int(position), max(columns - 2, 0))
        let right = min(left + 1, columns - 1)
        let t = position - Float(left)
        return (
            nodes.a[left] * (1 - t) + nodes.a[right] * t, nodes.b[left] * (1 - t) + nodes.b[right] * t
        )
    }

    /// A pixel's place among nodes that stand in the middles of cells.
    @inline(__always)
    private func place(_ coordinate: Int, _ origin: Int, _ extent: Int, _ count: Int) -> Float {
        let offset = (Float(coordinate) + 0.5) * Float(pitch) - Float(origin)
        let position = offset * Float(count) / Float(extent) - 0.5
        return min(max(position, 0), Float(count - 1))
    }
}

/// Means over square windows of a grid, cut off at its edges.
private struct Grid {
    let columns, rows: Int

    /// - Complexity: O(cells), whatever the radius.
    func boxMean(_ values: [Float], _ radius: Int) -> [Float] {
        var across = values
        for y in 0..<rows {
            let row = Self.runningMean(columns, radius) { values[y * columns + $0] }
            for x in 0..<columns { across[y * columns + x] = row[x] }
        }
        var result = across
        for x in 0..<columns {
            let column = Self.runningMean(rows, radius) { across[$0 * columns + x] }
            for y in 0..<rows { result[y * columns + x] = column[y] }
        }
        return result
    }

    private static func runningMean(_ count: Int, _ radius: Int, _ value: (Int) -> Float) -> [Float] {
        var sums: [Double] = [0]
        for i in 0..<count { sums.append(sums[i] + Double(value(i))) }
        return (0..<count).map { i in
            let (low, high) = (max(0, i - radius), min(count, i + radius + 1))
            return Float((sums[high] - sums[low]) / Double(high - low))
        }
    }
}
