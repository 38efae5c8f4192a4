// Vector operations that Swift's SIMD types lack, for rows of 16-bit samples.
//
// Swift imports the vector types as SIMD16<Int16>, SIMD16<UInt16> and so on, or twice as wide where the processor is, and
// inlines the functions. Everything is written with the compiler's portable vector built-ins, so that it means the same on
// every processor; where one instruction of x86 does what takes several portable operations, the instruction stands beside
// the portable form.
//
// Bytes and words are put together and taken apart in blocks of 16 bytes, as x86 does: what follows calls them blocks.

#ifndef CVECTOR_H
#define CVECTOR_H

#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Words in a vector, and the vector as x86's instructions want it.
#if defined(__AVX512BW__) && defined(__AVX512VL__)
#define CV_LANES 32
typedef __m512i cv_bits;
#define CV_X86(name) _mm512_##name
#else
#define CV_LANES 16
#if defined(__AVX2__)
typedef __m256i cv_bits;
#define CV_X86(name) _mm256_##name
#endif
#endif

typedef int16_t cv_s16 __attribute__((ext_vector_type(CV_LANES)));
typedef uint16_t cv_u16 __attribute__((ext_vector_type(CV_LANES)));
typedef uint8_t cv_u8 __attribute__((ext_vector_type(2 * CV_LANES)));
typedef uint8_t cv_u8_half __attribute__((ext_vector_type(CV_LANES)));
typedef int32_t cv_s32_half __attribute__((ext_vector_type(CV_LANES / 2)));
typedef int32_t cv_s32 __attribute__((ext_vector_type(CV_LANES)));
typedef uint32_t cv_u32 __attribute__((ext_vector_type(CV_LANES)));
typedef float cv_f32 __attribute__((ext_vector_type(CV_LANES)));

#define CV_INLINE static inline __attribute__((always_inline))

// Lesser and greater lanes.
CV_INLINE cv_s16 cv_min_s16(cv_s16 a, cv_s16 b) { return __builtin_elementwise_min(a, b); }
CV_INLINE cv_s16 cv_max_s16(cv_s16 a, cv_s16 b) { return __builtin_elementwise_max(a, b); }
CV_INLINE cv_u16 cv_min_u16(cv_u16 a, cv_u16 b) { return __builtin_elementwise_min(a, b); }
CV_INLINE cv_u16 cv_max_u16(cv_u16 a, cv_u16 b) { return __builtin_elementwise_max(a, b); }

// Bits. Swift's own operators take vectors of more than 16 lanes apart.
CV_INLINE cv_s16 cv_and_s16(cv_s16 a, cv_s16 b) { return a & b; }
CV_INLINE cv_u16 cv_and_u16(cv_u16 a, cv_u16 b) { return a & b; }
CV_INLINE cv_u16 cv_or_u16(cv_u16 a, cv_u16 b) { return a | b; }
CV_INLINE cv_s16 cv_xor_s16(cv_s16 a, cv_s16 b) { return a ^ b; }
CV_INLINE cv_u16 cv_xor_u16(cv_u16 a, cv_u16 b) { return a ^ b; }
CV_INLINE cv_u16 cv_not_u16(cv_u16 a) { return ~a; }

// Bits moved by 0 to 15 places.
CV_INLINE cv_s16 cv_up_s16(cv_s16 a, int16_t places) { return (cv_s16)((cv_u16)a << (uint16_t)places); }
CV_INLINE cv_u16 cv_up_u16(cv_u16 a, uint16_t places) { return a << places; }
CV_INLINE cv_s16 cv_down_s16(cv_s16 a, int16_t places) { return a >> places; }
CV_INLINE cv_u16 cv_down_u16(cv_u16 a, uint16_t places) { return a >> places; }

// Magnitudes; that of -2^15 wraps.
CV_INLINE cv_s16 cv_abs_s16(cv_s16 a) { return __builtin_elementwise_abs(a); }

