// Lit spheres: smooth shading in strong colours, with highlights brighter than white.

import ISPImaging

extension Canvas {
    /// A sphere on the floor: centre and radius on the design grid, diffuse colour, share of mirror reflection.
    private struct Sphere {
        let x, y, radius: Double
        let color: Vector3
        let mirror: Double
    }

    private static let spheres = [
        Sphere(x: 872, y: 752, radius: 88, color: Vector3(0.50, 0.50, 0.52), mirror: 0.85),
        Sphere(x: 1022, y: 772, radius: 68, color: Vector3(0.62, 0.045, 0.03), mirror: 0.10),
        Sphere(x: 1158, y: 778, radius: 62, color: Vector3(0.05, 0.34, 0.08), mirror: 0.10),
        Sphere(x: 1292, y: 768, radius: 72, color: Vector3(0.03, 0.10, 0.55), mirror: 0.10),
        Sphere(x: 1424, y: 782, radius: 58, color: Vector3(0.80, 0.78, 0.74), mirror: 0.02),
        Sphere(x: 954, y: 832, radius: 28, color: Vector3(0.85, 0.52, 0.02), mirror: 0.12),
        Sphere(x: 1092, y: 836, radius: 25, color: Vector3(0.50, 0.05, 0.32), mirror: 0.12),
        Sphere(x: 1226, y: 834, radius: 26, color: Vector3(0.02, 0.42, 0.46), mirror: 0.12),
        Sphere(x: 1362, y: 836, radius: 24, color: Vector3(0.72, 0.22, 0.03), mirror: 0.12),
    ]

    /// Paints the spheres and their contact shadows; returns the region that holds them all.
    mutating func paintSpheres() -> Region {
        for sphere in Self.spheres {
            let (x, y) = point(sphere.x + 0.18 * sphere.radius, sphere.y + 0.95 * sphere.radius)
            let (rx, ry) = (1.15 * sphere.radius * scale, 0.26 * sphere.radius * scale)
            let r = sphere.radius
            paint(region(sphere.x - 1.2 * r, sphere.y + 0.6 * r, 2.8 * r, 0.8 * r), grid: 1) { px, py in
                let d = (px - x) * (px - x) / (rx * rx) + (py - y) * (py - y) / (ry * ry)
                return Light(0, 0, 0, 0.8 * (1 - PortableMath.smoothStep(d.squareRoot())))
            }
        }
        for sphere in Self.spheres { paint(sphere) }
        return region(776, 656, 712, 212)
    }

    private mutating func paint(_ sphere: Sphere) {
        let center = point(sphere.x, sphere.y)
        let radius = sphere.radius * scale
        let bounds = region(
            sphere.x - sphere.radius - 1, sphere.y - sphere.radius - 1, 2 * sphere.radius + 2, 2 * sphere.radius + 2)
        paint(bounds) { px, py in
            let nx = (px - center.x) / radius
            let ny = (py - center.y) / radius
            let d = nx * nx + ny * ny
            guard d < 1 else { return .none }
            return .opaque(Self.shade(sphere.color, mirror: sphere.mirror, nx, ny, (1 - d).squareRoot()))
        }
    }

    /// Lambert's law, an ambient term, the reflection of wall and floor, and Blinn-Phong highlights (Blinn 1977).
    private static func shade(_ color: Vector3, mirror: Double, _ nx: Double, _ ny: Double, _ nz: Double) -> Vector3 {
        // The lamp stands up left before the scene; the half vector lies between it and the eye (0, 0, 1).
        let diffuse = max(0, -0.45 * nx - 0.62 * ny + 0.642806 * nz)
        let half = max(0, -0.248260 * nx - 0.342047 * ny + 0.906308 * nz)
        let ambient = 0.16 - 0.06 * ny
        // The mirror direction of the eye's ray looks to the wall above or the floor below.
        let upward = -2 * nz * ny
        let t = PortableMath.smoothStep(upward * 3 + 0.5)
        let wall = 0.10 + 0.5 * max(0, upward) * max(0, upward)
        let floor = 0.22 + 0.1 * min(0, upward)
        let around = Vector3(
            floor * 1.15 + t * (wall * 0.92 - floor * 1.15), floor * 0.95 + t * (wall - floor * 0.95),
            floor * 0.75 + t * (wall * 1.2 - floor * 0.75))
        let grazing = (1 - nz) * (1 - nz) * (1 - nz) * (1 - nz)
        let reflected = mirror + (1 - mirror) * 0.5 * grazing
        var power = half
        for _ in 0..<(mirror > 0.5 ? 9 : 7) { power *= power }
        let highlight = mirror < 0.05 ? 0.15 * power : 3.5 * power
        let lit = 1.05 * diffuse + ambient
        func channel(_ c: Double, _ a: Double) -> Double { c * lit * (1 - mirror) + a * reflected + highlight }
        return Vector3(channel(color.x, around.x), channel(color.y, around.y), channel(color.z, around.z))
    }
}
