// What a pipeline is for frames of a mono sensor.

import ISPImaging
import ISPStages

extension Pipeline {
    /// The pipeline that frames go through: without a filter array it is less the stages of colours, which
    /// `develop` leaves out, too.
    func stages(for cfa: CFAPattern?) -> Pipeline {
        guard cfa == nil else { return self }
        var pipeline = self
        pipeline.greenEqualization = nil
        pipeline.lensCorrection = nil
        pipeline.colorCorrection = nil
        pipeline.localTone = nil
        pipeline.chromaDenoise = nil
        pipeline.blockChromaDenoise = nil
        return pipeline
    }
}
