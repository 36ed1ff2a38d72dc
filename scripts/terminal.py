"""A terminal in a box for the scripts beside it: runs a program under a pty, types, reads what a person would see."""
import fcntl, os, pty, select, signal, struct, termios, threading, time

import pyte

FONTS = "/usr/share/fonts/truetype/dejavu/"
NAMED = dict(
    black="000000", red="cd3131", green="0dbc79", brown="e5e510", yellow="e5e510", blue="2472c8", magenta="bc3fbc",
    cyan="11a8cd", white="e5e5e5", brightblack="666666", brightred="f14c4c", brightgreen="23d18b", brightbrown="f5f543",
    brightyellow="f5f543", brightblue="3b8eea", brightmagenta="d670d6", brightcyan="29b8db", brightwhite="ffffff")


class Terminal:
    """One program on one emulated terminal. A thread reads it; `wait` tells when a screen came true."""

    def __init__(self, command, columns=120, rows=36, term="xterm-256color", environment=None):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = 0
        self.first_byte = None
        self.waiting = []
        self.lock = threading.Lock()
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM=term, COLUMNS=str(columns), LINES=str(rows), LC_ALL="C.UTF-8", **(environment or {}))
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while True:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            now = time.monotonic()
            if not data:
                break
            if self.first_byte is None:
                self.first_byte = now
            with self.lock:
                self.bytes += len(data)
                self.stream.feed(data)
                still = []
                for text, done in self.waiting:
                    found = text() if callable(text) else any(text in line for line in self.screen.display)
                    if found:
                        done.append(now)
                    else:
                        still.append((text, done))
                self.waiting = still

    def expect(self, text):
        """Begins to look for `text` (or a predicate); the answer is a list that gets the time it was first seen."""
        done = []
        with self.lock:
            found = text() if callable(text) else any(text in line for line in self.screen.display)
            if found:
                done.append(time.monotonic())
            else:
                self.waiting.append((text, done))
        return done

    def wait(self, text, seconds=30):
        done = self.expect(text)
        end = time.monotonic() + seconds
        while not done and time.monotonic() < end:
            time.sleep(0.01)
        if not done:
            raise TimeoutError(f"not seen in {seconds} s: {text!r}\n" + self.text())
        return done[0]

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def resize(self, columns, rows):
        with self.lock:
            self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display) + "\n"

    def usage(self):
        """CPU seconds used so far, and resident kilobytes now."""
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{self.pid}/status") as f:
            resident = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), resident

    def close(self, keys="Q", seconds=3):
        """Types `keys` and waits for the end; kills after `seconds`. The exit status, and the seconds it took."""
        begun = time.monotonic()
        try:
            self.type(keys)
        except OSError:
            pass
        while time.monotonic() < begun + seconds:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status), time.monotonic() - begun
            time.sleep(0.005)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None, time.monotonic() - begun

    @staticmethod
    def _face(cell, plain, bold, dots):
        if "\u2800" <= cell.data[0] <= "\u28ff":
            return dots
        return bold if cell.bold else plain

    def picture(self, path, is_light=False, has_words=True):
        """What a person would see, as a PNG of few colours; and the same in words beside it."""
        from PIL import Image, ImageDraw, ImageFont
        size = 15
        plain = ImageFont.truetype(FONTS + "DejaVuSansMono.ttf", size)
        bold = ImageFont.truetype(FONTS + "DejaVuSansMono-Bold.ttf", size)
        # The monospaced face has no braille, of which graphs are made.
        dots = ImageFont.truetype(FONTS + "DejaVuSans.ttf", size)
        wide, high = round(plain.getlength("M")), size + 4
        ink, paper = ((24, 26, 30), (250, 250, 247)) if is_light else ((212, 212, 212), (16, 18, 22))

        def colour(name, default):
            if name == "default":
                return default
            name = NAMED.get(name, name)
            return tuple(int(name[i:i + 2], 16) for i in (0, 2, 4))

        with self.lock:
            rows, columns = self.screen.lines, self.screen.columns
            image = Image.new("RGB", (columns * wide + 8, rows * high + 8), paper)
            draw = ImageDraw.Draw(image)
            for y in range(rows):
                for x in range(columns):
                    cell = self.screen.buffer[y][x]
                    front, back = colour(cell.fg, ink), colour(cell.bg, paper)
                    if cell.reverse:
                        front, back = back, front
                    left, top = 4 + x * wide, 4 + y * high
                    if back != paper:
                        draw.rectangle([left, top, left + wide - 1, top + high - 1], fill=back)
                    if cell.data.strip():
                        draw.text((left, top), cell.data, font=self._face(cell, plain, bold, dots), fill=front)
            words = "\n".join(line.rstrip() for line in self.screen.display) + "\n"
        image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)
        if not has_words:
            return
        with open(os.path.splitext(path)[0] + ".txt", "w") as f:
            f.write(words)
