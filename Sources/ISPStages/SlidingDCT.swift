// The engine of the raw denoise: the thresholded discrete cosine transform of every window of a plane.

import ISPImaging

/// Denoising of a plane with unit noise by thresholding the DCT of all its 8x8 windows (Yu, Sapiro 2011).
///
/// Eight neighbouring windows are worked on at a time, one a lane. Windows of one row share the vertical transforms of
/// their columns, and, the transform being linear, the vertical inverses as well.
package enum SlidingDCT {
    /// The side of a window.
    package static let size = 8

    /// A denoised plane, to be had by dividing.
    package struct Result {
        /// The weighted sum of what the windows say of each sample.
        package let sum: PlaneView<Float>
        /// The sum of their weights: `1 / n` for a window that kept n coefficients.
        package let weight: PlaneView<Float>
    }

    /// Denoises `plane`; the result covers its region shrunk by `size - 1`.
    /// - Parameters:
    ///   - threshold: coefficients below it, in units of the noise, are taken for noise.
    ///   - keepsMean: whether the mean of a window stays, however small.
    package static func denoise(
        _ plane: PlaneView<Float>, threshold: Float, keepsMean: Bool = true, workspace: Workspace
    ) -> Result {
        let whole = plane.region
        let inner = whole.expanded(by: 1 - size)
        let (sum, weight) = (workspace.plane(inner), workspace.plane(inner))
        for y in inner.y..<inner.maxY {
            sum.row(y).update(repeating: 0, count: inner.width)
            weight.row(y).update(repeating: 0, count: inner.width)
        }
        workspace.scoped {
            let columns = whole.width
            let rows = Scratch(columns: columns, workspace: workspace)
            // Windows begin at every sample of the plane where they fit.
            for top in whole.y...(whole.maxY - size) {
                verticalTransforms(of: plane, top: top, into: rows)
                horizontalTransforms(rows, threshold: threshold, keepsMean: keepsMean)
                horizontalInverses(rows)
                verticalInverses(rows, top: top, sum: sum, weight: weight)
            }
        }
        return Result(sum: sum, weight: weight)
    }

    /// The rows of numbers that the windows of one row of windows need.
    private struct Scratch {
        /// Columns of the plane; windows begin at all but the last seven.
        let columns: Int
        let windows: Int
        /// By vertical frequency: the vertical transform of each column.
        let vertical: [LaneRow]
        /// By vertical and horizontal frequency: the coefficients of each window, by its first column.
        let coefficients: [LaneRow]
        /// By position in the window: what each window says of it, at one vertical frequency.
        let answers: [LaneRow]
        /// By vertical frequency: the sum of the windows' answers in each column.
        let sums: [LaneRow]
        /// The weight of each window, and the sum of weights in each column.
        let weights, weightSums: LaneRow

        init(columns: Int, workspace: Workspace) {
            self.columns = columns
            windows = columns - size + 1
            let margin = 16
            let count = 8 + 64 + 8 + 8 + 2
            let plane = workspace.plane(Region(x: 0, y: 0, width: columns + 2 * margin, height: count))
            // What stands in the margins is never used, but it is worked on: it has to be numbers.
            for y in 0..<count { plane.row(y).update(repeating: 0, count: columns + 2 * margin) }
            let all = (0..<count).map { LaneRow(samples: plane.row($0) + margin) }
            vertical = Array(all[0..<8])
            coefficients = Array(all[8..<72])
            answers = Array(all[72..<80])
            sums = Array(all[80..<88])
            (weights, weightSums) = (all[88], all[89])
        }
    }

    private static func verticalTransforms(of plane: PlaneView<Float>, top: Int, into rows: Scratch) {
        let source = (0..<size).map { LaneRow(samples: plane.row(top + $0)) }
        source.withUnsafeBufferPointer { source in
            rows.vertical.withUnsafeBufferPointer { target in
                // The last group overlaps the one before, so that no row is read beyond its end.
                for start in Swift.stride(from: 0, to: rows.columns, by: 8) {
                    let x = max(min(start, rows.columns - 8), 0)
                    var v = Eight(
                        source[0][x], source[1][x], source[2][x], source[3][x], source[4][x], source[5][x],
                        source[6][x],
                        source[7][x])
                    v.transform()
                    v.store(target, at: x)
                }
            }
        }
    }

    /// Horizontal transforms and the threshold; weights say how many coefficients were kept.
    private static func horizontalTransforms(_ rows: Scratch, threshold: Float, keepsMean: Bool) {
        let limit = threshold * threshold
        rows.vertical.withUnsafeBufferPointer { vertical in
            rows.coefficients.withUnsafeBufferPointer { coefficients in
                for x in Swift.stride(from: 0, to: rows.windows, by: 8) {
                    var kept = Lanes(repeating: 0)
                    for k in 0..<size {
                        let row = vertical[k]
                        var v = Eight(
                            row[x], row[x + 1], row[x + 2], row[x + 3], row[x + 4], row[x + 5], row[x + 6], row[x + 7])
                        v.transform()
                        let mean = v.a
                        kept += v.threshold(limit)
                        if k == 0 && keepsMean {
                            kept += Lanes(repeating: 0).replacing(with: 1, where: mean * mean .< limit)
                            v.a = mean
                        }
                        let target = UnsafeBufferPointer(rebasing: coefficients[(8 * k)..<(8 * k + 8)])
                        v.store(target, at: x)
                    }
                    // A window of which nothing stays says 0 with the weight of one coefficient.
                    rows.weights[x] = 1 / pointwiseMax(kept, Lanes(repeating: 1))
                }
                // Windows beyond the last one do not exist.
                for i in rows.windows..<((rows.windows + 7) & ~7) { rows.weights.samples[i] = 0 }
            }
        }
    }

    private static func horizontalInverses(_ rows: Scratch) {
        let groups = Swift.stride(from: 0, to: rows.windows, by: 8)
        rows.coefficients.withUnsafeBufferPointer { coefficients in
            rows.answers.withUnsafeBufferPointer { answers in
                for k in 0..<size {
                    let c = UnsafeBufferPointer(rebasing: coefficients[(8 * k)..<(8 * k + 8)])
                    for x in groups {
                        var v = Eight(c[0][x], c[1][x], c[2][x], c[3][x], c[4][x], c[5][x], c[6][x], c[7][x])
                        v.inverse()
                        v.scale(by: rows.weights[x])
                        v.store(answers, at: x)
                    }
                    let target = rows.sums[k]
                    for x in Swift.stride(from: 0, to: rows.columns, by: 8) {
                        let low = answers[0][x] + answers[1][x - 1] + answers[2][x - 2] + answers[3][x - 3]
                        let high = answers[4][x - 4] + answers[5][x - 5] + answers[6][x - 6] + answers[7][x - 7]
                        target[x] = low + high
                    }
                }
            }
        }
        let w = rows.weights
        for x in Swift.stride(from: 0, to: rows.columns, by: 8) {
            rows.weightSums[x] = w[x] + w[x - 1] + w[x - 2] + w[x - 3] + w[x - 4] + w[x - 5] + w[x - 6] + w[x - 7]
        }
    }

    private static func verticalInverses(
        _ rows: Scratch, top: Int, sum: PlaneView<Float>, weight: PlaneView<Float>
    ) {
        // The result leaves out the outer columns and rows, which not all windows cover.
        let skipped = size - 1
        let width = sum.region.width
        for x in Swift.stride(from: 0, to: width, by: 8) {
            let s = rows.sums
            let column = x + skipped
            var v = Eight(
                s[0][column], s[1][column], s[2][column], s[3][column], s[4][column], s[5][column], s[6][column],
                s[7][column])
            v.inverse()
            let weights = rows.weightSums[column]
            for i in 0..<size {
                let y = top + i
                guard y >= sum.region.y, y < sum.region.maxY else { continue }
                // Rows are padded to whole cache lines, so a whole vector fits behind any column.
                let (total, ofWeights) = (LaneRow(samples: sum.row(y)), LaneRow(samples: weight.row(y)))
                total[x] += v[i]
                ofWeights[x] += weights
            }
        }
    }
}

