// What a development says of itself: to writers and to people.

import Foundation
import ISPImaging
import ISPMedia
import ISPTuning

extension Development {
    /// What goes into the picture file beside the pixels.
    public var attributes: PictureAttributes {
        PictureAttributes(
            colorSpace: settings.colorSpace, transfer: settings.transfer, capture: frame.metadata.capture,
            software: "SoftISP")
    }

    /// One line: size, balance, exposure.
    public var summary: String {
        var parts = ["\(pipeline.pack.outputSize)"]
        if case .gains(let gains) = settings.whiteBalance, frame.format.cfa != nil {
            parts.append(String(format: "balance %.3f 1 %.3f", gains.red, gains.blue))
        }
        if case .ev(let ev) = settings.exposure { parts.append(String(format: "%+.2f EV", ev)) }
        return parts.joined(separator: ", ")
    }
}
