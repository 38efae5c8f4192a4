// Defective photosites: which they are, and what they read.

import ISPImaging

/// Photosites that do not follow the light, scattered at random but the same in every frame of a camera.
public struct DefectModel: Hashable, Sendable {
    /// Accepted fractions.
    public static let fractionRange = 0.0...0.05
    /// Accepted shares.
    public static let shareRange = 0.0...1.0

    /// The fraction of photosites that are defective, 0 to 0.05.
    public var fraction = 0.0
    /// The share of them that are hot, 0 to 1.
    public var hotShare = 0.5
    /// The share of them that are dead, 0 to 1; the rest are stuck.
    public var deadShare = 0.3
    /// The share of them that the metadata lists, 0 to 1; a pipeline has to find the others itself.
    public var listedShare = 0.0

    /// No defects.
    public init() {}

    /// Defects of a given fraction and listed share, half of them hot and three in ten dead.
    public init(fraction: Double, listedShare: Double = 0) {
        self.fraction = fraction
        self.listedShare = listedShare
    }
}

/// A defective photosite of a synthetic sensor: ground truth.
public struct SyntheticDefect: Hashable, Sendable {
    /// How a photosite fails.
    public enum Kind: String, CaseIterable, Sendable {
        /// It leaks: it reads the white level whatever the light.
        case hot
        /// It is blind: it reads the black level.
        case dead
        /// It reads one value between black and white, whatever the light.
        case stuck
    }

    /// Where it is.
    public let location: DefectLocation
    /// How it fails.
    public let kind: Kind
    /// What it reads, in sample units before companding.
    public let value: UInt16
    /// Whether the metadata lists it.
    public let isListed: Bool
}

extension SensorModel {
    /// The sensor's defects, row by row.
    /// - Complexity: O(pixels).
    func findDefects(_ random: RandomStream) -> [SyntheticDefect] {
        guard defects.fraction > 0 else { return [] }
        let (presence, kinds, values, listing) = (
            random.substream(1), random.substream(2), random.substream(3), random.substream(4)
        )
        var found: [SyntheticDefect] = []
        for index in 0..<(size.width * size.height) where presence.uniform(index) < defects.fraction {
            let draw = kinds.uniform(index)
            let kind: SyntheticDefect.Kind =
                draw < defects.hotShare ? .hot : draw < defects.hotShare + defects.deadShare ? .dead : .stuck
            let value =
                switch kind {
                case .hot: whiteLevel
                case .dead: blackLevel
                case .stuck: blackLevel + Int(values.uniform(index) * Double(whiteLevel - blackLevel))
                }
            found.append(
                SyntheticDefect(
                    location: DefectLocation(x: index % size.width, y: index / size.width), kind: kind,
                    value: UInt16(value), isListed: listing.uniform(index) < defects.listedShare))
        }
        return found
    }
}
