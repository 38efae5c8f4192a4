// The memory floor: what reading a frame and writing a picture costs when nothing is done between.

import CVector
import ISPImaging

/// Reads every sample of a frame and writes every byte of a picture past the caches, in turn.
enum Floor {
    static func run(_ frame: RawFrame, into image: ImageBuffer, rows: Range<Int>) {
        frame.withBytes { bytes in
            let vector = cv_u8.scalarCount
            let inputs = bytes.count / vector
            let outputs = image.bytes.count / vector
            let (first, last) = (rows.lowerBound, rows.upperBound)
            let height = image.size.height
            var sum = cv_u8(repeating: 0)
            var written = outputs * first / height
            for y in first..<last {
                for i in (inputs * y / height)..<(inputs * (y + 1) / height) {
                    sum = cv_or_u8(sum, bytes.loadUnaligned(fromByteOffset: vector &* i, as: cv_u8.self))
                }
                let end = outputs * (y + 1) / height
                while written < end {
                    cv_store_u8(sum, image.bytes.baseAddress! + vector &* written, 1)
                    written += 1
                }
            }
        }
        cv_stream_fence()
    }
}
