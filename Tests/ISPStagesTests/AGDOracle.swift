// The directional demosaic written once more, pixel by pixel and in double precision: slow, and close to the formulas.

import ISPImaging

/// What `AGDDemosaic` computes, as functions of a coordinate.
final class AGDOracle {
    private let cfa: CFAPattern
    private let mosaic: (Int, Int) -> Double
    private var known: [Key: Double] = [:]

    init(_ cfa: CFAPattern, _ mosaic: @escaping (Int, Int) -> Double) {
        self.cfa = cfa
        self.mosaic = mosaic
    }

    /// Red, green and blue of a pixel: 0, 1, 2.
    func value(_ plane: Int, _ x: Int, _ y: Int) -> Double {
        plane == 1 ? green(x, y) : chroma(plane, x, y)
    }

    // What is asked for again and again is remembered.

    private enum Quantity: Hashable { case difference(Direction), green, chroma(Int) }
    private struct Key: Hashable { let quantity: Quantity, x: Int, y: Int }

    private func remembered(_ quantity: Quantity, _ x: Int, _ y: Int, _ compute: () -> Double) -> Double {
        let key = Key(quantity: quantity, x: x, y: y)
        if let value = known[key] { return value }
        let value = compute()
        known[key] = value
        return value
    }

    private func plane(_ x: Int, _ y: Int) -> Int { cfa.site(column: x, row: y).plane }

    // Green.

    private enum Direction: Hashable {
        case horizontal, vertical
        var step: (x: Int, y: Int) { self == .horizontal ? (1, 0) : (0, 1) }
    }

    /// `m(n)`: the mosaic `n` samples along the direction.
    private func m(_ d: Direction, _ x: Int, _ y: Int, _ n: Int) -> Double {
        mosaic(x + n * d.step.x, y + n * d.step.y)
    }

    private func slope(_ d: Direction, _ x: Int, _ y: Int) -> Double {
        var (common, own) = (0.0, 0.0)
        for dy in [-2, 0, 2] {
            for dx in [-2, 0, 2] {
                func e(_ n: Int) -> Double { m(d, x + dx, y + dy, n + 1) - m(d, x + dx, y + dy, n - 1) }
                let u = 3 * (e(-1) + e(1)) + (e(-3) + e(3))
                let v = 2 * e(0) + (e(-2) + e(2))
                common += u * v
                own += u * u
            }
        }
        return min(max((2 * common + 0.006) / (own + 0.006), -0.5), 1.5)
    }

    private func difference(_ d: Direction, _ x: Int, _ y: Int) -> Double {
        remembered(.difference(d), x, y) {
            let line = 0.5 * (m(d, x, y, -1) + m(d, x, y, 1))
            let bend = 2 * m(d, x, y, 0) - (m(d, x, y, -2) + m(d, x, y, 2))
            let other = line + 0.25 * slope(d, x, y) * bend
            return plane(x, y) == 1 ? mosaic(x, y) - other : other - mosaic(x, y)
        }
    }

    private func weight(_ d: Direction, _ x: Int, _ y: Int) -> Double {
        var activity = 0.0
        for dy in -1...1 {
            for dx in -1...1 {
                let (cx, cy) = (x + dx, y + dy)
                activity += abs(
                    difference(d, cx + d.step.x, cy + d.step.y) - difference(d, cx - d.step.x, cy - d.step.y))
            }
        }
        return 1 / (activity * activity + 1e-8)
    }

    private func green(_ x: Int, _ y: Int) -> Double {
        if plane(x, y) == 1 { return mosaic(x, y) }
        return remembered(.green, x, y) {
            var (sum, weights) = (0.0, 0.0)
            for d in [Direction.horizontal, .vertical] {
                for side in [-1, 1] {
                    func difference(_ n: Int) -> Double {
                        self.difference(d, x + n * side * d.step.x, y + n * side * d.step.y)
                    }
                    let w = weight(d, x + side * d.step.x, y + side * d.step.y)
                    sum += w * (0.4 * (difference(0) + difference(1)) + 0.2 * difference(2))
                    weights += w
                }
            }
            return mosaic(x, y) + sum / weights
        }
    }

    // Red and blue.

    private func slope(of colour: Int, _ x: Int, _ y: Int) -> Double {
        var (common, own) = (0.0, 0.0)
        for cy in (y - 2)...(y + 2) {
            for cx in (x - 2)...(x + 2) where plane(cx, cy) == 1 {
                let across = plane(cx + 1, cy) == colour ? (1, 0) : (0, 1)
                let (ax, ay, bx, by) = (cx + across.0, cy + across.1, cx - across.0, cy - across.1)
                let gradient = green(ax, ay) - green(bx, by)
                common += (mosaic(ax, ay) - mosaic(bx, by)) * gradient
                own += gradient * gradient
            }
        }
        let prior = 1e-3 + 0.1 * green(x, y) * green(x, y)
        return min(max((common + prior) / (own + prior), 0), 1.2)
    }

    private func chroma(_ colour: Int, _ x: Int, _ y: Int) -> Double {
        let here = plane(x, y)
        if here == colour { return mosaic(x, y) }
        return remembered(.chroma(colour), x, y) {
            let (a, level) = (slope(of: colour, x, y), green(x, y))
            var (sum, weights) = (0.0, 0.0)
            for (dx, dy) in here == 1 ? [(1, 0), (0, 1)] : [(1, 1), (1, -1)] {
                let pair = [1, -1].map { side in
                    (colour: chroma(colour, x + side * dx, y + side * dy), green: green(x + side * dx, y + side * dy))
                }
                let between = abs(pair[0].colour - pair[1].colour) + 0.003
                for side in pair {
                    let w = 1 / (abs(level - side.green) + between)
                    sum += w * (side.colour - a * side.green)
                    weights += w
                }
            }
            return a * level + sum / weights
        }
    }
}
