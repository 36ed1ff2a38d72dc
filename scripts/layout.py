"""Which functions the dashboard runs, in the order of their first call: what the linker puts side by side
(docs/decisions/0014). Every function of the binary gets a breakpoint that goes with its first hit.

usage: layout.py make BINARY MAP CONFIG FOLDER
           writes FOLDER/order.txt and FOLDER/shared.ld by what BINARY (with symbols; MAP is its linker's) calls on
           CONFIG when calm and when typed at, and as a demo
       layout.py trace OUT PROGRAM ARGS…
           runs PROGRAM on this terminal; SIGUSR1 begins a new part of OUT"""
import ctypes, fnmatch, os, re, signal, subprocess, sys, tempfile, time

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
TRACEME, PEEKUSER, POKEUSER, CONT, DETACH, SETOPTIONS = 0, 3, 6, 7, 17, 0x4200
OPTIONS = 0x2 | 0x4 | 0x8 | 0x10  # fork, vfork, clone, exec
EVENT_EXEC = 4
WALL = 0x40000000
RIP = 16 * 8


def ptrace(request, pid, address=0, data=0):
    ctypes.set_errno(0)
    result = libc.ptrace(request, pid, address, data)
    if result == -1 and ctypes.get_errno():
        raise OSError(ctypes.get_errno(), f"ptrace {request} of {pid}: {os.strerror(ctypes.get_errno())}")
    return result


def functions(binary):
    """Name of each function by its offset in the image."""
    found = {}
    out = subprocess.run(["readelf", "-sW", binary], capture_output=True, text=True, check=True).stdout
    for row in out.splitlines():
        f = row.split()
        if len(f) >= 8 and f[3] == "FUNC" and f[6] not in ("UND", "ABS"):
            found.setdefault(int(f[1], 16), f[7].split("@")[0])
    return found


class Tracer:
    def __init__(self, command, out):
        self.names, self.out, self.hits, self.part = functions(command[0]), out, [], 0
        self.pid = os.fork()
        if self.pid == 0:
            ptrace(TRACEME, 0)
            os.execv(command[0], command)
        os.waitpid(self.pid, 0)
        ptrace(SETOPTIONS, self.pid, 0, OPTIONS)
        with open(f"/proc/{self.pid}/maps") as maps:
            self.base = min(int(row.split("-")[0], 16) for row in maps if os.path.realpath(command[0]) in row)
        self.memory = os.open(f"/proc/{self.pid}/mem", os.O_RDWR)
        self.original = {}
        for offset in self.names:
            self.original[offset] = os.pread(self.memory, 1, self.base + offset)
        self.arm()

    def arm(self, *_):
        self.part += 1
        for offset in self.names:
            os.pwrite(self.memory, b"\xcc", self.base + offset)

    def hit(self, tid):
        """Whether this stop was one of our breakpoints."""
        rip = ptrace(PEEKUSER, tid, RIP) & (2**64 - 1)
        offset = rip - 1 - self.base
        if offset not in self.names:
            return False
        with open(f"/proc/{tid}/mem", "r+b", buffering=0) as memory:
            os.pwrite(memory.fileno(), self.original[offset], rip - 1)
        self.hits.append((self.part, offset))
        ptrace(POKEUSER, tid, RIP, rip - 1)
        return True

    def run(self):
        signal.signal(signal.SIGUSR1, self.arm)
        ptrace(CONT, self.pid)
        known, status = {self.pid}, 0
        while True:
            tid, state = os.waitpid(-1, WALL)
            if os.WIFEXITED(state) or os.WIFSIGNALED(state):
                if tid == self.pid:
                    break
                continue
            sent, event, pass_on = os.WSTOPSIG(state), state >> 16, 0
            try:
                if event == EVENT_EXEC and tid != self.pid:
                    ptrace(DETACH, tid)
                    continue
                if tid not in known:
                    known.add(tid)
                    pass_on = 0 if sent == signal.SIGSTOP else sent
                elif not event and not (sent == signal.SIGTRAP and self.hit(tid)):
                    pass_on = sent
                ptrace(CONT, tid, 0, pass_on)
            except ProcessLookupError:
                pass
            except OSError as problem:
                if problem.errno != 3:
                    raise
        self.write()
        return os.waitstatus_to_exitcode(state)

    def write(self):
        with open(self.out, "w") as f:
            seen = set()
            for part, offset in self.hits:
                if (part, offset) not in seen:
                    seen.add((part, offset))
                    f.write(f"{part} {self.names[offset]}\n")


