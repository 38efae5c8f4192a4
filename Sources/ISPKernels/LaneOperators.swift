// Operators on bits of vectors. Swift's own ones go lane by lane, which the compiler makes vector code of up to 16 lanes only.

import CVector

@inline(__always)
func & (a: Words, b: Words) -> Words { cv_and_u16(a, b) }

@inline(__always)
func & (a: Signals, b: Signals) -> Signals { cv_and_s16(a, b) }

@inline(__always)
func | (a: Words, b: Words) -> Words { cv_or_u16(a, b) }

@inline(__always)
func ^ (a: Words, b: UInt16) -> Words { cv_xor_u16(a, Words(repeating: b)) }

@inline(__always)
func ^ (a: Signals, b: Signals) -> Signals { cv_xor_s16(a, b) }

@inline(__always)
prefix func ~ (a: Words) -> Words { cv_not_u16(a) }

@inline(__always)
func &<< (a: Words, places: UInt16) -> Words { cv_up_u16(a, places) }

@inline(__always)
func &<< (a: Signals, places: Int16) -> Signals { cv_up_s16(a, places) }

@inline(__always)
func &>> (a: Words, places: UInt16) -> Words { cv_down_u16(a, places) }

@inline(__always)
func &>> (a: Signals, places: Int16) -> Signals { cv_down_s16(a, places) }
