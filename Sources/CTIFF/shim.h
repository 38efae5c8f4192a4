#include <tiffio.h>
#include "write.h"
