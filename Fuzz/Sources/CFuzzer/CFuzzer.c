// The declarations are all there is; SwiftPM wants a file to compile.

#include "CFuzzer.h"
