// The entry of libFuzzer, which has no header of its own.

#include <stddef.h>
#include <stdint.h>

/// Parses libFuzzer's options and fuzzes `test`. Returns only where there is nothing left to do.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));