def watch(binary, arguments, steps):
    """Functions of each part: start-up, what `steps` does, and between them a time when nothing is typed."""
    from terminal import Terminal

    with tempfile.TemporaryDirectory() as box:
        out = os.path.join(box, "hits")
        t = Terminal([sys.executable, __file__, "trace", out, binary, *arguments], 160, 48)
        t.wait("help", 120)
        time.sleep(15)
        os.kill(t.pid, signal.SIGUSR1)
        time.sleep(70)  # What comes twice a minute belongs to a calm one.
        os.kill(t.pid, signal.SIGUSR1)
        time.sleep(2)
        for keys in steps:
            t.type(keys)
            time.sleep(1.5)
        t.close()
        parts = {}
        with open(out) as f:
            for row in f:
                part, name = row.split(" ", 1)
                parts.setdefault(int(part), []).append(name.strip())
    return [parts.get(n, []) for n in (1, 2, 3)]


# Sections of more bytes that hold many functions, as the Swift toolchain's archives have them, stay where they are: to
# put one of their functions first would put all of them there.
WHOLE_MAX = 16384
# Functions without a name, or with one that many share; no order can name them.
NAMELESS = [".L*", "__swift_*", "block_*", "objectdestroy*"]


def placed(names, map_path):
    """The names that can be put somewhere by name; and of the others those that can by their section's name."""
    wanted, whole, own, section = set(names), set(), set(), None
    with open(map_path) as f:
        for row in f:
            found = re.match(r" *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ ( *)(.*)", row)
            if not found:
                continue
            size, depth, name = int(found[1], 16), len(found[2]), found[3]
            if depth == 8:
                at = re.search(r":\((\.text\S*)\)$", name)
                section = at and (at[1], size)
            elif depth > 8 and section and name in wanted:
                (whole if section[0] == ".text" and section[1] > WHOLE_MAX else own).add(name)
    shared = sorted(whole & own)
    named = [n for n in shared if not any(fnmatch.fnmatchcase(n, pattern) for pattern in NAMELESS)]
    return [n for n in names if n not in whole], named


def make(binary, map_path, config, folder):
    pages = [str(n % 10) for n in range(1, 11)] + ["1", "j", "\r", "\x1b", "?", "\x1b", "x", "\x1b", ":", "\x1b"]
    start, calm, typed = watch(os.path.abspath(binary), ["--config", config], pages)
    demo = watch(os.path.abspath(binary), ["demo"], pages)
    names = list(dict.fromkeys([*calm, *start, *typed, *demo[1], *demo[0], *demo[2]]))
    order, shared = placed(names, map_path)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "order.txt"), "w") as f:
        f.writelines(name + "\n" for name in order)
    with open(os.path.join(folder, "shared.ld"), "w") as f:
        f.write("/* Written by scripts/layout.py: small functions that no order can name, side by side. */\n")
        f.write("SECTIONS { .text.shared : {\n")
        f.writelines(f"    *(.text.{name})\n" for name in NAMELESS + shared)
        f.write("} } INSERT AFTER .text;\n")
    print(f"{len(names)} functions were called, {len(calm)} of them when calm; {len(order)} are put in order")


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "trace":
        sys.exit(Tracer(sys.argv[3:], sys.argv[2]).run())
    if len(sys.argv) == 6 and sys.argv[1] == "make":
        sys.exit(make(*sys.argv[2:]))
    sys.exit(__doc__)
