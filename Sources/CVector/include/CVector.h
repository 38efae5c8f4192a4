// Vector operations that Swift's SIMD types lack, for rows of 16-bit samples.
//
// Swift imports the vector types as SIMD16<Int16>, SIMD16<UInt16> and so on, and inlines the functions. Everything is
// written with the compiler's portable vector built-ins, so that it means the same on every processor; where one
// instruction of x86 does what takes several portable operations, the instruction stands beside the portable form.

#ifndef CVECTOR_H
#define CVECTOR_H

#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

typedef int16_t cv_s16 __attribute__((ext_vector_type(16)));
typedef uint16_t cv_u16 __attribute__((ext_vector_type(16)));
typedef uint8_t cv_u8 __attribute__((ext_vector_type(32)));
typedef int32_t cv_s32x8 __attribute__((ext_vector_type(8)));
typedef int32_t cv_s32 __attribute__((ext_vector_type(16)));
typedef uint32_t cv_u32 __attribute__((ext_vector_type(16)));

#define CV_INLINE static inline __attribute__((always_inline))

// Lesser and greater lanes.
CV_INLINE cv_s16 cv_min_s16(cv_s16 a, cv_s16 b) { return __builtin_elementwise_min(a, b); }
CV_INLINE cv_s16 cv_max_s16(cv_s16 a, cv_s16 b) { return __builtin_elementwise_max(a, b); }
CV_INLINE cv_u16 cv_min_u16(cv_u16 a, cv_u16 b) { return __builtin_elementwise_min(a, b); }
CV_INLINE cv_u16 cv_max_u16(cv_u16 a, cv_u16 b) { return __builtin_elementwise_max(a, b); }

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
    return (cv_u16)_mm256_avg_epu16((__m256i)a, (__m256i)b);
#else
    return (a | b) - ((a ^ b) >> 1);
#endif
}

// (a * b) >> 16.
CV_INLINE cv_u16 cv_mulhi_u16(cv_u16 a, cv_u16 b) {
#if defined(__AVX2__)
    return (cv_u16)_mm256_mulhi_epu16((__m256i)a, (__m256i)b);
#else
    return __builtin_convertvector(
        (__builtin_convertvector(a, cv_u32) * __builtin_convertvector(b, cv_u32)) >> 16, cv_u16);
#endif
}

// (a * b) >> 16, rounded down.
CV_INLINE cv_s16 cv_mulhi_s16(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_s16)_mm256_mulhi_epi16((__m256i)a, (__m256i)b);
#else
    return __builtin_convertvector(
        (__builtin_convertvector(a, cv_s32) * __builtin_convertvector(b, cv_s32)) >> 16, cv_s16);
#endif
}

// (a * b + 2^14) >> 15: a product of fractions of 2^15, rounded. -2^15 times itself wraps to -2^15.
CV_INLINE cv_s16 cv_mulround_s16(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_s16)_mm256_mulhrs_epi16((__m256i)a, (__m256i)b);
#else
    return __builtin_convertvector(
        (__builtin_convertvector(a, cv_s32) * __builtin_convertvector(b, cv_s32) + 0x4000) >> 15, cv_s16);
#endif
}

// The even and the odd of 32 neighbouring words, of which `a` has the first 16.
#if defined(__AVX2__)
// Written out: where the words are put together from bytes, compilers take two shuffles for reason to begin anew.
CV_INLINE cv_u16 cv_even_u16(cv_u16 a, cv_u16 b) {
    __m256i low = _mm256_set1_epi32(0xffff);
    __m256i both = _mm256_packus_epi32(_mm256_and_si256((__m256i)a, low), _mm256_and_si256((__m256i)b, low));
    return (cv_u16)_mm256_permute4x64_epi64(both, 0xd8);
}
CV_INLINE cv_u16 cv_odd_u16(cv_u16 a, cv_u16 b) {
    __m256i both = _mm256_packus_epi32(_mm256_srli_epi32((__m256i)a, 16), _mm256_srli_epi32((__m256i)b, 16));
    return (cv_u16)_mm256_permute4x64_epi64(both, 0xd8);
}
#else
CV_INLINE cv_u16 cv_even_u16(cv_u16 a, cv_u16 b) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
CV_INLINE cv_u16 cv_odd_u16(cv_u16 a, cv_u16 b) {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}
#endif

// Of every eight words the first four, or the last four: those of `a` and those of `b` in turn.
CV_INLINE cv_u16 cv_first_fours(cv_u16 a, cv_u16 b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
}
CV_INLINE cv_u16 cv_last_fours(cv_u16 a, cv_u16 b) {
    return __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
}