// Sums and differences that end at the limits of the type instead of wrapping.
CV_INLINE cv_s16 cv_add_s16(cv_s16 a, cv_s16 b) { return __builtin_elementwise_add_sat(a, b); }
CV_INLINE cv_s16 cv_sub_s16(cv_s16 a, cv_s16 b) { return __builtin_elementwise_sub_sat(a, b); }
CV_INLINE cv_u16 cv_add_u16(cv_u16 a, cv_u16 b) { return __builtin_elementwise_add_sat(a, b); }
CV_INLINE cv_u16 cv_sub_u16(cv_u16 a, cv_u16 b) { return __builtin_elementwise_sub_sat(a, b); }

// (a + b + 1) / 2, without overflow.
CV_INLINE cv_u16 cv_average_u16(cv_u16 a, cv_u16 b) {
#if defined(__AVX2__)
    return (cv_u16)CV_X86(avg_epu16)((cv_bits)a, (cv_bits)b);
#else
    return (a | b) - ((a ^ b) >> 1);
#endif
}

// (a * b) >> 16.
CV_INLINE cv_u16 cv_mulhi_u16(cv_u16 a, cv_u16 b) {
#if defined(__AVX2__)
    return (cv_u16)CV_X86(mulhi_epu16)((cv_bits)a, (cv_bits)b);
#else
    return __builtin_convertvector(
        (__builtin_convertvector(a, cv_u32) * __builtin_convertvector(b, cv_u32)) >> 16, cv_u16);
#endif
}

// (a * b) >> 16, rounded down.
CV_INLINE cv_s16 cv_mulhi_s16(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_s16)CV_X86(mulhi_epi16)((cv_bits)a, (cv_bits)b);
#else
    return __builtin_convertvector(
        (__builtin_convertvector(a, cv_s32) * __builtin_convertvector(b, cv_s32)) >> 16, cv_s16);
#endif
}

// (a * b + 2^14) >> 15: a product of fractions of 2^15, rounded. -2^15 times itself wraps to -2^15.
CV_INLINE cv_s16 cv_mulround_s16(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_s16)CV_X86(mulhrs_epi16)((cv_bits)a, (cv_bits)b);
#else
    return __builtin_convertvector(
        (__builtin_convertvector(a, cv_s32) * __builtin_convertvector(b, cv_s32) + 0x4000) >> 15, cv_s16);
#endif
}

// The even and the odd words of two neighbouring vectors. Written out for x86: where the words are put together from bytes,
// compilers take two shuffles for reason to begin anew.
CV_INLINE cv_u16 cv_even_u16(cv_u16 a, cv_u16 b) {
#if CV_LANES == 32
    cv_u16 place = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
                    32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62};
    return (cv_u16)_mm512_permutex2var_epi16((cv_bits)a, (cv_bits)place, (cv_bits)b);
#elif defined(__AVX2__)
    __m256i low = _mm256_set1_epi32(0xffff);
    __m256i both = _mm256_packus_epi32(_mm256_and_si256((__m256i)a, low), _mm256_and_si256((__m256i)b, low));
    return (cv_u16)_mm256_permute4x64_epi64(both, 0xd8);
#else
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#endif
}
CV_INLINE cv_u16 cv_odd_u16(cv_u16 a, cv_u16 b) {
#if CV_LANES == 32
    cv_u16 place = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
                    33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
    return (cv_u16)_mm512_permutex2var_epi16((cv_bits)a, (cv_bits)place, (cv_bits)b);
#elif defined(__AVX2__)
    __m256i both = _mm256_packus_epi32(_mm256_srli_epi32((__m256i)a, 16), _mm256_srli_epi32((__m256i)b, 16));
    return (cv_u16)_mm256_permute4x64_epi64(both, 0xd8);
#else
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#endif
}

// Of every block the first four words, or the last four: those of `a` and those of `b` in turn.
CV_INLINE cv_u16 cv_first_fours(cv_u16 a, cv_u16 b) {
#if defined(__AVX2__)
    return (cv_u16)CV_X86(unpacklo_epi64)((cv_bits)a, (cv_bits)b);
#else
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
#endif
}
CV_INLINE cv_u16 cv_last_fours(cv_u16 a, cv_u16 b) {
#if defined(__AVX2__)
    return (cv_u16)CV_X86(unpackhi_epi64)((cv_bits)a, (cv_bits)b);
#else
    return __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
#endif
}

