// How raw samples lie in 16-bit words, and the companding curve on that scale.

import ISPImaging
import ISPStages

/// By how many bits samples are moved up in a row of the plan.
struct SampleScale {
    /// Bits of the samples that are not there: a sample is `word >> shift`.
    let shift: Int
    /// Of companded frames: the linear word of every sample.
    let table: [UInt16]?

    init(_ pipeline: Pipeline, _ format: PixelFormat) {
        guard let linearise = pipeline.linearise else {
            shift = 16 - format.bitsPerSample
            table = nil
            return
        }
        let values = linearise.table
        // The largest power of two that keeps every linear value in 16 bits.
        let most = max(Int(values.max() ?? 0), 1)
        let shift = max(0, 16 - (Int.bitWidth - most.leadingZeroBitCount))
        self.shift = shift
        table = (0...format.maximum).map { UInt16(values[min($0, values.count - 1)]) << UInt16(shift) }
    }
}
