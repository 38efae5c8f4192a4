// Stage 11, demosaic: three colours at every pixel. This file has the protocol and the table of the algorithms.

import ISPImaging

/// A demosaic algorithm.
///
/// It is a pure function of a window of the mosaic, so that tiles agree with the whole picture bit for bit: no running
/// sums, no picture-wide statistics.
public protocol Demosaic: Sendable {
    /// The algorithm's description.
    static var descriptor: DemosaicDescriptor { get }
    /// Samples a pixel needs on every side.
    static var halo: Int { get }

    /// Creates the algorithm.
    init()

    /// Fills `rgb`, whose region is that of `mosaic` shrunk by `halo`.
    /// - Parameters:
    ///   - mosaic: linear samples after white balance, nominally 0 ... 1; noise below 0 and highlights above 1 are fine.
    ///   - cfa: the pattern of the frame, anchored at frame coordinate (0, 0).
    func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern, into rgb: RGBView<Float>, workspace: Workspace)
}

/// What an algorithm says of itself.
public struct DemosaicDescriptor: Hashable, Sendable {
    /// The classes of algorithms, from fast to good.
    public enum Class: String, Sendable {
        /// Each colour interpolated by itself.
        case independent
        /// A fixed filter over all colours.
        case linear
        /// Direction chosen at every pixel.
        case directional
    }

    /// The name, as on the command line.
    public let name: String
    /// What it is and when to use it, one line.
    public let summary: String
    /// The paper.
    public let citation: String
    /// The class.
    public let kind: Class

    /// Creates a descriptor.
    public init(_ name: String, _ summary: String, citation: String, kind: Class) {
        self.name = name
        self.summary = summary
        self.citation = citation
        self.kind = kind
    }
}

/// The algorithms. A new one is a file of its own and a line here.
public enum Demosaics {
    /// Every algorithm, fastest first.
    public static let all: [any Demosaic.Type] = [BilinearDemosaic.self, MalvarDemosaic.self, AGDDemosaic.self]

    /// What a still picture is developed with when nothing is said.
    public static let standard: any Demosaic.Type = AGDDemosaic.self

    /// Finds an algorithm by name.
    /// - Throws: `ISPError(.usage)` that lists the names.
    public static func named(_ name: String) throws(ISPError) -> any Demosaic {
        for type in all where type.descriptor.name == name { return type.init() }
        let names = all.map { $0.descriptor.name }.joined(separator: ", ")
        throw ISPError(.usage, "unknown demosaic '\(name)'; there are \(names)")
    }
}

/// The stage's description; the algorithms have their own.
public enum DemosaicStage {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "demosaic", "three colours at every pixel; `softisp list demosaic` shows the algorithms",
        citation: "see the algorithms", from: .mosaic, to: .linearRGB)
}