// (a * b + offset) >> shift in 32 bits, then limited to 16.
CV_INLINE cv_s16 cv_scale_s16(cv_s16 a, cv_s16 b, int32_t offset, int32_t shift) {
#if defined(__AVX2__)
    cv_bits low = CV_X86(mullo_epi16)((cv_bits)a, (cv_bits)b), high = CV_X86(mulhi_epi16)((cv_bits)a, (cv_bits)b);
    cv_bits add = CV_X86(set1_epi32)(offset);
    __m128i by = _mm_cvtsi32_si128(shift);
    cv_bits first = CV_X86(sra_epi32)(CV_X86(add_epi32)(CV_X86(unpacklo_epi16)(low, high), add), by);
    cv_bits second = CV_X86(sra_epi32)(CV_X86(add_epi32)(CV_X86(unpackhi_epi16)(low, high), add), by);
    return (cv_s16)CV_X86(packs_epi32)(first, second);
#else
    cv_s32 product = __builtin_convertvector(a, cv_s32) * __builtin_convertvector(b, cv_s32);
    product = (product + offset) >> shift;
    product = __builtin_elementwise_min(__builtin_elementwise_max(product, (cv_s32)-32768), (cv_s32)32767);
    return __builtin_convertvector(product, cv_s16);
#endif
}

// part / whole as a fraction of 2^15 - 1, rounded; 0 where `whole` is 0.
// - Precondition: part <= whole.
CV_INLINE cv_s16 cv_share_u16(cv_u16 part, cv_u16 whole) {
    cv_u16 one = 1;
    cv_u16 divisor = __builtin_elementwise_max(whole, one);
#if defined(__AVX2__)
    cv_bits zero = (cv_bits)(cv_u16)0;
    typedef float cv_f32_half __attribute__((ext_vector_type(CV_LANES / 2)));
    cv_f32_half p0 = __builtin_convertvector((cv_s32_half)CV_X86(unpacklo_epi16)((cv_bits)part, zero), cv_f32_half);
    cv_f32_half p1 = __builtin_convertvector((cv_s32_half)CV_X86(unpackhi_epi16)((cv_bits)part, zero), cv_f32_half);
    cv_f32_half w0 = __builtin_convertvector((cv_s32_half)CV_X86(unpacklo_epi16)((cv_bits)divisor, zero), cv_f32_half);
    cv_f32_half w1 = __builtin_convertvector((cv_s32_half)CV_X86(unpackhi_epi16)((cv_bits)divisor, zero), cv_f32_half);
    cv_s32_half q0 = __builtin_convertvector(p0 / w0 * 32767.0f + 0.5f, cv_s32_half);
    cv_s32_half q1 = __builtin_convertvector(p1 / w1 * 32767.0f + 0.5f, cv_s32_half);
    return (cv_s16)CV_X86(packs_epi32)((cv_bits)q0, (cv_bits)q1);
#else
    cv_f32 p = __builtin_convertvector(part, cv_f32);
    cv_f32 w = __builtin_convertvector(divisor, cv_f32);
    return __builtin_convertvector(__builtin_convertvector(p / w * 32767.0f + 0.5f, cv_s32), cv_s16);
#endif
}

// All ones where value^2 > signal * slope + offset, in float arithmetic.
CV_INLINE cv_u16 cv_square_above(cv_u16 value, cv_u16 signal, float slope, float offset) {
    cv_f32 v = __builtin_convertvector(value, cv_f32), s = __builtin_convertvector(signal, cv_f32);
    cv_s32 above = (cv_s32)(v * v > s * slope + offset);
    return (cv_u16)__builtin_convertvector(above, cv_s16);
}

// `a` where `mask` is all ones, `b` where it is 0.
CV_INLINE cv_s16 cv_select_s16(cv_s16 mask, cv_s16 a, cv_s16 b) {
#if CV_LANES == 32
    return (cv_s16)_mm512_mask_blend_epi16(_mm512_movepi16_mask((cv_bits)mask), (cv_bits)b, (cv_bits)a);
#elif defined(__AVX2__)
    return (cv_s16)_mm256_blendv_epi8((__m256i)b, (__m256i)a, (__m256i)mask);
#else
    return (mask & a) | (~mask & b);
#endif
}

