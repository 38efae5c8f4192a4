// How a plan is run: in which strips and bands, and where its picture lies.

import FuzzSupport
import ISPImaging

/// What must make no difference to a picture.
struct Way {
    /// Columns of a strip.
    let stripWidth: Int
    /// Columns of a strip of another plan.
    let otherWidth: Int?
    /// Where the picture starts, counted from a multiple of 64: stores past the caches need places that are aligned.
    let start: Int
    private let cuts: [Double]
    private let isUpwards: Bool

    init(_ input: inout InputReader) {
        stripWidth = input.integer(1...255)
        otherWidth = input.chance(48) ? input.integer(1...255) : nil
        start = input.chance(128) ? input.integer(0...63) : 0
        cuts = input.numbers(input.integer(0...4), 0...1)
        isUpwards = input.chance(96)
    }

    /// The bands of a picture in the order in which they are made; some may be empty.
    func bands(of size: Size) -> [Range<Int>] {
        let pairs = (size.height + 1) / 2
        let ends = cuts.map { 2 * Int(($0 * Double(pairs)).rounded()) }.sorted() + [size.height]
        var first = 0
        let bands = ends.map { end in
            let last = min(end, size.height)
            defer { first = last }
            return first..<last
        }
        // An odd height cut at its end leaves an empty band that would begin on an odd row.
        let even = bands.filter { $0.lowerBound & 1 == 0 }
        return isUpwards ? even.reversed() : even
    }
}
