// A sequence: from the number of a frame to what the camera sees then.

import Dispatch
import ISPImaging
import Synchronization

/// A synthetic camera before a scene in which something happens.
///
/// Every frame is a function of camera, scene, model and frame index alone: frames can be made in any order, on any number
/// of threads and machines, and come out the same to the bit.
public struct SyntheticSequence: Sendable {
    /// The camera.
    public let camera: SyntheticCamera
    /// What it looks at: of any size; the camera begins at its middle and goes on around its edges.
    public let backdrop: Scene
    /// What happens.
    public let model: SequenceModel

    private let objects: MovingObjects

    /// Creates a sequence.
    /// - Throws: `ISPError(.usage)` where a parameter is out of range.
    public init(camera: SyntheticCamera, backdrop: Scene, model: SequenceModel = SequenceModel()) throws(ISPError) {
        try model.check()
        self.camera = camera
        self.backdrop = backdrop
        self.model = model
        objects = MovingObjects(
            count: model.objects, size: camera.sensor.size, RandomStream(seed: camera.seed).substream(4))
    }

    /// When the first row of a frame opens, in seconds from that of frame 0.
    public func time(ofFrame index: Int) -> Double { Double(index) / model.frameRate }

    /// The time from row to row, in seconds: a frame's time, evenly over its rows.
    public var lineTime: Double { 1 / (model.frameRate * Double(camera.sensor.size.height)) }

    /// The light before the camera in a frame, at the sensor's size.
    ///
    /// A place between the backdrop's pixels is interpolated bilinearly; at whole pixels its samples are taken as they are.
    /// The layout is kept where the frame is the whole backdrop, unmoved.
    public func scene(ofFrame index: Int) -> Scene {
        let size = camera.sensor.size
        let x = Double((backdrop.size.width - size.width) / 2) + model.panX * Double(index)
        let y = Double((backdrop.size.height - size.height) / 2) + model.panY * Double(index)
        let isWhole = backdrop.size == size && x == 0 && y == 0
        if isWhole && model.objects == 0 { return backdrop }
        var planes = [backdrop.red, backdrop.green, backdrop.blue]
        if !isWhole { planes = planes.map { Self.window($0, backdrop.size, size, x, y) } }
        objects.paint(frame: index, size: size, &planes)
        return Scene(size, planes[0], planes[1], planes[2], isWhole ? backdrop.layout : SceneLayout())
    }

    /// The factor of each row's light in a frame, averaged over the time that the row is open; `nil` where the light is
    /// steady.
    public func rowLight(ofFrame index: Int) -> [Double]? {
        guard model.flicker.isActive else { return nil }
        let (start, duration) = (time(ofFrame: index), camera.sensor.effectiveExposureTime)
        return (0..<camera.sensor.size.height).map {
            model.flicker.light(from: start + Double($0) * lineTime, over: duration)
        }
    }

    /// Captures a frame.
    /// - Throws: `ISPError` as `SyntheticCamera.capture`.
    public func capture(frame index: Int) throws(ISPError) -> SyntheticCapture {
        var capture = try camera.capture(
            scene: scene(ofFrame: index), frameIndex: index, rowLight: rowLight(ofFrame: index))
        capture.sequence = model
        return capture
    }

    /// Captures frames 0 to `count - 1` for playing at full speed, round and round; their truth is not kept.
    /// - Parameters:
    ///   - count: of frames, 1 to 100000; all are in memory at once.
    ///   - threads: how many frames are made at a time, 1 to 1024. The frames do not depend on it.
    /// - Throws: `ISPError(.usage)` where a number is out of range.
    public func prerender(count: Int, threads: Int = 1) throws(ISPError) -> [RawFrame] {
        try SensorModel.check("count", Double(count), in: 1...100_000)
        try SensorModel.check("threads", Double(threads), in: 1...1024)
        let made = Mutex<[Int: Result<RawFrame, ISPError>]>([:])
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result: Result<RawFrame, ISPError>
                do throws(ISPError) { result = .success(try capture(frame: index).frame) } catch {
                    result = .failure(error)
                }
                made.withLock { $0[index] = result }
            }
        }
        let results = made.withLock { $0 }
        var frames: [RawFrame] = []
        frames.reserveCapacity(count)
        for index in 0..<count {
            guard let result = results[index] else { preconditionFailure("every frame was made") }
            frames.append(try result.get())
        }
        return frames
    }

    /// A window of a plane that repeats in both directions, its corner at (x, y).
    private static func window(_ plane: [Float], _ full: Size, _ size: Size, _ x: Double, _ y: Double) -> [Float] {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (s, t) = (x - left, y - top)
        let columns = (0...size.width).map { wrapped(Int(left) + $0, full.width) }
        var result: [Float] = []
        result.reserveCapacity(size.width * size.height)
        for row in 0..<size.height {
            let upper = wrapped(Int(top) + row, full.height) * full.width
            let lower = wrapped(Int(top) + row + 1, full.height) * full.width
            for column in 0..<size.width {
                let (a, b) = (columns[column], columns[column + 1])
                if s == 0 && t == 0 {
                    result.append(plane[upper + a])
                } else {
                    let above = Double(plane[upper + a]) * (1 - s) + Double(plane[upper + b]) * s
                    let below = Double(plane[lower + a]) * (1 - s) + Double(plane[lower + b]) * s
                    result.append(Float(above * (1 - t) + below * t))
                }
            }
        }
        return result
    }

    private static func wrapped(_ value: Int, _ count: Int) -> Int {
        let rest = value % count
        return rest < 0 ? rest + count : rest
    }
}
