// A reference that is used without being counted.

/// Calls to an object that somebody else keeps alive.
///
/// Counting references is a locked instruction, and such a one waits until all stores past the caches have arrived: where a
/// row of the picture was just stored, counting costs as much as a kernel.
struct Uncounted<Object: AnyObject> {
    private let reference: Unmanaged<Object>

    /// - Precondition: the object outlives this value.
    init(_ object: Object) { reference = .passUnretained(object) }

    /// Lets a body use the object.
    @inline(__always)
    func callAsFunction<Result>(_ body: (Object) -> Result) -> Result { reference._withUnsafeGuaranteedRef(body) }
}
