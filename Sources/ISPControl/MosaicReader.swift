// The start of the pipeline for those who look at a frame before it is developed.

import ISPImaging
import ISPStages

/// Reads parts of a frame as the pipeline has them after black level or lens shading.
public struct MosaicReader: Sendable {
    /// The frame.
    public let frame: RawFrame
    private let linearise: Linearise?
    private let blackLevel: BlackLevel
    private let lensShading: LensShading?

    /// Joins a frame and the stages that it begins with.
    public init(_ frame: RawFrame, linearise: Linearise?, blackLevel: BlackLevel, lensShading: LensShading?) {
        self.frame = frame
        self.linearise = linearise
        self.blackLevel = blackLevel
        self.lensShading = lensShading
    }

    /// The linear mosaic of a region: 0 is black, 1 the saturation of the sensor.
    public func mosaic(_ region: Region, workspace: Workspace) -> PlaneView<Float> {
        let plane = workspace.plane(region)
        Unpack().load(frame, into: plane, workspace: workspace)
        linearise?.apply(to: plane)
        blackLevel.apply(to: plane, cfa: frame.format.cfa)
        return plane
    }

    /// Gives the light that the lens lost back to a mosaic.
    public func shade(_ mosaic: PlaneView<Float>) {
        lensShading?.apply(to: mosaic, cfa: frame.format.cfa, frame: frame.size)
    }
}
