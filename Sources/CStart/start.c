// What libraries look for in the program that they are in.
#include <malloc.h>

#include "start.h"

void start_with_one_heap(void) {
    mallopt(M_ARENA_MAX, 1);
    // Larger blocks go back to the kernel when they are freed. Left alone, glibc raises this to the largest that was ever
    // freed, and the pages of metrics and the reels of the tape leave holes in the heap.
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

void give_back_free_heap(void) { malloc_trim(0); }

// libpq brings libldap, and that GnuTLS, which tests itself and sets itself up in each process that has it, asked or
// not: 0.9 MB and a millisecond. It does not where the program has this (GNUTLS_SKIP_GLOBAL_INIT in gnutls.h); libldap
// sets it up where it uses it.
int _gnutls_global_init_skip(void) { return 1; }
