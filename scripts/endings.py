"""How the dashboard ends: by key, by signal, by a stop, by a crash, by a terminal that goes away. Every endpoint dead."""
import os, signal, termios, time

from bench import BINARY, dead_configuration, line
from terminal import Terminal


def settings(t):
    return termios.tcgetattr(t.fd)[:4]


def main():
    config = dead_configuration()
    for name, ending in [("SIGTERM", signal.SIGTERM), ("SIGHUP", signal.SIGHUP), ("SIGINT", signal.SIGINT),
                         ("a crash (SIGSEGV)", signal.SIGSEGV), ("a crash (SIGABRT)", signal.SIGABRT)]:
        t = Terminal([BINARY, "--config", config], 100, 30, environment={"SWIFT_BACKTRACE": "enable=no"})
        t.wait("UNKNOWN", 10)
        raw = settings(t)
        os.kill(t.pid, ending)
        begun = time.monotonic()
        while True:
            pid, status = os.waitpid(t.pid, os.WNOHANG)
            if pid or time.monotonic() > begun + 5:
                break
            time.sleep(0.005)
        took = time.monotonic() - begun
        time.sleep(0.1)
        whole = bool(settings(t)[3] & termios.ECHO) and not bool(raw[3] & termios.ECHO) and not t.screen.cursor.hidden
        line(f"ends by {name}", f"{'whole' if whole else 'BROKEN'} after {took * 1000:.0f} ms",
             f"exit {os.waitstatus_to_exitcode(status) if pid else 'none'}")
        if not pid:
            os.kill(t.pid, signal.SIGKILL)
    t = Terminal([BINARY, "--config", config], 100, 30)
    t.wait("UNKNOWN", 10)
    os.kill(t.pid, signal.SIGTSTP)
    time.sleep(0.5)
    with open(f"/proc/{t.pid}/stat") as f:
        stopped = f.read().rsplit(")", 1)[1].split()[0] == "T"
    cooked = bool(settings(t)[3] & termios.ECHO)
    os.kill(t.pid, signal.SIGCONT)
    time.sleep(0.7)
    drawn = any("UNKNOWN" in row for row in t.screen.display) and not settings(t)[3] & termios.ECHO
    line("SIGTSTP, SIGCONT", f"stopped {stopped}, whole {cooked}, drawn again {drawn}")
    t.close()
    t = Terminal([BINARY, "--config", config], 100, 30)
    t.wait("UNKNOWN", 10)
    begun = time.monotonic()
    os.close(t.fd)
    while os.waitpid(t.pid, os.WNOHANG)[0] == 0 and time.monotonic() < begun + 5:
        time.sleep(0.005)
    line("the terminal goes away", f"ended after {(time.monotonic() - begun) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
