#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// Every function of libpq that is called: what it gives, its name, its parameters, and how they are passed on.
#define FUNCTIONS(each)                                                                                                \
    each(int, PQserverVersion, (const PGconn *c), (c))                                                                 \
    each(ConnStatusType, PQstatus, (const PGconn *c), (c))                                                             \
    each(PGVerbosity, PQsetErrorVerbosity, (PGconn * c, PGVerbosity v), (c, v))                                        \
    each(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn * c, PQnoticeReceiver r, void *a), (c, r, a))                  \
    each(PostgresPollingStatusType, PQconnectPoll, (PGconn * c), (c))                                                  \
    each(int, PQsetnonblocking, (PGconn * c, int on), (c, on))                                                         \
    each(int, PQsendQueryParams,                                                                                       \
         (PGconn * c, const char *sql, int n, const Oid *types, const char *const *values, const int *lengths,         \
          const int *formats, int format),                                                                             \
         (c, sql, n, types, values, lengths, formats, format))                                                         \
    each(int, PQflush, (PGconn * c), (c))                                                                              \
    each(int, PQisBusy, (PGconn * c), (c))                                                                             \
    each(int, PQconsumeInput, (PGconn * c), (c))                                                                       \
    each(PGresult *, PQgetResult, (PGconn * c), (c))                                                                   \
    each(void, PQclear, (PGresult * r), (r))                                                                           \
    each(void, PQfinish, (PGconn * c), (c))                                                                            \
    each(int, PQsocket, (const PGconn *c), (c))                                                                        \
    each(char *, PQerrorMessage, (const PGconn *c), (c))                                                               \
    each(ExecStatusType, PQresultStatus, (const PGresult *r), (r))                                                     \
    each(char *, PQresultErrorField, (const PGresult *r, int field), (r, field))                                       \
    each(int, PQntuples, (const PGresult *r), (r))                                                                     \
    each(int, PQnfields, (const PGresult *r), (r))                                                                     \
    each(int, PQgetisnull, (const PGresult *r, int row, int column), (r, row, column))                                 \
    each(char *, PQgetvalue, (const PGresult *r, int row, int column), (r, row, column))                               \
    each(int, PQgetlength, (const PGresult *r, int row, int column), (r, row, column))

#define POINTER(gives, name, parameters, passed) __typeof__(name) *name;
static struct {
    __typeof__(PQconnectStartParams) *PQconnectStartParams;
    FUNCTIONS(POINTER)
} libpq;

static char why_missing[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *found(void *library, const char *name) {
    void *function = dlsym(library, name);
    if (!function && !why_missing[0]) snprintf(why_missing, sizeof why_missing, "%s", dlerror());
    return function;
}

static void load(void) {
#ifdef __APPLE__
    const char *file = "libpq.5.dylib";
#else
    const char *file = "libpq.so.5";
#endif
    void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (!library) {
        snprintf(why_missing, sizeof why_missing, "%s", dlerror());
        return;
    }
#define FIND(gives, name, parameters, passed) libpq.name = (__typeof__(name) *)found(library, #name);
    FIND(, PQconnectStartParams, , )
    FUNCTIONS(FIND)
}

const char *postgres_missing(void) {
    pthread_once(&once, load);
    return why_missing[0] ? why_missing : NULL;
}

// Ours have the names of libpq's; libpq does not see them, and goes on calling its own.
#define OURS __attribute__((visibility("hidden")))

OURS PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand) {
    return postgres_missing() ? NULL : libpq.PQconnectStartParams(keywords, values, expand);
}

// All others want a connection or a result, which only a loaded libpq gives.
#define FORWARD(gives, name, parameters, passed)                                                                       \
    OURS gives name parameters { return libpq.name passed; }
FUNCTIONS(FORWARD)
