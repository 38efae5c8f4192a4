// Plans side by side with the reference: how fast, how near; and the SoftISP side of `make bench-peers`.

import ISPImaging
import ISPMedia
import ISPPlan
import ISPStages
import ISPTuning
import SoftISP

@main
struct PlanBench {
    static func main() throws {
        let options = try Options(CommandLine.arguments)
        let subject = try Subject(
            options.frame(), plan: options.plan, sink: options.sink, stripWidth: options.stripWidth)
        switch options.mode {
        case .serve: try Server(subject, threads: options.threads).run()
        case .compare: try subject.compare()
        case .measure: subject.measure()
        }
    }
}
