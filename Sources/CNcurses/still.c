// A terminal description without what scrolls. ncurses sends rows that moved as a scroll (SU, SD, scroll regions), and
// REP for runs of one character; many emulators, multiplexers and recorders do not know them, and what they leave out
// stays wrong on their screens. ncurses decides by the description when it opens the terminal, so that is what is
// changed: the compiled entry is read, the capabilities are marked absent, and it is handed over in TERMINFO, in the
// "hex:" form of terminfo(5).
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "still.h"

enum { ENTRY_BYTES_MAX = 32768, HEADER_BYTES = 12, MAGIC_16 = 0432, MAGIC_32 = 01036 };

// Places in the table of strings, from term.h.
static const int moving[] = {
    3,    // change_scroll_region
    22,   // delete_line
    53,   // insert_line
    106,  // parm_delete_line
    109,  // parm_index
    110,  // parm_insert_line
    113,  // parm_rindex
    121,  // repeat_char
    130,  // scroll_reverse
};

static size_t read_entry(const char *folder, const char *term, unsigned char *entry) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%c/%s", folder, term[0], term) >= (int)sizeof path) return 0;
    FILE *file = fopen(path, "rb");
    if (!file) {
        if (snprintf(path, sizeof path, "%s/%02x/%s", folder, (unsigned char)term[0], term) >= (int)sizeof path) return 0;
        file = fopen(path, "rb");
    }
    if (!file) return 0;
    size_t size = fread(entry, 1, ENTRY_BYTES_MAX, file);
    fclose(file);
    return size < ENTRY_BYTES_MAX ? size : 0;
}

static unsigned number(const unsigned char *at) { return at[0] | (unsigned)at[1] << 8; }

// Marks the capabilities absent; false for anything that is not a compiled entry.
static bool still(unsigned char *entry, size_t size) {
    if (size < HEADER_BYTES) return false;
    unsigned magic = number(entry);
    if (magic != MAGIC_16 && magic != MAGIC_32) return false;
    size_t offsets = HEADER_BYTES + number(entry + 2) + number(entry + 4);
    offsets += offsets & 1;
    offsets += (size_t)number(entry + 6) * (magic == MAGIC_32 ? 4 : 2);
    size_t count = number(entry + 8);
    if (offsets + 2 * count > size) return false;
    for (size_t i = 0; i < sizeof moving / sizeof *moving; i++) {
        if ((size_t)moving[i] < count) memset(entry + offsets + 2 * moving[i], 0xff, 2);
    }
    return true;
}

bool glass_still_begin(const char *term, char **before) {
    *before = NULL;
    const char *now = getenv("TERMINFO");
    if (strchr(term, '/') || !term[0]) return false;
    // A description given in the variable itself is somebody's own: it stays.
    if (now && (!strncmp(now, "hex:", 4) || !strncmp(now, "b64:", 4))) return false;
    char own[4096] = "";
    const char *home = getenv("HOME");
    if (home) snprintf(own, sizeof own, "%s/.terminfo", home);
    const char *folders[] = {now, own, "/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"};
    unsigned char *entry = malloc(ENTRY_BYTES_MAX);
    char *text = malloc(2 * ENTRY_BYTES_MAX + 5);
    size_t size = 0;
    for (size_t i = 0; entry && text && !size && i < sizeof folders / sizeof *folders; i++) {
        if (folders[i] && folders[i][0]) size = read_entry(folders[i], term, entry);
    }
    bool made = size && still(entry, size);
    if (made) {
        *before = now ? strdup(now) : NULL;
        char *to = text + sprintf(text, "hex:");
        for (size_t i = 0; i < size; i++) to += sprintf(to, "%02X", entry[i]);
        made = setenv("TERMINFO", text, 1) == 0;
    }
    free(text);
    free(entry);
    return made;
}

void glass_still_end(char *before) {
    if (before) {
        setenv("TERMINFO", before, 1);
    } else {
        unsetenv("TERMINFO");
    }
    free(before);
}
