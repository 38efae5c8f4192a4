// The Bayer colour filter array: which colour each photosite sees.

/// A photosite's place in the Bayer pattern. The two greens are told apart because black levels, gains and shading
/// maps of real sensors differ between them. Raw values index per-site tables in the order R, Gr, Gb, B.
public enum CFASite: Int, CaseIterable, Sendable {
    case red = 0
    /// Green in a row with red.
    case greenInRed = 1
    /// Green in a row with blue.
    case greenInBlue = 2
    case blue = 3

    /// The index of the colour among the RGB planes: 0, 1 or 2.
    public var plane: Int {
        switch self {
        case .red: 0
        case .greenInRed, .greenInBlue: 1
        case .blue: 2
        }
    }
}

/// The order of a Bayer mosaic's top-left 2x2 block: first row left to right, then second row.
public enum CFAPattern: String, CaseIterable, Sendable {
    case rggb, grbg, gbrg, bggr

    /// The pattern whose red photosites lie at columns and rows of the given parities.
    @inlinable
    public init(redColumn: Int, redRow: Int) {
        switch (redColumn & 1, redRow & 1) {
        case (0, 0): self = .rggb
        case (1, 0): self = .grbg
        case (0, 1): self = .gbrg
        default: self = .bggr
        }
    }

    /// The parity (0 or 1) of the columns that hold red.
    @inlinable
    public var redColumn: Int { self == .rggb || self == .gbrg ? 0 : 1 }

    /// The parity (0 or 1) of the rows that hold red.
    @inlinable
    public var redRow: Int { self == .rggb || self == .grbg ? 0 : 1 }

    /// The photosite at a column and a row, either of which may be negative.
    @inlinable
    public func site(column: Int, row: Int) -> CFASite {
        let inRedRow = (row & 1) == redRow
        let inRedColumn = (column & 1) == redColumn
        if inRedRow { return inRedColumn ? .red : .greenInRed }
        return inRedColumn ? .greenInBlue : .blue
    }

    /// The pattern as seen from a crop that starts at `columns`, `rows`.
    @inlinable
    public func cropped(columns: Int, rows: Int) -> CFAPattern {
        CFAPattern(redColumn: redColumn + (columns & 1), redRow: redRow + (rows & 1))
    }
}