/// Eight vectors: one transform in every lane.
private struct Eight {
    var a, b, c, d, e, f, g, h: Lanes

    @inline(__always)
    init(
        _ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes, _ e: Lanes, _ f: Lanes, _ g: Lanes, _ h: Lanes
    ) {
        (self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h) = (a, b, c, d, e, f, g, h)
    }

    @inline(__always)
    subscript(i: Int) -> Lanes {
        switch i {
        case 0: a
        case 1: b
        case 2: c
        case 3: d
        case 4: e
        case 5: f
        case 6: g
        default: h
        }
    }

    @inline(__always)
    func store(_ rows: UnsafeBufferPointer<LaneRow>, at x: Int) {
        rows[0][x] = a
        rows[1][x] = b
        rows[2][x] = c
        rows[3][x] = d
        rows[4][x] = e
        rows[5][x] = f
        rows[6][x] = g
        rows[7][x] = h
    }

    @inline(__always)
    mutating func scale(by s: Lanes) {
        a *= s
        b *= s
        c *= s
        d *= s
        e *= s
        f *= s
        g *= s
        h *= s
    }

    /// Sets what is below the threshold to 0 and counts what is not.
    /// - Parameter limit: the square of the threshold.
    @inline(__always)
    mutating func threshold(_ limit: Float) -> Lanes {
        var kept = Lanes(repeating: 0)
        kept += Self.keep(&a, limit)
        kept += Self.keep(&b, limit)
        kept += Self.keep(&c, limit)
        kept += Self.keep(&d, limit)
        kept += Self.keep(&e, limit)
        kept += Self.keep(&f, limit)
        kept += Self.keep(&g, limit)
        kept += Self.keep(&h, limit)
        return kept
    }