// All ones where the lanes are equal, 0 elsewhere.
CV_INLINE cv_s16 cv_equal_s16(cv_s16 a, cv_s16 b) { return (cv_s16)(a == b); }

// Sums of neighbouring lanes.
CV_INLINE cv_s32_half cv_pair_sums(cv_s16 a) {
#if defined(__AVX2__)
    return (cv_s32_half)CV_X86(madd_epi16)((cv_bits)a, CV_X86(set1_epi16)(1));
#else
    cv_s32 wide = __builtin_convertvector(a, cv_s32);
    return __builtin_shufflevector(wide, wide, 0, 2, 4, 6, 8, 10, 12, 14)
        + __builtin_shufflevector(wide, wide, 1, 3, 5, 7, 9, 11, 13, 15);
#endif
}

// All ones in the first `count` lanes, 0 to all of them.
CV_INLINE cv_u16 cv_first_u16(long count) {
#if CV_LANES == 32
    cv_s16 place = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
#else
    cv_s16 place = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#endif
    return (cv_u16)(place < (cv_s16)(int16_t)count);
}

// Bytes. `cv_pack_s16` gives the words of the first block of a, of the first block of b, of the second block of a and so on;
// `cv_widen_low`, `cv_widen_high` undo that order.

// Words limited to bytes, by blocks.
CV_INLINE cv_u8 cv_pack_s16(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_u8)CV_X86(packus_epi16)((cv_bits)a, (cv_bits)b);
#else
    cv_s16 low = 0, high = 255;
    cv_s16 x = __builtin_elementwise_min(__builtin_elementwise_max(a, low), high);
    cv_s16 y = __builtin_elementwise_min(__builtin_elementwise_max(b, low), high);
    typedef int16_t cv_s16x32 __attribute__((ext_vector_type(32)));
    cv_s16x32 both = __builtin_shufflevector(
        x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28,
        29, 30, 31);
    return __builtin_convertvector(both, cv_u8);
#endif
}

// Words of the low bytes `a` and the high bytes `b`: the ones `cv_pack_s16` took from its first and its second vector.
CV_INLINE cv_s16 cv_widen_low(cv_u8 a, cv_u8 b) {
#if defined(__AVX2__)
    return (cv_s16)CV_X86(unpacklo_epi8)((cv_bits)a, (cv_bits)b);
#else
    return (cv_s16)__builtin_shufflevector(
        a, b, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22,
        54, 23, 55);
#endif
}
CV_INLINE cv_s16 cv_widen_high(cv_u8 a, cv_u8 b) {
#if defined(__AVX2__)
    return (cv_s16)CV_X86(unpackhi_epi8)((cv_bits)a, (cv_bits)b);
#else
    return (cv_s16)__builtin_shufflevector(
        a, b, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29,
        61, 30, 62, 31, 63);
#endif
}

// Words in their order from `cv_pack_s16`'s blocks.
CV_INLINE cv_u8 cv_order_u8(cv_u8 packed) {
#if CV_LANES == 32
    __m512i place = _mm512_set_epi64(7, 5, 3, 1, 6, 4, 2, 0);
    return (cv_u8)_mm512_permutexvar_epi64(place, (cv_bits)packed);
#else
    return __builtin_shufflevector(
        packed, packed, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26,
        27, 28, 29, 30, 31);
#endif
}

CV_INLINE cv_u8 cv_or_u8(cv_u8 a, cv_u8 b) { return a | b; }

// For every block by itself: byte `index & 15` of the table's block, 0 where the index has its high bit set.
CV_INLINE cv_u8 cv_lookup_u8(cv_u8 table, cv_u8 index) {
#if defined(__AVX2__)
    return (cv_u8)CV_X86(shuffle_epi8)((cv_bits)table, (cv_bits)index);
#else
    cv_u8 result;
    for (int i = 0; i < 32; i++) result[i] = index[i] & 0x80 ? 0 : table[(i & 16) | (index[i] & 15)];
    return result;
#endif
}

