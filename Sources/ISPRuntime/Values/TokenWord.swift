// The value of an OwnershipToken: everything that must change together about a slot, in one 64-bit word.

/// The value of a slot's OwnershipToken.
///
/// | bits | field | |
/// |---|---|---|
/// | 0-3 | state | the owner follows from it |
/// | 4-5 | hw | none, in use, done |
/// | 6-11 | hw_seq | submissions in this epoch |
/// | 12-19 | holder | source, worker or batch record |
/// | 20-23 | attempt | of the frame in the slot |
/// | 24-31 | leases | parties that may still touch the slot |
/// | 32-63 | epoch | the slot's generation, compared for equality only |
///
/// All of it changes in one compare-and-swap on the exact word, along a row of the ``Transition`` table.
public struct TokenWord: Hashable, Sendable {
    /// The word.
    public let bits: UInt64

    /// A value from its word.
    @inline(__always)
    public init(bits: UInt64) { self.bits = bits }

    /// A value from its fields; what does not fit a field is cut off.
    public init(
        state: SlotState, hardware: HardwareState = .none, hardwareSequence: Int = 0, holder: Holder = .none,
        attempt: Int = 0, leases: Int = 0, epoch: UInt32 = 0
    ) {
        bits =
            UInt64(state.rawValue) | UInt64(hardware.rawValue) << 4
            | UInt64(hardwareSequence & Self.maximumHardwareSequence) << 6 | UInt64(holder.rawValue) << 12
            | UInt64(attempt & Self.maximumAttempt) << 20 | UInt64(leases & Self.maximumLeases) << 24
            | UInt64(epoch) << 32
    }

    /// The largest `hw_seq`; a submission beyond it is refused.
    public static let maximumHardwareSequence = 63
    /// The largest attempt; a re-dispatch beyond it is refused.
    public static let maximumAttempt = 15
    /// The largest number of leases on a slot.
    public static let maximumLeases = 255

    /// Where the slot is. Traps on a word no transition can make.
    @inline(__always)
    public var state: SlotState {
        guard let state = SlotState(rawValue: UInt8(bits & 0xf)) else {
            preconditionFailure("a token holds state \(bits & 0xf), which does not exist: the arena was overwritten")
        }
        return state
    }

    /// Whether a device uses it.
    @inline(__always)
    public var hardware: HardwareState {
        HardwareState(rawValue: UInt8(bits >> 4 & 3)) ?? .inUse
    }

    /// Submissions to a device in this epoch.
    @inline(__always)
    public var hardwareSequence: Int { Int(bits >> 6 & 63) }
    /// The source, worker or batch that holds it.
    @inline(__always)
    public var holder: Holder { Holder(rawValue: UInt8(truncatingIfNeeded: bits >> 12)) }
    /// The attempt at its frame.
    @inline(__always)
    public var attempt: Int { Int(bits >> 20 & 15) }
    /// Parties that may still touch it.
    @inline(__always)
    public var leases: Int { Int(bits >> 24 & 255) }
    /// Its generation.
    @inline(__always)
    public var epoch: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
}

extension TokenWord: CustomStringConvertible {
    /// The fields in the order of the contract.
    public var description: String {
        "\(state.name) hw=\(hardware)/\(hardwareSequence) holder=\(holder) attempt=\(attempt) leases=\(leases) epoch=\(epoch)"
    }
}
