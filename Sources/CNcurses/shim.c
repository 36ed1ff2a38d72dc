#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
#include <term.h>
#undef columns
#undef lines

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <fcntl.h>

#include "CNcurses.h"
#include "still.h"

/* Everything a signal handler needs is prepared here, and only read there. */
static struct {
    volatile sig_atomic_t raw;
    int in_fd;
    int out_fd;
    struct termios before;
    char restore[512];
    size_t restore_length;
} lifeline = {.in_fd = -1, .out_fd = -1};

/* What ncurses writes goes here first: it knows no writing that does not wait, and a terminal may be slower than
   what is drawn on it. glass_take hands it on. */
static int page_fd = -1;
static uint8_t *page;
static size_t page_size;

static SCREEN *screen;
static FILE *in_file;
static FILE *out_file;
static bool has_colors_now;
static int modes_on;

/* ---- locale ---- */

static const char *locale_wish(void) {
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return value;
    }
    return NULL;
}

bool glass_locale(void) {
    const char *wish = locale_wish();
    if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
    /* C by name is a wish for ASCII; so is another character set. An unset or absent locale is neither. */
    bool asks_ascii = wish && (!strcmp(wish, "C") || !strcmp(wish, "POSIX"));
    bool other_set = wish && strchr(wish, '.') && !strcasestr(wish, "utf8") && !strcasestr(wish, "utf-8");
    bool utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    return utf8 && !asks_ascii && !other_set;
}

/* ---- crash and exit ---- */

static void restore_now(void) {
    if (!lifeline.raw) return;
    lifeline.raw = 0;
    size_t done = 0;
    while (done < lifeline.restore_length) {
        ssize_t n = write(lifeline.out_fd, lifeline.restore + done, lifeline.restore_length - done);
        if (n <= 0) break;
        done += (size_t)n;
    }
    tcsetattr(lifeline.in_fd, TCSANOW, &lifeline.before);
}

static const int crashes[] = {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGTRAP, SIGFPE};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };
static struct sigaction crash_before[CRASHES];
static bool crash_installed;

static void on_crash(int sig, siginfo_t *info, void *context) {
    (void)context;
    restore_now();
    for (int i = 0; i < CRASHES; i++)
        if (crashes[i] == sig) sigaction(sig, &crash_before[i], NULL);
    /* A fault comes again by itself when the instruction is run again; a signal that was sent does not. */
    if (info->si_code <= 0) raise(sig);
}

static void crash_handlers_install(void) {
    if (crash_installed) return;
    crash_installed = true;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CRASHES; i++) sigaction(crashes[i], &action, &crash_before[i]);
    static bool at_exit;
    if (!at_exit) atexit(restore_now);
    at_exit = true;
}

static void crash_handlers_remove(void) {
    if (!crash_installed) return;
    crash_installed = false;
    for (int i = 0; i < CRASHES; i++) sigaction(crashes[i], &crash_before[i], NULL);
}

/* Appends a terminal string without its $<padding>. */
static void append(char *to, size_t *length, size_t size, const char *text) {
    if (!text) return;
    for (const char *c = text; *c && *length + 1 < size; c++) {
        if (c[0] == '$' && c[1] == '<') {
            const char *end = strchr(c, '>');
            if (end) {
                c = end;
                continue;
            }
        }
        to[(*length)++] = *c;
    }
}

const char *glass_string(const char *name) {
    const char *text = tigetstr((NCURSES_CONST char *)name);
    return text == (char *)-1 ? NULL : text;
}

static const struct {
    int mode;
    const char *on;
    const char *off;
} extra_modes[] = {
    {GLASS_MOUSE, "\033[?1000h\033[?1006h", "\033[?1006l\033[?1000l"},
    {GLASS_PASTE, "\033[?2004h", "\033[?2004l"},
    {GLASS_FOCUS, "\033[?1004h", "\033[?1004l"},
};

static void modes_set(bool on) {
    for (size_t i = 0; i < sizeof extra_modes / sizeof extra_modes[0]; i++)
        if (modes_on & extra_modes[i].mode) {
            const char *text = on ? extra_modes[i].on : extra_modes[i].off;
            ssize_t n = write(page_fd, text, strlen(text));
            (void)n;
        }
}