// A table of sixteen words, as each processor looks words up fastest: by bytes, or as they are. Of what a table and its
// indices consist, either form needs a part.
//
// The words at the indices of two vectors. `low` and `high` are the table's bytes, a block of each, in every block; `words`
// is the table as often as it goes; `bytes` are both vectors of indices as `cv_pack_s16` packs them.
#if CV_LANES == 32
#define CV_LOOK(widen) return (cv_u16)_mm512_permutexvar_epi16((cv_bits)index, (cv_bits)words)
#elif defined(__AVX2__)
#define CV_LOOK(widen) return (cv_u16)widen(cv_lookup_u8(low, bytes), cv_lookup_u8(high, bytes))
#else
#define CV_LOOK(widen)                                                         \
    cv_u16 result;                                                             \
    for (int i = 0; i < CV_LANES; i++) result[i] = words[index[i] & 15];       \
    return result
#endif
CV_INLINE cv_u16 cv_look_first(cv_u8 low, cv_u8 high, cv_u16 words, cv_u8 bytes, cv_u16 index) { CV_LOOK(cv_widen_low); }
CV_INLINE cv_u16 cv_look_second(cv_u8 low, cv_u8 high, cv_u16 words, cv_u8 bytes, cv_u16 index) { CV_LOOK(cv_widen_high); }

// Memory. Places of blocks lie `step` bytes apart, from the first one on.

// Blocks from several places.
CV_INLINE cv_u8 cv_load_blocks(const void *first, long step) {
    const char *place = (const char *)first;
    cv_u8 v;
    for (int i = 0; i < CV_LANES / 8; i++) __builtin_memcpy((char *)&v + 16 * i, place + i * step, 16);
    return v;
}

// Bytes as the high bytes of words.
CV_INLINE cv_u16 cv_load_high_bytes(const void *bytes) {
    cv_u8_half v;
    __builtin_memcpy(&v, bytes, sizeof v);
    return __builtin_convertvector(v, cv_u16) << 8;
}

// Asks for memory that is about to be read.
CV_INLINE void cv_prefetch(const void *place) { __builtin_prefetch(place, 0, 3); }

// Stores a vector, or stores it past the caches, for pictures that nobody reads soon. Then the place must be a multiple of
// the vector's size.
#if defined(__AVX2__)
#define CV_STORE_PAST_THE_CACHES(v, place) __builtin_nontemporal_store(v, (cv_u8 *)(place))
#else
#define CV_STORE_PAST_THE_CACHES(v, place) __builtin_memcpy((place), &(v), sizeof(v))
#endif
#define CV_STORE(v, place, past_the_caches)                    \
    do {                                                       \
        cv_u8 stored = (v);                                    \
        if (past_the_caches) {                                 \
            CV_STORE_PAST_THE_CACHES(stored, place);           \
        } else {                                               \
            __builtin_memcpy((place), &stored, sizeof stored); \
        }                                                      \
    } while (0)
CV_INLINE void cv_store_u8(cv_u8 v, void *place, int past_the_caches) { CV_STORE(v, place, past_the_caches); }

// Makes stores past the caches visible to other threads before what follows.
CV_INLINE void cv_stream_fence(void) {
#if defined(__AVX2__)
    _mm_sfence();
#endif
}

#if CV_LANES == 32
// Quarters of two vectors: bit 2 of a number says which vector it is from.
#define CV_QUARTERS(a, b, w, x, y, z)                                                                        \
    ((cv_u8)_mm512_permutex2var_epi64(                                                                       \
        (cv_bits)(a), _mm512_set_epi64(2 * (z) + 1, 2 * (z), 2 * (y) + 1, 2 * (y), 2 * (x) + 1, 2 * (x), 2 * (w) + 1, 2 * (w)), \
        (cv_bits)(b)))
#else
// Two vectors of two blocks each.
typedef uint64_t cv_u64x4 __attribute__((ext_vector_type(4)));
#endif

