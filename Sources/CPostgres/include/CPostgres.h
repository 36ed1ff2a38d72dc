// libpq, loaded when the first connection is made and not with the program: it brings twenty libraries (LDAP, Kerberos,
// GnuTLS), a sixth of the time to the first frame, and a platform may have no PostgreSQL to ask.
#ifndef PITBOSS_CPOSTGRES_H
#define PITBOSS_CPOSTGRES_H

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

/// NULL when libpq is loaded, else why it could not be. The first call loads it; from any thread.
const char *postgres_missing(void);

#endif
