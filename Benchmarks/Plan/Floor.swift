// The memory floor: what reading a frame and writing a picture costs when nothing is done between.

import CVector
import ISPImaging

/// Reads every sample of a frame and writes every byte of a picture past the caches, in turn.
enum Floor {
    static func run(_ frame: RawFrame, into image: ImageBuffer, rows: Range<Int>) {
        frame.withBytes { bytes in
            let inputs = bytes.count / 32
            let outputs = image.bytes.count / 32
            let (first, last) = (rows.lowerBound, rows.upperBound)
            let height = image.size.height
            var sum = SIMD32<UInt8>(repeating: 0)
            var written = outputs * first / height
            for y in first..<last {
                for i in (inputs * y / height)..<(inputs * (y + 1) / height) {
                    sum = cv_or_u8(sum, bytes.loadUnaligned(fromByteOffset: 32 &* i, as: SIMD32<UInt8>.self))
                }
                let end = outputs * (y + 1) / height
                while written < end {
                    let place = image.bytes.baseAddress! + 32 &* written
                    cv_stream_halves(sum, place, place + 16)
                    written += 1
                }
            }
        }
        cv_stream_fence()
    }
}
