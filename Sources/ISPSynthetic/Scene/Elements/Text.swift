// Text in the scene: the title, and a card whose smallest letters have strokes of one pixel.

import ISPImaging

extension Canvas {
    /// Writes a line of text.
    ///
    /// A cell of the glyphs is a whole number of pixels, so that strokes are sharp; below one pixel a cell the text is
    /// averaged like any other shape.
    /// - Parameters:
    ///   - cell: the wanted size of a cell in design units.
    ///   - clip: pixels that may be inked.
    mutating func write(_ text: String, x: Double, y: Double, cell: Double, color: Vector3, clip: Region) {
        let wanted = cell * scale + 1e-9
        let side = wanted < 1 ? wanted : wanted.rounded(.down)
        let origin = region(x, y, 1, 1)
        guard !origin.isEmpty else { return }
        let characters = Array(text)
        let width = Int(Double(characters.count * PixelFont.advance) * side) + 1
        let bounds = Region(x: origin.x, y: origin.y, width: width, height: Int(Double(PixelFont.rows) * side) + 1)
        paint(bounds.intersection(clip), grid: wanted < 1 ? 4 : 1) { px, py in
            let column = Int((px - Double(origin.x)) / side)
            let row = Int((py - Double(origin.y)) / side)
            let index = column / PixelFont.advance
            guard index < characters.count else { return .none }
            let inked = PixelFont.isInked(characters[index], column: column % PixelFont.advance, row: row)
            return inked ? .opaque(color) : .none
        }
    }

    /// Writes the title and what it stands for onto the wall.
    mutating func paintTitle(x: Double, y: Double) -> Region {
        let bounds = region(x, y, 588, 136)
        write("SoftISP", x: x, y: y, cell: 12, color: Vector3(0.86, 0.84, 0.80), clip: bounds)
        write(
            "software image signal processor", x: x, y: y + 106, cell: 3, color: Vector3(0.40, 0.46, 0.55), clip: bounds
        )
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
            ("RAW to RGB 1234", 9, 4, ink),
            ("noise, shading, WB", 43, 3, ink),
            ("demosaic, matrix, tone curve", 70, 2, blue),
            ("denoise, sharpen, crop, scale", 89, 2, red),
            ("the quick brown fox jumps over the lazy dog: 0123456789", 110, 1, ink),
            ("PACK MY BOX WITH FIVE DOZEN LIQUOR JUGS / sphinx of quartz", 122, 1, ink),
        ]
        for (text, down, cell, color) in lines {
            write(text, x: x + 14, y: y + down, cell: cell, color: color, clip: card)
        }
        return card
    }
}
