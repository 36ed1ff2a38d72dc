// What libraries look for in the program that they are in.
#include <malloc.h>

#include "start.h"

void start_with_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

// libpq brings libldap, and that GnuTLS, which tests itself and sets itself up in each process that has it, asked or
// not: 0.9 MB and a millisecond. It does not where the program has this (GNUTLS_SKIP_GLOBAL_INIT in gnutls.h); libldap
// sets it up where it uses it.
int _gnutls_global_init_skip(void) { return 1; }