// Stores the blocks of three vectors in turn: the first of each, the second of each and so on.
CV_INLINE void cv_store_threes(cv_u8 a, cv_u8 b, cv_u8 c, void *place, int past_the_caches) {
    char *target = (char *)place;
#if CV_LANES == 32
    // a0 b0 c0 a1, b1 c1 a2 b2, c2 a3 b3 c3.
    cv_u8 ab = CV_QUARTERS(a, b, 0, 4, 1, 5), bc = CV_QUARTERS(b, c, 1, 5, 2, 6), ca = CV_QUARTERS(c, a, 2, 7, 0, 6);
    cv_u8 bc3 = CV_QUARTERS(b, c, 3, 7, 3, 7);
    CV_STORE(CV_QUARTERS(ab, ca, 0, 1, 6, 2), target, past_the_caches);
    CV_STORE(CV_QUARTERS(bc, ca, 0, 1, 7, 2), target + 64, past_the_caches);
    CV_STORE(CV_QUARTERS(ca, bc3, 0, 1, 4, 5), target + 128, past_the_caches);
#else
    cv_u64x4 x = (cv_u64x4)a, y = (cv_u64x4)b, z = (cv_u64x4)c;
    CV_STORE((cv_u8)__builtin_shufflevector(x, y, 0, 1, 4, 5), target, past_the_caches);
    CV_STORE((cv_u8)__builtin_shufflevector(z, x, 0, 1, 6, 7), target + 32, past_the_caches);
    CV_STORE((cv_u8)__builtin_shufflevector(y, z, 2, 3, 6, 7), target + 64, past_the_caches);
#endif
}

// Stores the blocks of two vectors in turn.
CV_INLINE void cv_store_twos(cv_u8 a, cv_u8 b, void *place, int past_the_caches) {
    char *target = (char *)place;
#if CV_LANES == 32
    CV_STORE(CV_QUARTERS(a, b, 0, 4, 1, 5), target, past_the_caches);
    CV_STORE(CV_QUARTERS(a, b, 2, 6, 3, 7), target + 64, past_the_caches);
#else
    cv_u64x4 x = (cv_u64x4)a, y = (cv_u64x4)b;
    CV_STORE((cv_u8)__builtin_shufflevector(x, y, 0, 1, 4, 5), target, past_the_caches);
    CV_STORE((cv_u8)__builtin_shufflevector(x, y, 2, 3, 6, 7), target + 32, past_the_caches);
#endif
}

// Stores the blocks of four vectors in turn.
CV_INLINE void cv_store_fours(cv_u8 a, cv_u8 b, cv_u8 c, cv_u8 d, void *place, int past_the_caches) {
    char *target = (char *)place;
#if CV_LANES == 32
    cv_u8 ab = CV_QUARTERS(a, b, 0, 4, 1, 5), cd = CV_QUARTERS(c, d, 0, 4, 1, 5);
    CV_STORE(CV_QUARTERS(ab, cd, 0, 1, 4, 5), target, past_the_caches);
    CV_STORE(CV_QUARTERS(ab, cd, 2, 3, 6, 7), target + 64, past_the_caches);
    ab = CV_QUARTERS(a, b, 2, 6, 3, 7), cd = CV_QUARTERS(c, d, 2, 6, 3, 7);
    CV_STORE(CV_QUARTERS(ab, cd, 0, 1, 4, 5), target + 128, past_the_caches);
    CV_STORE(CV_QUARTERS(ab, cd, 2, 3, 6, 7), target + 192, past_the_caches);
#else
    cv_u64x4 x = (cv_u64x4)a, y = (cv_u64x4)b, z = (cv_u64x4)c, w = (cv_u64x4)d;
    CV_STORE((cv_u8)__builtin_shufflevector(x, y, 0, 1, 4, 5), target, past_the_caches);
    CV_STORE((cv_u8)__builtin_shufflevector(z, w, 0, 1, 4, 5), target + 32, past_the_caches);
    CV_STORE((cv_u8)__builtin_shufflevector(x, y, 2, 3, 6, 7), target + 64, past_the_caches);
    CV_STORE((cv_u8)__builtin_shufflevector(z, w, 2, 3, 6, 7), target + 96, past_the_caches);
#endif
}

