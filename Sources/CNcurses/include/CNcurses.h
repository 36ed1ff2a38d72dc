/* The few things the terminal room needs of ncurses, without its macros, variadics and global variables.
   One screen at a time; all calls but glass_wake_* and the signal side come from one thread. */
#ifndef GLASS_CNCURSES_H
#define GLASS_CNCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What glass_open answers. */
enum {
    GLASS_OPENED = 0,
    GLASS_NOT_A_TTY = 1,
    GLASS_UNKNOWN_TERMINAL = 2,
    GLASS_NO_DATABASE = 3,
    GLASS_NO_CURSOR_ADDRESSING = 4,
    GLASS_FAILED = 5
};

/* Attributes, as the bits of Ink.Attributes. */
enum { GLASS_BOLD = 1, GLASS_DIM = 2, GLASS_UNDERLINE = 4, GLASS_REVERSE = 8 };

/* What to ask of the terminal. */
enum { GLASS_MOUSE = 1, GLASS_PASTE = 2, GLASS_FOCUS = 4, GLASS_COLORS = 8 };

/* One character as a terminal draws it; width is 1 or 2. */
typedef struct {
    uint32_t base;
    uint16_t mark1;
    uint16_t mark2;
    uint8_t width;
} glass_char;

/* Sets LC_CTYPE, falling back to C.UTF-8 where none is set; true if the result is UTF-8. */
bool glass_locale(void);

/* True if terminfo has an entry of this name that can place the cursor. */
bool glass_knows(const char *term);

int glass_open(const char *term, int in_fd, int out_fd, int modes);

/* Nothing here writes to the terminal, but for a crash: bytes for it are taken with glass_take and sent by the caller.
   To give the terminal back: glass_end, send what is taken, then glass_close, or glass_suspend until glass_resume. */
void glass_end(void);
void glass_close(void);
void glass_suspend(void);
void glass_resume(void);

/* The bytes for the terminal since the last call; they are valid until the next one. */
size_t glass_take(const uint8_t **bytes);

/* A descriptor to send them on, which does not wait if that can be had; -1 where there is none. */
int glass_outlet_open(int out_fd);
/* True for one that waits. */
bool glass_is_patient(int fd);
/* Forgets what was typed and not read yet. */
void glass_input_drop(int fd);

/* Colours the terminal has, 0 for none; pairs of them. */
int glass_colors(void);
int glass_color_pairs(void);
/* The pair with these colours (-1: the terminal's own), or 0 if there can be none. */
int glass_pair(int text, int back);

/* Rows and columns of the terminal, of its terminfo entry where it does not say; false if neither is known. */
bool glass_size(int *rows, int *columns);
bool glass_resize(int rows, int columns);

/* Puts characters into the picture that glass_show then compares with what is lit. */
void glass_run(int y, int x, const glass_char *characters, int count, int attributes, int pair);
/* Lights the picture; a negative place hides the cursor. */
void glass_show(int cursor_y, int cursor_x);
/* The next glass_show draws everything. */
void glass_forget(void);

/* A terminfo string, NULL if the terminal has none. */
const char *glass_string(const char *name);

/* A descriptor that glass_wake_post makes readable and glass_wake_take clears. */
int glass_wake_open(void);
void glass_wake_post(int fd);
void glass_wake_take(int fd);

/* The name that debuggers and top show for the calling thread; at most 15 bytes. */
void glass_name_thread(const char *name);

/* From now on the signals that concern a screen arrive as bytes on the descriptor; -1 if that cannot be. */
int glass_signals_open(void);
void glass_signals_close(void);
/* Stops this process as the shell's Ctrl-Z does, and returns when it goes on in the foreground. */
void glass_stop_self(int tty);

#endif
