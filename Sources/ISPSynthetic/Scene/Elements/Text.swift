// Text in the scene: the title, and a card whose smallest letters have strokes of one pixel.

import ISPImaging

extension Canvas {
    /// Writes a line of text. A cell of the glyphs is a whole number of pixels, at least one: strokes are sharp.
    /// - Parameters:
    ///   - cell: the wanted size of a cell in design units.
    ///   - clip: pixels that may be inked.
    mutating func write(_ text: String, x: Double, y: Double, cell: Double, color: Vector3, clip: Region) {
        let pixels = max(1, Int(cell * scale + 1e-9))
        let origin = region(x, y, 1, 1)
        guard !origin.isEmpty else { return }
        for (index, character) in text.enumerated() {
            let left = origin.x + index * PixelFont.advance * pixels
            for row in 0..<PixelFont.rows {
                for column in 0..<PixelFont.columns where PixelFont.isInked(character, column: column, row: row) {
                    let ink = Region(
                        x: left + column * pixels, y: origin.y + row * pixels, width: pixels, height: pixels)
                    fill(ink.intersection(clip), color)
                }
            }
        }
    }

    /// Writes the title and what it stands for onto the wall.
    mutating func paintTitle(x: Double, y: Double) -> Region {
        let bounds = region(x, y, 588, 130)
        write("SoftISP", x: x, y: y, cell: 12, color: Vector3(0.86, 0.84, 0.80), clip: bounds)
        write(
            "software image signal processor", x: x, y: y + 106, cell: 3, color: Vector3(0.40, 0.46, 0.55), clip: bounds)
        return bounds
    }

    /// Paints a white card with lines of text from 4 pixels a stroke down to one.
    mutating func paintTextCard(x: Double, y: Double, width: Double, height: Double) -> Region {
        let card = region(x, y, width, height)
        paintShadow(of: card)
        fill(card, Vector3(0.82, 0.82, 0.80))
        let ink = Vector3(0.02, 0.02, 0.02)
        let red = Vector3(0.45, 0.02, 0.02)
        let blue = Vector3(0.02, 0.03, 0.40)
        let lines: [(String, Double, Double, Vector3)] = [
            ("RAW to RGB 1234", 10, 4, ink),
            ("black, shading, gains", 46, 3, ink),
            ("demosaic, matrix, tone curve 56", 74, 2, blue),
            ("denoise, sharpen, crop, scale 78", 94, 2, red),
            ("the quick brown fox jumps over the lazy dog: 0123456789", 113, 1, ink),
            ("PACK MY BOX WITH FIVE DOZEN LIQUOR JUGS / sphinx of quartz", 123, 1, ink),
        ]
        for (text, down, cell, color) in lines { write(text, x: x + 14, y: y + down, cell: cell, color: color, clip: card) }
        return card
    }
}
