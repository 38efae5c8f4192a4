// Streams a numbered sequence of raw frames and prints what became of each:
//
//   swift run StreamFrames 'frame%05d.raw'

import SoftISP

@main
enum StreamFrames {
    static func main() async throws {
        let source = try SequenceSource(Array(CommandLine.arguments.dropFirst()))
        let session = try Session(source, settings: Preset.light.settings)
        for await result in try session.start() {
            guard let picture = result.picture else {
                print("frame \(result.frame): \(result.outcome)")
                continue
            }
            print("frame \(result.frame): \(picture.size) \(picture.format), attempt \(result.attempt)")
        }
        if let failure = session.failure { throw failure }
    }
}
