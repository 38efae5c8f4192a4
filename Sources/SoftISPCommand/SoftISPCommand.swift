// The command line `softisp`: one file a command.

import ArgumentParser
import Foundation
import ISPImaging

/// The root command.
struct SoftISPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "softisp",
        abstract: "A software image signal processor: raw Bayer frames in, pictures out.",
        discussion: """
            Examples:
              softisp develop sunset.dng -o sunset.jpg
              softisp develop *.CR2 -o pictures/ --format tiff --bits 16
              softisp develop dump.raw --raw-format SRGGB10 --raw-size 1920x1080 -o - > frame.ppm
              softisp run --source frame%05d.raw --sink video.y4m --rate 24
              softisp info sunset.dng
              softisp demo
              softisp capture -o frame.raw --iso 3200 --truth frame.png

            Shell completions: softisp --generate-completion-script bash|zsh|fish
            Exit codes: \(ExitTable.summary)
            """,
        version: Version.text,
        subcommands: [
            DevelopCommand.self, RunCommand.self, InfoCommand.self, CompareCommand.self, CaptureCommand.self,
            ListCommand.self,
            DemoCommand.self,
        ])
}

/// The version of the program.
enum Version {
    static let text = "0.1.0"
}

@main
enum Program {
    static func main() {
        // A reader that goes away must end in an error that names it, not in a silent death.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try SoftISPCommand.parseAsRoot()
            try command.run()
        } catch let error as ISPError {
            Diagnostics.error(error.message)
            Foundation.exit(ExitTable.code(of: error.kind))
        } catch {
            SoftISPCommand.exit(withError: error)
        }
    }
}
