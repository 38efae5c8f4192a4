// A queue of fixed capacity: what every queue of the runtime is made of. Nothing grows on the way of a frame.

/// A first-in first-out queue whose storage is made once.
///
/// Not for use between threads: it lives in a state machine, behind that machine's lock.
package struct Ring<Element> {
    private var storage: ContiguousArray<Element?>
    private var head = 0
    package private(set) var count = 0

    /// An empty ring for at most `capacity` elements.
    package init(capacity: Int) {
        storage = ContiguousArray(repeating: nil, count: max(1, capacity))
    }

    package var capacity: Int { storage.count }
    package var isEmpty: Bool { count == 0 }
    package var isFull: Bool { count == storage.count }

    /// The element `offset` places behind the first.
    package subscript(offset: Int) -> Element {
        get {
            precondition(offset < count)
            // Occupied by construction: offsets below `count` are.
            return storage[wrap(head + offset)]!
        }
        set {
            precondition(offset < count)
            storage[wrap(head + offset)] = newValue
        }
    }

    package var first: Element? { count == 0 ? nil : storage[head] }

    /// Appends; the caller has checked that there is room.
    package mutating func append(_ element: Element) {
        precondition(count < storage.count, "a ring overflowed: its capacity does not follow from what it holds")
        storage[wrap(head + count)] = element
        count += 1
    }

    /// Takes the first element.
    package mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[head]
        storage[head] = nil
        head = wrap(head + 1)
        count -= 1
        return element
    }

    /// Inserts so that `precedes` stays sorted, after equal elements. O(distance from the end).
    package mutating func insert(_ element: Element, precedes: (Element, Element) -> Bool) {
        append(element)
        var place = count - 1
        while place > 0, precedes(element, self[place - 1]) {
            self[place] = self[place - 1]
            place -= 1
        }
        self[place] = element
    }

    /// Removes the element at `offset`. O(elements before it).
    @discardableResult
    package mutating func remove(at offset: Int) -> Element {
        let element = self[offset]
        var place = offset
        while place > 0 {
            self[place] = self[place - 1]
            place -= 1
        }
        storage[head] = nil
        head = wrap(head + 1)
        count -= 1
        return element
    }

    /// Removes every element.
    package mutating func removeAll() {
        while popFirst() != nil {}
    }

    private func wrap(_ index: Int) -> Int { index >= storage.count ? index - storage.count : index }
}