// Stores pixels of two words, those of even and of odd columns in turn.
CV_INLINE void cv_store_pixels(
    cv_u16 even_low, cv_u16 even_high, cv_u16 odd_low, cv_u16 odd_high, void *place, int past_the_caches) {
#if defined(__AVX2__)
    // Instructions put words together within blocks; so each block gets a pair of every vector that will be stored.
#if CV_LANES == 32
    cv_bits order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
#define CV_DEAL(v) _mm512_permutexvar_epi32(order, (cv_bits)(v))
#else
    cv_bits order = _mm256_set_epi32(7, 5, 3, 1, 6, 4, 2, 0);
#define CV_DEAL(v) _mm256_permutevar8x32_epi32((cv_bits)(v), order)
#endif
    cv_bits el = CV_DEAL(even_low), eh = CV_DEAL(even_high), ol = CV_DEAL(odd_low), oh = CV_DEAL(odd_high);
    cv_bits e0 = CV_X86(unpacklo_epi16)(el, eh), e1 = CV_X86(unpackhi_epi16)(el, eh);
    cv_bits o0 = CV_X86(unpacklo_epi16)(ol, oh), o1 = CV_X86(unpackhi_epi16)(ol, oh);
    char *target = (char *)place;
    CV_STORE((cv_u8)CV_X86(unpacklo_epi32)(e0, o0), target, past_the_caches);
    CV_STORE((cv_u8)CV_X86(unpackhi_epi32)(e0, o0), target + sizeof(cv_u8), past_the_caches);
    CV_STORE((cv_u8)CV_X86(unpacklo_epi32)(e1, o1), target + 2 * sizeof(cv_u8), past_the_caches);
    CV_STORE((cv_u8)CV_X86(unpackhi_epi32)(e1, o1), target + 3 * sizeof(cv_u8), past_the_caches);
#else
    uint16_t words[4 * CV_LANES];
    for (int i = 0; i < CV_LANES; i++) {
        words[4 * i] = even_low[i], words[4 * i + 1] = even_high[i];
        words[4 * i + 2] = odd_low[i], words[4 * i + 3] = odd_high[i];
    }
    __builtin_memcpy(place, words, sizeof words);
#endif
}

// Pairs of words: of every block the first four words of `a` and `b` in turn, or the last four.
CV_INLINE cv_u8 cv_pair_first_fours(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_u8)CV_X86(unpacklo_epi16)((cv_bits)a, (cv_bits)b);
#else
    return (cv_u8)__builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 8, 24, 9, 25, 10, 26, 11, 27);
#endif
}
CV_INLINE cv_u8 cv_pair_last_fours(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_u8)CV_X86(unpackhi_epi16)((cv_bits)a, (cv_bits)b);
#else
    return (cv_u8)__builtin_shufflevector(a, b, 4, 20, 5, 21, 6, 22, 7, 23, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
}

// 1 if any lane is not 0, else 0.
CV_INLINE int cv_any_u16(cv_u16 v) {
#if CV_LANES == 32
    return _mm512_test_epi16_mask((cv_bits)v, (cv_bits)v) != 0;
#elif defined(__AVX2__)
    return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#else
    return __builtin_reduce_or(v) != 0;
#endif
}

// A bit for every lane that is not 0, the first lane's the lowest.
CV_INLINE uint32_t cv_bits_u16(cv_u16 v) {
#if CV_LANES == 32
    return _mm512_test_epi16_mask((cv_bits)v, (cv_bits)v);
#elif defined(__AVX2__)
    __m256i zero = _mm256_cmpeq_epi16((__m256i)v, _mm256_setzero_si256());
    __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(zero, zero), 0xd8);
    return 0xffff & ~(uint32_t)_mm256_movemask_epi8(bytes);
#else
    uint32_t bits = 0;
    for (int i = 0; i < CV_LANES; i++) bits |= (uint32_t)(v[i] != 0) << i;
    return bits;
#endif
}

#endif
