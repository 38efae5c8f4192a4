// What the Swift side needs of libtiff: its tag access is variadic, and its messages go to stderr by default.
#pragma once
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <tiffio.h>
#include "write.h"

// MARK: Reading from memory, messages collected

/// Bytes in memory that libtiff reads as a file, and the first message it gave about them.
typedef struct {
    const uint8_t *bytes;
    uint64_t count;
    uint64_t position;
    char message[256];
} softisp_tiff_memory;

static tmsize_t softisp_tiff_memory_read(thandle_t handle, void *destination, tmsize_t count) {
    softisp_tiff_memory *m = (softisp_tiff_memory *)handle;
    if (count <= 0 || m->position >= m->count) return 0;
    uint64_t left = m->count - m->position;
    uint64_t n = (uint64_t)count < left ? (uint64_t)count : left;
    memcpy(destination, m->bytes + m->position, n);
    m->position += n;
    return (tmsize_t)n;
}

static tmsize_t softisp_tiff_memory_write(thandle_t handle, void *source, tmsize_t count) {
    (void)handle;
    (void)source;
    (void)count;
    return 0;
}

static toff_t softisp_tiff_memory_seek(thandle_t handle, toff_t offset, int whence) {
    softisp_tiff_memory *m = (softisp_tiff_memory *)handle;
    uint64_t base = whence == SEEK_CUR ? m->position : whence == SEEK_END ? m->count : 0;
    m->position = base + offset;
    return m->position;
}

static int softisp_tiff_memory_close(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t softisp_tiff_memory_size(thandle_t handle) { return ((softisp_tiff_memory *)handle)->count; }

static int softisp_tiff_keep_message(TIFF *tiff, void *context, const char *module, const char *format, va_list args) {
    softisp_tiff_memory *m = (softisp_tiff_memory *)context;
    (void)tiff;
    (void)module;
    if (!m->message[0]) vsnprintf(m->message, sizeof m->message, format, args);
    return 1;
}

static int softisp_tiff_drop_message(TIFF *tiff, void *context, const char *module, const char *format, va_list args) {
    (void)tiff;
    (void)context;
    (void)module;
    (void)format;
    (void)args;
    return 1;
}

/// Opens bytes for reading; `memory` and the bytes must outlive the handle. No allocation above `memory_limit` bytes.
static inline TIFF *softisp_tiff_open_memory(softisp_tiff_memory *memory, int64_t memory_limit) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)memory_limit);
    TIFFOpenOptionsSetErrorHandlerExtR(options, softisp_tiff_keep_message, memory);
    TIFFOpenOptionsSetWarningHandlerExtR(options, softisp_tiff_drop_message, memory);
    TIFF *tiff = TIFFClientOpenExt(
        "memory", "rm", (thandle_t)memory, softisp_tiff_memory_read, softisp_tiff_memory_write,
        softisp_tiff_memory_seek, softisp_tiff_memory_close, softisp_tiff_memory_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

// MARK: Tags

/// A 16-bit tag with one value; 0 where it is absent.
static inline int softisp_tiff_get_u16(TIFF *tiff, uint32_t tag, uint16_t *value) {
    return TIFFGetField(tiff, tag, value);
}

/// A 32-bit tag with one value; 0 where it is absent.
static inline int softisp_tiff_get_u32(TIFF *tiff, uint32_t tag, uint32_t *value) {
    return TIFFGetField(tiff, tag, value);
}

/// A tag of `count` (2 or more) numbers that libtiff hands out as an array of fixed length, whatever their type.
static inline int softisp_tiff_get_numbers(TIFF *tiff, uint32_t tag, int count, double *numbers) {
    const TIFFField *field = TIFFFindField(tiff, tag, TIFF_ANY);
    const void *values = NULL;
    if (!field || TIFFFieldPassCount(field) || TIFFFieldReadCount(field) != count) return 0;
    if (TIFFGetField(tiff, tag, &values) != 1 || !values) return 0;
    int size = TIFFFieldSetGetSize(field);
    int whole = TIFFFieldDataType(field) == TIFF_SHORT || TIFFFieldDataType(field) == TIFF_LONG;
    for (int i = 0; i < count; ++i) {
        if (whole && size == 2) numbers[i] = ((const uint16_t *)values)[i];
        else if (whole && size == 4) numbers[i] = ((const uint32_t *)values)[i];
        else if (size == 4) numbers[i] = ((const float *)values)[i];
        else if (size == 8) numbers[i] = ((const double *)values)[i];
        else return 0;
    }
    return 1;
}

/// The offsets of the SubIFDs.
static inline int softisp_tiff_get_subifds(TIFF *tiff, uint16_t *count, const uint64_t **offsets) {
    *count = 0;
    *offsets = NULL;
    return TIFFGetField(tiff, TIFFTAG_SUBIFD, count, offsets);
}

/// A tag this libtiff hands out with a 32-bit count, if its stored type is `type` (or BYTE for UNDEFINED and back).
/// Serves tags that are unknown to libtiff (it keeps every one of them) and those it learnt in later releases alike.
static inline int softisp_tiff_get_array(
    TIFF *tiff, uint32_t tag, TIFFDataType type, uint32_t *count, const void **values) {
    *count = 0;
    *values = NULL;
    const TIFFField *field = TIFFFindField(tiff, tag, TIFF_ANY);
    if (!field || !TIFFFieldPassCount(field)) return 0;
    TIFFDataType stored = TIFFFieldDataType(field);
    int bytes = (type == TIFF_BYTE || type == TIFF_UNDEFINED) && (stored == TIFF_BYTE || stored == TIFF_UNDEFINED);
    if (stored != type && !bytes) return 0;
    if (TIFFFieldReadCount(field) == TIFF_VARIABLE2) return TIFFGetField(tiff, tag, count, values) == 1 && *values;
    uint16_t shortCount = 0;
    if (TIFFFieldReadCount(field) != TIFF_VARIABLE) return 0;
    int found = TIFFGetField(tiff, tag, &shortCount, values) == 1 && *values;
    *count = shortCount;
    return found;
}
