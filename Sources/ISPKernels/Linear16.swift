// The 16-bit scale of linear light between the gains and the tone curve.

/// How linear light is coded in 16 bits.
///
/// A value is stored as `zero + v * white / ceiling`, `ceiling` being where highlights end (`Highlights.ceiling`) or
/// twice the value where the tone curve does, if that is less. There is
/// room for whatever overshoot the filters of a demosaic make of samples between black and white: three quarters of white on
/// either side. Beyond that values are limited. White is 14.7 bits above black. In mosaics the code is unsigned, `zero` being 19584; in
/// colours it is signed, 2^15 lower, so that the same bits serve saturating additions of either kind.
public enum Linear16 {
    /// The code of black in a mosaic.
    public static let zero = 19_584
    /// The code of black in a colour row.
    public static let signedZero = zero - 32768
    /// The distance from black to the ceiling.
    public static let white = 26_112
}

/// The 15-bit scale of display codes after the tone curve.
public enum Display16 {
    /// The code of display white: a step is a 64th of an 8-bit code.
    public static let white = 255 * 64
}