static void lifeline_prepare(int in_fd, int out_fd, const struct termios *before) {
    lifeline.in_fd = in_fd;
    lifeline.out_fd = out_fd;
    lifeline.before = *before;
    lifeline.restore_length = 0;
    const char *names[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup"};
    for (size_t i = 0; i < sizeof extra_modes / sizeof extra_modes[0]; i++)
        if (modes_on & extra_modes[i].mode)
            append(lifeline.restore, &lifeline.restore_length, sizeof lifeline.restore, extra_modes[i].off);
    for (int i = 0; i < 5; i++)
        append(lifeline.restore, &lifeline.restore_length, sizeof lifeline.restore, glass_string(names[i]));
}

/* ---- open and close ---- */

static int terminal_check(const char *term, int fd) {
    int status = 0;
    TERMINAL *kept = cur_term;
    int answer = GLASS_OPENED;
    if (setupterm((NCURSES_CONST char *)term, fd, &status) != OK) {
        answer = status < 0 ? GLASS_NO_DATABASE : status == 0 ? GLASS_UNKNOWN_TERMINAL : GLASS_NO_CURSOR_ADDRESSING;
    } else if (!glass_string("cup")) {
        answer = GLASS_NO_CURSOR_ADDRESSING;
    }
    if (cur_term && cur_term != kept) {
        TERMINAL *probe = cur_term;
        set_curterm(kept);
        del_curterm(probe);
    }
    return answer;
}

bool glass_knows(const char *term) { return terminal_check(term, STDOUT_FILENO) == GLASS_OPENED; }

static void files_close(void) {
    if (in_file) fclose(in_file);
    if (out_file) fclose(out_file);
    in_file = NULL;
    out_file = NULL;
    page_fd = -1;
}

/* The terminal as curses programs want it: every key at once and as it is, nothing echoed, nothing rewritten.
   ncurses cannot do it, for what it writes to is no terminal. */
static void raw_mode(void) {
    struct termios now = lifeline.before;
    now.c_iflag &= (tcflag_t) ~(IXON | BRKINT | PARMRK | ICRNL | INLCR | IGNCR | ISTRIP);
    now.c_oflag &= (tcflag_t) ~(ONLCR | OCRNL | ONLRET | TABDLY);
    now.c_lflag &= (tcflag_t) ~(ICANON | ISIG | IEXTEN | ECHO | ECHONL);
    now.c_cflag = (now.c_cflag & (tcflag_t) ~(CSIZE | PARENB)) | CS8;
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    tcsetattr(lifeline.in_fd, TCSADRAIN, &now);
}

int glass_open(const char *term, int in_fd, int out_fd, int modes) {
    struct termios before;
    if (!isatty(in_fd) || !isatty(out_fd) || tcgetattr(in_fd, &before) != 0) return GLASS_NOT_A_TTY;
    int checked = terminal_check(term, out_fd);
    if (checked != GLASS_OPENED) return checked;
    int in_copy = fcntl(in_fd, F_DUPFD_CLOEXEC, 3);
    page_fd = memfd_create("screen", MFD_CLOEXEC);
    int out_copy = page_fd;
    in_file = in_copy < 0 ? NULL : fdopen(in_copy, "r");
    out_file = out_copy < 0 ? NULL : fdopen(out_copy, "w");
    use_env(FALSE);
    use_tioctl(TRUE);
    char *before_still = NULL;
    bool is_still = glass_still_begin(term, &before_still);
    screen = in_file && out_file ? newterm((NCURSES_CONST char *)term, out_file, in_file) : NULL;
    if (is_still) glass_still_end(before_still);
    if (!screen) {
        files_close();
        return GLASS_FAILED;
    }
    set_term(screen);
    modes_on = modes;
    lifeline_prepare(in_fd, out_fd, &before);
    crash_handlers_install();
    lifeline.raw = 1;
    raw_mode();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, FALSE);
    typeahead(-1);
    set_escdelay(25);
    curs_set(0);
    leaveok(stdscr, TRUE);
    has_colors_now = (modes & GLASS_COLORS) && has_colors() && start_color() == OK && use_default_colors() == OK;
    modes_set(true);
    return GLASS_OPENED;
}

void glass_end(void) {
    if (!screen) return;
    modes_set(false);
    curs_set(1);
    endwin();
}

void glass_close(void) {
    if (!screen) return;
    tcsetattr(lifeline.in_fd, TCSANOW, &lifeline.before);
    lifeline.raw = 0;
    crash_handlers_remove();
    delscreen(screen);
    screen = NULL;
    files_close();
}

void glass_suspend(void) {
    if (!screen) return;
    tcsetattr(lifeline.in_fd, TCSANOW, &lifeline.before);
    lifeline.raw = 0;
}

void glass_resume(void) {
    if (!screen) return;
    lifeline.raw = 1;
    reset_prog_mode();
    raw_mode();
    curs_set(0);
    modes_set(true);
    clearok(curscr, TRUE);
}

/* ---- colours and size ---- */

int glass_colors(void) { return screen && has_colors_now ? COLORS : 0; }

int glass_color_pairs(void) { return screen && has_colors_now ? COLOR_PAIRS : 0; }

int glass_pair(int text, int back) {
    if (!screen || !has_colors_now) return 0;
    if (text < 0 && back < 0) return 0;
    int pair = alloc_pair(text, back);
    return pair < 0 ? 0 : pair;
}

