// How YCbCr codes are to be read: what the stages compute with and what video files say about themselves.

/// The luma weights of YCbCr.
public enum YCbCrStandard: String, CaseIterable, Sendable {
    /// Standard definition, JPEG.
    case bt601
    /// High definition.
    case bt709

    /// The weights of red and blue; green has the rest.
    public var weights: (red: Float, blue: Float) {
        switch self {
        case .bt601: (0.299, 0.114)
        case .bt709: (0.2126, 0.0722)
        }
    }
}

/// Which codes a YCbCr format uses.
public enum YCbCrRange: String, CaseIterable, Sendable {
    /// All of them: luma 0 to 255, chroma 128 +- 127.5.
    case full
    /// Luma 16 to 235, chroma 16 to 240.
    case limited
}
