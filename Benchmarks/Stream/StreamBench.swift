// What carrying frames costs: the same frames developed in a plain loop and streamed through sessions, in turn.
//
//   .build/release/StreamBench [WIDTHxHEIGHT] [light|full] [ROUNDS]

import Foundation
import ISPImaging
import ISPPlan
import ISPStages
import ISPSynthetic
import ISPTuning
import SoftISP

@main
enum StreamBench {
    /// One way to get the frames developed.
    struct Way {
        let name: String
        /// Develops so many frames; returns the wall-clock and the processor time it took, in seconds.
        let run: (_ frames: Int) async throws -> (wall: Double, processor: Double)
    }

    static func main() async throws {
        let arguments = CommandLine.arguments
        let words = (arguments.count > 1 ? arguments[1] : "320x240").split(separator: "x").compactMap { Int($0) }
        guard words.count == 2, let preset = Preset(rawValue: arguments.count > 2 ? arguments[2] : "light"),
            let rounds = Int(arguments.count > 3 ? arguments[3] : "9"), rounds > 0
        else {
            print("usage: StreamBench [WIDTHxHEIGHT] [light|full] [ROUNDS]")
            exit(64)
        }
        let size = Size(width: words[0], height: words[1])
        let ways = [loop(size, preset)] + [1, 2].map { session(size, preset, workers: $0) }
        // As many frames as take about a second in the loop.
        let trial = try await ways[0].run(8)
        let frames = max(16, Int(8 / trial.wall))
        var results: [[(wall: Double, processor: Double)]] = ways.map { _ in [] }
        for _ in 0..<rounds {
            for (index, way) in ways.enumerated() { results[index].append(try await way.run(frames)) }
        }
        print("\(size), \(preset.rawValue), \(frames) frames a round, \(rounds) rounds, medians")
        print("| way | frames/s | to the loop | processor time a frame, us | more than the loop, us |")
        print("| --- | -------: | ----------: | -------------------------: | ---------------------: |")
        for (way, result) in zip(ways, results) {
            let wall = median(result.map(\.wall))
            // Ratios and differences of neighbours in time: the machine's speed drifts.
            let ratio = median(zip(result, results[0]).map { $1.wall / $0.wall })
            let more = median(zip(result, results[0]).map { $0.processor - $1.processor }) / Double(frames)
            print(
                String(
                    format: "| %@ | %.1f | %.3f | %.1f | %.1f |", way.name, Double(frames) / wall, ratio,
                    median(result.map(\.processor)) / Double(frames) * 1e6, more * 1e6))
        }
    }

    private static func source(_ size: Size, _ frames: Int?) throws -> SyntheticSource {
        let sensor = SensorModel(size: size, cfa: .rggb, bitsPerSample: 10, blackLevel: 64, whiteLevel: 1023)
        let sequence = try SyntheticSequence(
            camera: try SyntheticCamera(sensor: sensor), backdrop: try Scene.testPicture(size: size))
        return try SyntheticSource(sequence, distinct: 1, count: frames, isLive: false)
    }

    /// The least one can write without a runtime: one thread, one buffer for the frame, one for the picture.
    private static func loop(_ size: Size, _ preset: Preset) -> Way {
        Way(name: "loop") { frames in
            let source = try source(size, frames)
            let memory = AlignedMemory(byteCount: source.first.storedByteCount)
            let settings = try SequenceLock().settings(for: preset.settings, frame: source.first, format: .rgb888)
            var pipeline = try Development(of: source.first, settings: settings, format: .rgb888).pipeline
            let image = try ImageBuffer(format: .rgb888, size: pipeline.pack.outputSize)
            let workspace = Workspace()
            return try await measure {
                while let described = try source.next(into: memory.bytes) {
                    let frame = try RawFrame(
                        format: source.first.format, size: size, bytesPerRow: source.first.bytesPerRow,
                        bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory, metadata: described.metadata)
                    if preset == .full {
                        pipeline = try Development(of: frame, settings: settings, format: .rgb888).pipeline
                    }
                    for tile in Tiling.tiles(of: pipeline, frame) {
                        pipeline.develop(tile, of: frame, into: image, workspace: workspace)
                    }
                }
            }
        }
    }

    private static func session(_ size: Size, _ preset: Preset, workers: Int) -> Way {
        Way(name: "session, \(workers) worker\(workers == 1 ? "" : "s")") { frames in
            var options = SessionOptions()
            options.workers = workers
            let session = try Session(try source(size, frames), settings: preset.settings, options: options)
            return try await measure {
                var done = 0
                for await result in try session.start() where result.picture != nil { done += 1 }
                guard done == frames else { throw ISPError(.resource, "\(done) of \(frames) pictures came") }
            }
        }
    }

    private static func measure(_ body: () async throws -> Void) async throws -> (wall: Double, processor: Double) {
        let (wall, processor) = (ContinuousClock.now, processorTime())
        try await body()
        let elapsed = ContinuousClock.now - wall
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        return (seconds, processorTime() - processor)
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }
}