// (a * b + offset) >> shift in 32 bits, then limited to 16.
CV_INLINE cv_s16 cv_scale_s16(cv_s16 a, cv_s16 b, int32_t offset, int32_t shift) {
#if defined(__AVX2__)
    __m256i low = _mm256_mullo_epi16((__m256i)a, (__m256i)b), high = _mm256_mulhi_epi16((__m256i)a, (__m256i)b);
    __m256i add = _mm256_set1_epi32(offset);
    __m128i by = _mm_cvtsi32_si128(shift);
    __m256i first = _mm256_sra_epi32(_mm256_add_epi32(_mm256_unpacklo_epi16(low, high), add), by);
    __m256i second = _mm256_sra_epi32(_mm256_add_epi32(_mm256_unpackhi_epi16(low, high), add), by);
    return (cv_s16)_mm256_packs_epi32(first, second);
#else
    cv_s32 product = __builtin_convertvector(a, cv_s32) * __builtin_convertvector(b, cv_s32);
    product = (product + offset) >> shift;
    product = __builtin_elementwise_min(__builtin_elementwise_max(product, (cv_s32)-32768), (cv_s32)32767);
    return __builtin_convertvector(product, cv_s16);
#endif
}

// part / whole as a fraction of 2^15 - 1, rounded down; 0 where `whole` is 0.
// - Precondition: part <= whole.
CV_INLINE cv_s16 cv_share_u16(cv_u16 part, cv_u16 whole) {
#if defined(__AVX2__)
    __m256i zero = _mm256_setzero_si256(), one = _mm256_set1_epi16(1), p = (__m256i)part;
    __m256i w = _mm256_max_epu16((__m256i)whole, one);
    __m256 unit = _mm256_set1_ps(32767.0f);
    __m256 p0 = _mm256_cvtepi32_ps(_mm256_unpacklo_epi16(p, zero)), p1 = _mm256_cvtepi32_ps(_mm256_unpackhi_epi16(p, zero));
    __m256 w0 = _mm256_cvtepi32_ps(_mm256_unpacklo_epi16(w, zero)), w1 = _mm256_cvtepi32_ps(_mm256_unpackhi_epi16(w, zero));
    __m256i q0 = _mm256_cvttps_epi32(_mm256_div_ps(_mm256_mul_ps(p0, unit), w0));
    __m256i q1 = _mm256_cvttps_epi32(_mm256_div_ps(_mm256_mul_ps(p1, unit), w1));
    return (cv_s16)_mm256_packs_epi32(q0, q1);
#else
    typedef float cv_f32 __attribute__((ext_vector_type(16)));
    cv_u16 one = 1;
    cv_f32 p = __builtin_convertvector(part, cv_f32);
    cv_f32 w = __builtin_convertvector(__builtin_elementwise_max(whole, one), cv_f32);
    return __builtin_convertvector(__builtin_convertvector(p * 32767.0f / w, cv_s32), cv_s16);
#endif
}

// All ones where value^2 > signal * slope + offset, in float arithmetic.
CV_INLINE cv_u16 cv_square_above(cv_u16 value, cv_u16 signal, float slope, float offset) {
    typedef float cv_f32 __attribute__((ext_vector_type(16)));
    cv_f32 v = __builtin_convertvector(value, cv_f32), s = __builtin_convertvector(signal, cv_f32);
    cv_s32 above = (cv_s32)(v * v > s * slope + offset);
    return (cv_u16)__builtin_convertvector(above, cv_s16);
}

// `a` where `mask` is all ones, `b` where it is 0.
CV_INLINE cv_s16 cv_select_s16(cv_s16 mask, cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_s16)_mm256_blendv_epi8((__m256i)b, (__m256i)a, (__m256i)mask);
#else
    return (mask & a) | (~mask & b);
#endif
}

// All ones where the lanes are equal, 0 elsewhere.
CV_INLINE cv_s16 cv_equal_s16(cv_s16 a, cv_s16 b) { return (cv_s16)(a == b); }

// Sums of neighbouring lanes.
CV_INLINE cv_s32x8 cv_pair_sums(cv_s16 a) {
#if defined(__AVX2__)
    return (cv_s32x8)_mm256_madd_epi16((__m256i)a, _mm256_set1_epi16(1));
#else
    cv_s32 wide = __builtin_convertvector(a, cv_s32);
    return __builtin_shufflevector(wide, wide, 0, 2, 4, 6, 8, 10, 12, 14)
        + __builtin_shufflevector(wide, wide, 1, 3, 5, 7, 9, 11, 13, 15);
#endif
}

// All ones in the first `count` lanes, 0 to 16.
CV_INLINE cv_u16 cv_first_u16(long count) {
    cv_s16 place = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return (cv_u16)(place < (cv_s16)(int16_t)count);
}

