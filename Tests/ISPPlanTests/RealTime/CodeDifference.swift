// How far two pictures are apart, in codes.

import ISPImaging

/// The largest difference of two 8-bit pictures, and how many samples are more than a code apart.
struct CodeDifference: CustomStringConvertible {
    let worst: Int
    let beyondOne: Int
    let samples: Int

    init(_ a: ImageBuffer, _ b: ImageBuffer) {
        precondition(a.size == b.size && a.format == b.format, "pictures of one shape")
        var (worst, beyondOne) = (0, 0)
        withExtendedLifetime((a, b)) {
            for (x, y) in zip(a.bytes, b.bytes) {
                let difference = abs(Int(x) - Int(y))
                worst = max(worst, difference)
                if difference > 1 { beyondOne += 1 }
            }
        }
        (self.worst, self.beyondOne, samples) = (worst, beyondOne, a.bytes.count)
    }

    /// The share of samples that are more than a code apart.
    var shareBeyondOne: Double { Double(beyondOne) / Double(samples) }

    var description: String { "up to \(worst) codes, \(beyondOne) of \(samples) samples beyond 1" }
}

/// Whether two pictures are the same to the byte. The bytes go with the picture, so it is held on to.
func haveSameBytes(_ a: ImageBuffer, _ b: ImageBuffer) -> Bool {
    withExtendedLifetime((a, b)) { a.bytes.elementsEqual(b.bytes) }
}
