// Ctrl-C and SIGTERM: the first one drains, the second one stops.

import Dispatch
import Foundation
import Synchronization

/// Counts the signals that ask the program to end.
final class Interruptions: @unchecked Sendable {
    // Sendable: the sources do not change, and the count is atomic.
    private let count = Atomic(0)
    private let sources: [any DispatchSourceSignal]

    /// Takes both signals over.
    ///
    /// - Parameter onInterruption: told of each with how many there were, on a thread of its own.
    init(_ onInterruption: @escaping @Sendable (Int) -> Void) {
        let queue = DispatchQueue(label: "softisp.signals")
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            sources.append(DispatchSource.makeSignalSource(signal: number, queue: queue))
        }
        self.sources = sources
        for source in sources {
            source.setEventHandler { [unowned self] in
                onInterruption(count.wrappingAdd(1, ordering: .relaxed).newValue)
            }
            source.activate()
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// How many came.
    var number: Int { count.load(ordering: .relaxed) }
}
