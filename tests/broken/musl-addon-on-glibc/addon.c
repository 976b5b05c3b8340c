/* The least that node takes for an addon; malloc makes it need a C library. */
#include <stdlib.h>

void *napi_register_module_v1(void *env, void *exports) {
    (void)env;
    free(malloc(1));
    return exports;
}
