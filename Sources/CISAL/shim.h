// Intel's storage acceleration library: deflate several times as fast as zlib's. Its stream structure is far too large
// for Swift to import as fields, so Swift sees it as a pointer.
#pragma once
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/// A compressor of one thread. `level` is 0 (literals hardly coded) to 3.
typedef struct {
    struct isal_zstream stream;
    uint8_t *buffer;
    uint32_t buffer_size;
    int level;
} softisp_deflater;

static inline void *softisp_deflater_new(int level) {
    static const uint32_t sizes[] = {ISAL_DEF_LVL0_DEFAULT, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT,
                                     ISAL_DEF_LVL3_DEFAULT};
    if (level < 0 || level > 3) return NULL;
    softisp_deflater *deflater = calloc(1, sizeof *deflater);
    if (!deflater) return NULL;
    deflater->level = level;
    deflater->buffer_size = sizes[level];
    deflater->buffer = malloc(sizes[level] + 1);
    if (!deflater->buffer) {
        free(deflater);
        return NULL;
    }
    return deflater;
}

static inline void softisp_deflater_free(void *state) {
    softisp_deflater *deflater = state;
    if (deflater) free(deflater->buffer);
    free(deflater);
}

/// Room that any zlib stream of `count` bytes fits: stored blocks at worst.
static inline size_t softisp_zlib_bound(size_t count) { return count + count / 1024 + 1024; }

/// Compresses into one zlib stream (RFC 1950); its length, or 0 where it does not fit.
static inline size_t softisp_zlib_compress(void *state, const void *source, size_t count, void *target, size_t room) {
    softisp_deflater *deflater = state;
    struct isal_zstream *stream = &deflater->stream;
    if (count > UINT32_MAX || room > UINT32_MAX) return 0;
    isal_deflate_stateless_init(stream);
    stream->gzip_flag = IGZIP_ZLIB;
    stream->end_of_stream = 1;
    stream->flush = NO_FLUSH;
    stream->level = (uint32_t)deflater->level;
    stream->level_buf = deflater->buffer;
    stream->level_buf_size = deflater->buffer_size;
    stream->next_in = (uint8_t *)source;
    stream->avail_in = (uint32_t)count;
    stream->next_out = target;
    stream->avail_out = (uint32_t)room;
    return isal_deflate_stateless(stream) == COMP_OK ? stream->total_out : 0;
}
