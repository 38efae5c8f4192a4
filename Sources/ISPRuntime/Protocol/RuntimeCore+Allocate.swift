// The Allocator (1): free raw slots for sources, from the core's cache or the global FIFO.

extension RuntimeCore {
    /// Takes a free raw slot for a source: from the cache of its core, else from the FIFO, else from other cores' caches.
    ///
    /// Costs two swaps when the cache has one; O(cores) when the FIFO is empty.
    ///
    /// - Returns: the slot, nil when none is free or the source was given up.
    @_specialize(where Environment == LiveEnvironment)
    package func allocate(source: Holder, core: Int) -> Int? {
        if configuration.cacheSize > 0 {
            let cell = Cell.cache(core)
            while true {
                let word = environment.load(cell)
                var cache = CoreCache(word: word)
                guard let slot = cache.popFirst() else { break }
                if environment.swap(cell, from: word, to: cache.word) {
                    claim(slot, source)
                    return keep(slot, source)
                }
            }
        }
        let slot = withManager { manager -> Int? in
            if let entry = manager.rawFree.popFirst() {
                // Within the lock: a slot that is out of the FIFO is not FREE for anybody who counts.
                claim(Int(entry.slot), source)
                refill(core, &manager)
                return Int(entry.slot)
            }
            let slot = drainCaches(for: core)
            if let slot { claim(slot, source) }
            return slot
        }
        return slot.flatMap { keep($0, source) }
    }

    /// The slot is nobody's: out of the FIFO, still FREE.
    @inline(__always)
    private func claim(_ slot: Int, _ source: Holder) {
        guard environment.move(.raw(slot), .allocate, holder: source) != nil else {
            preconditionFailure("raw slot \(slot) was free but is \(environment.load(.raw(slot)))")
        }
    }

    /// Unless the source was given up meanwhile: then nobody looks for what it holds any more.
    @inline(__always)
    private func keep(_ slot: Int, _ source: Holder) -> Int? {
        if environment.load(.detachedSource(source.index)) != 0 {
            _ = cancel(slot, source: source)
            return nil
        }
        return slot
    }

    /// Fills an empty cache from the FIFO. Within the SessionManager's lock, where alone caches are filled: an empty one
    /// stays empty.
    private func refill(_ core: Int, _ manager: inout SessionManager) {
        guard configuration.cacheSize > 0, environment.load(.cache(core)) == 0 else { return }
        var cache = CoreCache()
        while cache.count < configuration.cacheSize, let entry = manager.rawFree.popFirst() {
            cache.append(Int(entry.slot))
        }
        guard environment.swap(.cache(core), from: 0, to: cache.word) else {
            preconditionFailure("a core's cache was filled outside the SessionManager's lock")
        }
    }

    /// The FIFO is empty: takes what cores keep; the first for the caller, the others into its own cache.
    ///
    /// Its own comes first: another source of this core may have filled it since the caller looked. Only an empty one has
    /// room for what another core kept, and once seen empty it stays so within the lock.
    private func drainCaches(for core: Int) -> Int? {
        guard configuration.cacheSize > 0 else { return nil }
        for step in 0..<configuration.cores {
            let other = (core + step) % configuration.cores
            while true {
                let word = environment.load(.cache(other))
                var cache = CoreCache(word: word)
                guard let slot = cache.popFirst() else { break }
                guard environment.swap(.cache(other), from: word, to: 0) else { continue }
                guard environment.swap(.cache(core), from: 0, to: cache.word) else {
                    preconditionFailure("a core's cache was filled outside the SessionManager's lock")
                }
                return slot
            }
        }
        return nil
    }
}
