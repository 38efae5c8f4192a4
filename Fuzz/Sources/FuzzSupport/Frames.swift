// What must be true of every frame that a reader accepts, whatever the bytes were.

import ISPImaging
import ISPMedia
import ISPTuning
import SoftISP

/// Promises about accepted frames.
public enum Frames {
    /// The largest frame developed; larger ones only cost time.
    private static let developedArea = 64 * 64

    /// Reads the frame to its last sample, checks its metadata, and develops it where it is small.
    public static func check(_ frame: RawFrame) {
        let metadata = frame.metadata
        let whole = Region(frame.size)
        _ = RawStatistics(frame)
        promise(metadata.blackLevel.count == 4, "\(metadata.blackLevel.count) black levels")
        promise(metadata.blackLevel.allSatisfy { $0 < metadata.whiteLevel }, "black is below white")
        promise(metadata.defaultCrop.map { !$0.isEmpty && whole.contains($0) } ?? true, "the crop is in the frame")
        promise(
            metadata.defects.allSatisfy { whole.contains(Region(x: $0.x, y: $0.y, width: 1, height: 1)) },
            "defects are in the frame")
        guard let area = frame.size.area, area <= developedArea else { return }
        // Metadata may make no sense together; then it is refused, not crashed upon.
        guard let development = try? Development(of: frame, settings: DevelopSettings(), format: .rgb888) else {
            return
        }
        let picture = try? development.run(threads: 1)
        promise(picture?.size == metadata.orientation.uprightSize(of: frame.size), "the picture has the frame's size")
    }
}