    @inline(__always)
    private static func keep(_ v: inout Lanes, _ limit: Float) -> Lanes {
        let isNoise = v * v .< limit
        v = v.replacing(with: 0, where: isNoise)
        return Lanes(repeating: 1).replacing(with: 0, where: isNoise)
    }

    // cos(k pi / 16) / 2, and the same / sqrt(2) for the mean: the orthonormal transform.
    private static let c1: Float = 0.49039264
    private static let c2: Float = 0.46193977
    private static let c3: Float = 0.41573481
    private static let c4: Float = 0.35355339
    private static let c5: Float = 0.27778512
    private static let c6: Float = 0.19134172
    private static let c7: Float = 0.097545161

    /// The orthonormal DCT-II of the eight (Ahmed, Natarajan, Rao 1974), even and odd halves apart.
    @inline(__always)
    mutating func transform() {
        let (s0, s1, s2, s3) = (a + h, b + g, c + f, d + e)
        let (t0, t1, t2, t3) = (a - h, b - g, c - f, d - e)
        let (u0, u1, v0, v1) = (s0 + s3, s1 + s2, s0 - s3, s1 - s2)
        a = (u0 + u1) * Self.c4
        e = (u0 - u1) * Self.c4
        c = v0 * Self.c2 + v1 * Self.c6
        g = v0 * Self.c6 - v1 * Self.c2
        b = t0 * Self.c1 + t1 * Self.c3 + (t2 * Self.c5 + t3 * Self.c7)
        d = t0 * Self.c3 - t1 * Self.c7 - (t2 * Self.c1 + t3 * Self.c5)
        f = t0 * Self.c5 - t1 * Self.c1 + (t2 * Self.c7 + t3 * Self.c3)
        h = t0 * Self.c7 - t1 * Self.c5 + (t2 * Self.c3 - t3 * Self.c1)
    }

    /// The inverse: the transposed transform.
    @inline(__always)
    mutating func inverse() {
        let (u0, u1) = ((a + e) * Self.c4, (a - e) * Self.c4)
        let (v0, v1) = (c * Self.c2 + g * Self.c6, c * Self.c6 - g * Self.c2)
        let (s0, s1, s2, s3) = (u0 + v0, u1 + v1, u1 - v1, u0 - v0)
        let t0 = b * Self.c1 + d * Self.c3 + (f * Self.c5 + h * Self.c7)
        let t1 = b * Self.c3 - d * Self.c7 - (f * Self.c1 + h * Self.c5)
        let t2 = b * Self.c5 - d * Self.c1 + (f * Self.c7 + h * Self.c3)
        let t3 = b * Self.c7 - d * Self.c5 + (f * Self.c3 - h * Self.c1)
        (a, b, c, d) = (s0 + t0, s1 + t1, s2 + t2, s3 + t3)
        (e, f, g, h) = (s3 - t3, s2 - t2, s1 - t1, s0 - t0)
    }
}
