// Red and blue at every pixel, once green is known everywhere.

import ISPImaging

/// Streams the rows of the green plane and of the mosaic and makes the rows of red and blue, four rows behind.
///
/// Rows are split: one half-width row for the photosites that measure green, one for those that measure red or blue
/// ("chroma sites"). In a red row the chroma sites stand left of the green sites of the same index, in a blue row
/// right of them; nothing else distinguishes red from blue.
struct AGDChroma {
    /// Samples a pixel needs on every side.
    static let halo = 4

    private let cfa: CFAPattern
    private let columns: Int
    private let greenSites, greenAtChroma: RowRing
    private let red, blue: AGDChromaPlane
    private let spare: LaneRow

    /// Takes scratch rows of `columns` samples, a multiple of eight: half of those of the mosaic.
    init(cfa: CFAPattern, columns: Int, workspace: Workspace) {
        self.cfa = cfa
        self.columns = columns
        greenSites = RowRing(8, columns: columns, workspace: workspace)
        greenAtChroma = RowRing(8, columns: columns, workspace: workspace)
        red = AGDChromaPlane(columns: columns, workspace: workspace)
        blue = AGDChromaPlane(columns: columns, workspace: workspace)
        spare = RowRing(1, columns: columns, workspace: workspace)[0]
    }

    /// Takes row `y` of both planes and works as far as it allows; it is the `count`th given, rows come without gaps.
    ///
    /// Makes row `y - halo` of red and blue into `redRow` and `blueRow`, if the rows given suffice.
    /// - Returns: whether they do.
    func advance(_ y: Int, count: Int, green: LaneRow, mosaic: LaneRow, redRow: LaneRow, blueRow: LaneRow) -> Bool {
        take(y, green: green, mosaic: mosaic)
        if count > 2 { fit(y - 1) }
        if count > 6 { interpolateChromaSites(y - 3) }
        guard count > 2 * Self.halo else { return false }
        interpolateGreenSites(y - 4, redRow: redRow, blueRow: blueRow)
        return true
    }

    /// A row's place in the pattern.
    private struct Row {
        let isRed: Bool
        /// The colour that the row measures, and the one that the rows above and below measure.
        let own, other: AGDChromaPlane
        /// The index of the chroma site left of green site 0; the one right of it is the next.
        let left: Int
    }

    private func row(_ y: Int) -> Row {
        let isRed = y & 1 == cfa.redRow
        return Row(isRed: isRed, own: isRed ? red : blue, other: isRed ? blue : red, left: isRed ? 0 : -1)
    }

    private func take(_ y: Int, green: LaneRow, mosaic: LaneRow) {
        let row = row(y)
        if row.isRed {
            green.split(even: greenAtChroma[y], odd: greenSites[y], count: columns)
            mosaic.split(even: row.own.samples[y], odd: spare, count: columns)
        } else {
            green.split(even: greenSites[y], odd: greenAtChroma[y], count: columns)
            mosaic.split(even: spare, odd: row.own.samples[y], count: columns)
        }
    }

    /// Both colours' differences across the green sites, with green's.
    private func fit(_ y: Int) {
        let row = row(y)
        let (green, own) = (greenAtChroma[y] + row.left, row.own.samples[y] + row.left)
        row.own.fit(y, from: own, to: own + 1, green: green, green + 1)
        row.other.fit(
            y, from: row.other.samples[y - 1], to: row.other.samples[y + 1],
            green: greenAtChroma[y - 1], greenAtChroma[y + 1])
    }

    /// The colour that chroma sites do not measure, from their diagonal neighbours; and the slopes of the row.
    ///
    /// Needs rows `y - 2 ... y + 2` of `fit`.
    private func interpolateChromaSites(_ y: Int) {
        let row = row(y)
        for plane in [red, blue] {
            plane.sum(y)
            plane.slopesAtGreenSites(y, green: greenSites[y], left: row.left)
        }
        row.other.slopesAtChromaSites(green: greenAtChroma[y], left: row.left)

        // The diagonal neighbours of chroma site 0 are left and right chroma sites of the rows above and below.
        let (plane, green) = (row.other.samples, greenAtChroma)
        let left = -1 - row.left
        let falling = AGDPair(
            plane[y + 1] + (left + 1), plane[y - 1] + left, green[y + 1] + (left + 1), green[y - 1] + left)
        let rising = AGDPair(
            plane[y + 1] + left, plane[y - 1] + (left + 1), green[y + 1] + left, green[y - 1] + (left + 1))
        let (slopes, result) = (row.other.chromaSlopes, plane[y])
        let centre = green[y]
        for i in stride(from: 0, to: columns, by: 8) {
            let here = centre[i]
            result[i] = AGDPair.interpolate(
                falling.near(i, green: here), rising.near(i, green: here), slope: slopes[i], green: here)
        }
    }

    /// Both colours at the green sites, from their neighbours left and right, above and below.
    ///
    /// Needs rows `y - 1 ... y + 1` of `interpolateChromaSites`.
    private func interpolateGreenSites(_ y: Int, redRow: LaneRow, blueRow: LaneRow) {
        let row = row(y)
        let (redAcross, redAlong) = pairs(red.samples, y, row.left)
        let (blueAcross, blueAlong) = pairs(blue.samples, y, row.left)
        let (redSlopes, blueSlopes, centre) = (red.greenSlopes[y], blue.greenSlopes[y], greenSites[y])
        let (redResult, blueResult) = (red.result, blue.result)
        for i in stride(from: 0, to: columns, by: 8) {
            let here = centre[i]
            redResult[i] = AGDPair.interpolate(
                redAcross.near(i, green: here), redAlong.near(i, green: here), slope: redSlopes[i], green: here)
            blueResult[i] = AGDPair.interpolate(
                blueAcross.near(i, green: here), blueAlong.near(i, green: here), slope: blueSlopes[i], green: here)
        }
        for (plane, target) in [(red, redRow), (blue, blueRow)] {
            if row.isRed {
                target.join(even: plane.samples[y], odd: plane.result, count: columns)
            } else {
                target.join(even: plane.result, odd: plane.samples[y], count: columns)
            }
        }
    }

    private func pairs(_ plane: RowRing, _ y: Int, _ left: Int) -> (AGDPair, AGDPair) {
        let (here, green) = (plane[y] + left, greenAtChroma[y] + left)
        return (
            AGDPair(here + 1, here, green + 1, green),
            AGDPair(plane[y + 1], plane[y - 1], greenAtChroma[y + 1], greenAtChroma[y - 1])
        )
    }
}
