// Lamps: small discs far brighter than white, for clipping, highlight handling and flare.

import ISPImaging

extension Canvas {
    /// Lamp positions on the design grid and the light they emit; the brightest channel is 4 times diffuse white.
    private static let lamps: [(x: Double, y: Double, color: Vector3)] = [
        (1120, 112, Vector3(4.0, 2.6, 1.2)),
        (1204, 78, Vector3(4.0, 0.12, 0.07)),
        (1288, 122, Vector3(4.0, 4.0, 4.0)),
        (1372, 84, Vector3(0.08, 3.0, 0.18)),
        (1456, 114, Vector3(0.07, 0.24, 4.0)),
    ]

    /// Paints five hanging lamps with their glow and returns the regions of the discs.
    mutating func paintLamps() -> [Region] {
        for lamp in Self.lamps {
            let center = point(lamp.x, lamp.y)
            let spread = 26 * scale
            // The glow adds light; it falls off with the square of a Lorentz profile.
            let reach = 190.0
            paint(region(lamp.x - reach, lamp.y - reach, 2 * reach, 2 * reach), grid: 1) { x, y in
                let dx = x - center.x
                let dy = y - center.y
                let d = (dx * dx + dy * dy) / (spread * spread)
                let fade = max(0, 1 - d * (26 / reach) * (26 / reach))
                let glow = 0.11 * fade * fade / ((1 + d) * (1 + d) * 0.6 + 0.4 * (1 + d))
                return Light(lamp.color.x * glow, lamp.color.y * glow, lamp.color.z * glow, 0)
            }
        }
        return Self.lamps.map { lamp in
            let (x, y) = point(lamp.x, lamp.y)
            fill(region(lamp.x - 1.5, -400, 3, 400 + lamp.y - 18), Vector3(0.012, 0.012, 0.012))
            let cap = region(lamp.x - 9, lamp.y - 32, 18, 16)
            fill(cap, Vector3(0.03, 0.028, 0.026))
            let bounds = region(lamp.x - 21, lamp.y - 21, 42, 42)
            let radius = 20 * scale
            paint(bounds) { px, py in
                let d = (px - x) * (px - x) + (py - y) * (py - y)
                return d <= radius * radius ? .opaque(lamp.color) : .none
            }
            return bounds
        }
    }
}
