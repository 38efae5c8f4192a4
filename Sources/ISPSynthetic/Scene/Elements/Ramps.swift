// Gradients: a grey ramp for tone and banding, a ramp of saturated hues for colour clipping.

import ISPImaging

extension Canvas {
    /// Paints both ramps on a dark strip. Every column is of one colour, that of its middle.
    mutating func paintRamps(x: Double, y: Double, width: Double) -> (grey: Region, hue: Region) {
        let strip = region(x - 8, y - 8, width + 16, 104)
        paintShadow(of: strip)
        fill(strip, Vector3(0.015, 0.015, 0.015))
        let grey = region(x, y, width, 40)
        let hue = region(x, y + 48, width, 40)
        for column in 0..<grey.width {
            // The square spreads the tones about as evenly as the eye sees them.
            let t = (Double(column) + 0.5) / Double(grey.width)
            fill(Region(x: grey.x + column, y: grey.y, width: 1, height: grey.height), Vector3(t * t, t * t, t * t))
        }
        for column in 0..<hue.width {
            let color = Self.hue((Double(column) + 0.5) / Double(hue.width))
            fill(Region(x: hue.x + column, y: hue.y, width: 1, height: hue.height), color)
        }
        return (grey, hue)
    }

    /// A saturated colour by hue 0 ... 1 from red over green and blue back to red; linear components 0.01 to 0.81.
    static func hue(_ hue: Double) -> Vector3 {
        func component(_ center: Double) -> Double {
            let distance = abs(hue - center - (hue - center).rounded())
            let level = min(max(2 - 6 * distance, 0), 1)
            return 0.01 + 0.8 * level * level
        }
        return Vector3(component(0), component(1.0 / 3), component(2.0 / 3))
    }
}
