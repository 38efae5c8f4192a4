// Exhaustive exploration: every state a small world can reach, breadth first, so that the first violation found has the
// shortest way to it.

import ISPRuntime

/// What an exploration saw.
struct Exploration {
    var states = 0
    var steps = 0
    var depth = 0
    /// Whether every reachable state was visited.
    var isComplete = false
    /// The first violation and the steps that lead to it.
    var violation: String?
    var path: [Action] = []
}

/// Visits every state of a world.
///
/// - Parameters:
///   - limit: stop after so many states; the exploration is then not complete.
///   - drainEvery: from one in so many states it is tried whether everything comes to rest when misfortune ends.
func explore(_ limits: WorldLimits, limit: Int = 20_000_000, drainEvery: Int = 64) -> Exploration {
    var result = Exploration()
    var seen: Set<Int> = []
    // The way back: the state a state was first reached from, and by what.
    var parents: [(parent: Int, action: Action?)] = [(-1, nil)]
    var frontier: [(world: World, number: Int)] = [(World(limits), 0)]
    seen.insert(frontier[0].world.fingerprint())
    result.states = 1

    func path(to number: Int) -> [Action] {
        var path: [Action] = []
        var number = number
        while number >= 0 {
            if let action = parents[number].action { path.append(action) }
            number = parents[number].parent
        }
        return path.reversed()
    }

    while !frontier.isEmpty {
        var next: [(world: World, number: Int)] = []
        for (world, number) in frontier {
            for action in world.enabled() {
                let successor = World(copying: world)
                successor.apply(action)
                successor.checkBooks()
                result.steps += 1
                if let violation = successor.violation {
                    result.violation = violation
                    result.path = path(to: number) + [action]
                    return result
                }
                let fingerprint = successor.fingerprint()
                guard seen.insert(fingerprint).inserted else { continue }
                result.states += 1
                parents.append((number, action))
                if result.states % drainEvery == 0 {
                    let rest = World(copying: successor)
                    rest.drain()
                    if let violation = rest.violation {
                        result.violation = "when misfortune ends: " + violation
                        result.path = path(to: parents.count - 1)
                        return result
                    }
                }
                next.append((successor, parents.count - 1))
                if result.states >= limit { return result }
            }
        }
        frontier = next
        if !next.isEmpty { result.depth += 1 }
    }
    result.isComplete = true
    return result
}