bool glass_size(int *rows, int *columns) {
    struct winsize size;
    if (lifeline.out_fd >= 0 && ioctl(lifeline.out_fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
        *rows = size.ws_row;
        *columns = size.ws_col;
        return true;
    }
    if (!screen) return false;
    *rows = LINES;
    *columns = COLS;
    return LINES > 0 && COLS > 0;
}

bool glass_resize(int rows, int columns) {
    if (!screen) return false;
    if (rows == LINES && columns == COLS) return true;
    return resizeterm(rows, columns) == OK;
}

/* ---- drawing ---- */

enum { RUN_CHARACTERS_MAX = 256 };

static attr_t attributes_of(int bits) {
    attr_t all = A_NORMAL;
    if (bits & GLASS_BOLD) all |= A_BOLD;
    if (bits & GLASS_DIM) all |= A_DIM;
    if (bits & GLASS_UNDERLINE) all |= A_UNDERLINE;
    if (bits & GLASS_REVERSE) all |= A_REVERSE;
    return all;
}

void glass_run(int y, int x, const glass_char *characters, int count, int attributes, int pair) {
    if (!screen) return;
    cchar_t line[RUN_CHARACTERS_MAX];
    cchar_t pattern;
    const wchar_t blank[2] = {L' ', 0};
    if (setcchar(&pattern, blank, attributes_of(attributes), 0, &pair) != OK) return;
    int used = 0;
    int column = x;
    for (int i = 0; i < count; i++) {
        const glass_char *c = &characters[i];
        /* Where the C library's tables are older than ours, a wrong width would shift the rest of the row. */
        bool agreed = c->base < 0x80 || wcwidth((wchar_t)c->base) == c->width;
        line[used] = pattern;
        line[used].chars[0] = agreed ? (wchar_t)c->base : L'?';
        if (agreed && c->mark1 && wcwidth(c->mark1) == 0) {
            line[used].chars[1] = c->mark1;
            if (c->mark2 && wcwidth(c->mark2) == 0) line[used].chars[2] = c->mark2;
        }
        used++;
        if (!agreed && c->width == 2) line[used++] = pattern;
        if (used >= RUN_CHARACTERS_MAX - 1 || i == count - 1) {
            mvadd_wchnstr(y, column, line, used);
            column = x;
            for (int j = 0; j <= i; j++) column += characters[j].width;
            used = 0;
        }
    }
}

void glass_show(int cursor_y, int cursor_x) {
    if (!screen) return;
    bool shown = cursor_y >= 0 && cursor_x >= 0;
    static bool was_shown;
    if (shown) {
        leaveok(stdscr, FALSE);
        move(cursor_y, cursor_x);
    } else {
        leaveok(stdscr, TRUE);
    }
    if (shown != was_shown) curs_set(shown ? 1 : 0);
    was_shown = shown;
    wnoutrefresh(stdscr);
    doupdate();
}

size_t glass_take(const uint8_t **bytes) {
    *bytes = NULL;
    if (page_fd < 0) return 0;
    if (out_file) fflush(out_file);
    off_t end = lseek(page_fd, 0, SEEK_CUR);
    if (end <= 0) return 0;
    size_t count = (size_t)end;
    if (count > page_size) {
        uint8_t *more = realloc(page, count);
        if (!more) count = page_size;
        else {
            page = more;
            page_size = count;
        }
    }
    ssize_t got = pread(page_fd, page, count, 0);
    lseek(page_fd, 0, SEEK_SET);
    int cut = ftruncate(page_fd, 0);
    (void)cut;
    if (got <= 0) return 0;
    *bytes = page;
    return (size_t)got;
}

int glass_outlet_open(int out_fd) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", out_fd);
    /* A description of one's own: the shell's must not become non-blocking. */
    int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) return fd;
    return fcntl(out_fd, F_DUPFD_CLOEXEC, 3);
}

bool glass_is_patient(int fd) { return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

void glass_input_drop(int fd) { tcflush(fd, TCIFLUSH); }

void glass_forget(void) {
    if (screen) clearok(curscr, TRUE);
}

/* ---- waking the loop ---- */

int glass_wake_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void glass_wake_post(int fd) {
    uint64_t one = 1;
    ssize_t n = write(fd, &one, sizeof one);
    (void)n;
}

void glass_wake_take(int fd) {
    uint64_t count;
    ssize_t n = read(fd, &count, sizeof count);
    (void)n;
}

void glass_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

/* ---- signals ---- */

static const int watched[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT};
enum { WATCHED = sizeof watched / sizeof watched[0] };
static struct sigaction watched_before[WATCHED];
static int signal_pipe[2] = {-1, -1};

static void on_signal(int sig) {
    int kept = errno;
    unsigned char byte = (unsigned char)sig;
    ssize_t n = write(signal_pipe[1], &byte, 1);
    (void)n;
    errno = kept;
}

int glass_signals_open(void) {
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &action, &watched_before[i]);
    return signal_pipe[0];
}

void glass_signals_close(void) {
    /* The pipe stays: a handler may be running on another thread. */
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &watched_before[i], NULL);
}

void glass_stop_self(int tty) {
    do {
        raise(SIGSTOP);
        /* Going on in the background is no use to a screen: stop again until the shell says `fg`. */
        pid_t front = tcgetpgrp(tty);
        if (front < 0 || front == getpgrp()) return;
    } while (true);
}
