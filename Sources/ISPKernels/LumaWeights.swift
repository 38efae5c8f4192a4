// Luma of sixteen colours.

import CVector

/// The weights of luma in 2^15, which add up to it exactly: white stays white.
struct LumaWeights: Sendable {
    private let red, green, blue: Int16

    /// Rounds the weights of red and blue; green has the rest.
    init(red: Float, blue: Float) {
        self.red = Int16((red * 32768).rounded())
        self.blue = Int16((blue * 32768).rounded())
        green = Int16(32768 - Int(self.red) - Int(self.blue))
    }

    @inline(__always)
    func luma(_ r: Signals, _ g: Signals, _ b: Signals) -> Signals {
        cv_mulround_s16(r, Signals(repeating: red)) &+ cv_mulround_s16(g, Signals(repeating: green))
            &+ cv_mulround_s16(b, Signals(repeating: blue))
    }
}