// Bytes. Functions that put two vectors of words together keep each half of 8 words apart, as x86 does: `cv_pack_u16`
// gives words 0-7 of a, 0-7 of b, 8-15 of a, 8-15 of b, and `cv_widen_low`, `cv_widen_high` undo that order.

// Words limited to bytes, in halves.
CV_INLINE cv_u8 cv_pack_s16(cv_s16 a, cv_s16 b) {
#if defined(__AVX2__)
    return (cv_u8)_mm256_packus_epi16((__m256i)a, (__m256i)b);
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
    return (cv_s16)__builtin_shufflevector(
        a, b, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22,
        54, 23, 55);
}
CV_INLINE cv_s16 cv_widen_high(cv_u8 a, cv_u8 b) {
    return (cv_s16)__builtin_shufflevector(
        a, b, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29,
        61, 30, 62, 31, 63);
}

// Words in their order from `cv_pack_s16`'s halves.
CV_INLINE cv_u8 cv_order_u8(cv_u8 packed) {
    return __builtin_shufflevector(
        packed, packed, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26,
        27, 28, 29, 30, 31);
}

CV_INLINE cv_u8 cv_or_u8(cv_u8 a, cv_u8 b) { return a | b; }

// For every half of 16 bytes by itself: byte `index & 15` of the table, 0 where the index has its high bit set.
CV_INLINE cv_u8 cv_lookup_u8(cv_u8 table, cv_u8 index) {
#if defined(__AVX2__)
    return (cv_u8)_mm256_shuffle_epi8((__m256i)table, (__m256i)index);
#else
    cv_u8 result;
    for (int i = 0; i < 32; i++) result[i] = index[i] & 0x80 ? 0 : table[(i & 16) | (index[i] & 15)];
    return result;
#endif
}

// 16 bytes from each of two places.
CV_INLINE cv_u8 cv_load_halves(const void *first, const void *second) {
    typedef uint8_t cv_u8x16 __attribute__((ext_vector_type(16)));
    cv_u8x16 a, b;
    __builtin_memcpy(&a, first, 16);
    __builtin_memcpy(&b, second, 16);
    return __builtin_shufflevector(
        a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
        29, 30, 31);
}

// 16 bytes as the high bytes of words.
CV_INLINE cv_u16 cv_load_high_bytes(const void *bytes) {
    typedef uint8_t cv_u8x16 __attribute__((ext_vector_type(16)));
    cv_u8x16 v;
    __builtin_memcpy(&v, bytes, 16);
    return __builtin_convertvector(v, cv_u16) << 8;
}

// Asks for memory that is about to be read.
CV_INLINE void cv_prefetch(const void *place) { __builtin_prefetch(place, 0, 3); }

// As `cv_store_halves`, past the caches: for pictures that nobody reads soon. Both places must be multiples of 16.
CV_INLINE void cv_stream_halves(cv_u8 v, void *first, void *second) {
#if defined(__AVX2__)
    _mm_stream_si128((__m128i *)first, _mm256_castsi256_si128((__m256i)v));
    _mm_stream_si128((__m128i *)second, _mm256_extracti128_si256((__m256i)v, 1));
#else
    __builtin_memcpy(first, &v, 16);
    __builtin_memcpy(second, (const char *)&v + 16, 16);
#endif
}

// Makes stores past the caches visible to other threads before what follows.
CV_INLINE void cv_stream_fence(void) {
#if defined(__AVX2__)
    _mm_sfence();
#endif
}

// The first and the last 16 bytes of a vector to two places.
CV_INLINE void cv_store_halves(cv_u8 v, void *first, void *second) {
    __builtin_memcpy(first, &v, 16);
    __builtin_memcpy(second, (const char *)&v + 16, 16);
}

// Words that alternate between `a` and `b`: those of the first halves to one place, those of the second to the other.
CV_INLINE void cv_store_pairs(cv_s16 a, cv_s16 b, void *first, void *second) {
    cv_s16 low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    cv_s16 high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    __builtin_memcpy(first, &low, 32);
    __builtin_memcpy(second, &high, 32);
}

// As `cv_store_pairs`, past the caches. Both places must be multiples of 32.
CV_INLINE void cv_stream_pairs(cv_s16 a, cv_s16 b, void *first, void *second) {
    cv_s16 low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    cv_s16 high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#if defined(__AVX2__)
    _mm256_stream_si256((__m256i *)first, (__m256i)low);
    _mm256_stream_si256((__m256i *)second, (__m256i)high);
#else
    __builtin_memcpy(first, &low, 32);
    __builtin_memcpy(second, &high, 32);
#endif
}

// 1 if any lane is not 0, else 0.
CV_INLINE int cv_any_u16(cv_u16 v) {
#if defined(__AVX2__)
    return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#else
    return __builtin_reduce_or(v) != 0;
#endif
}

#endif
