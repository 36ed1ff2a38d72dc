#ifndef GLASS_STILL_H
#define GLASS_STILL_H

#include <stdbool.h>

// Hands ncurses a description of `term` without what scrolls; false where there is none to change. `before` is for
// `glass_still_end`, which is to be called once the terminal is open.
bool glass_still_begin(const char *term, char **before);
void glass_still_end(char *before);

#endif
