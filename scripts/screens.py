"""Takes every page of the dashboard on the simulated platform, in every size and theme, after a leader was killed."""
import os, sys, time
from concurrent.futures import ThreadPoolExecutor

from terminal import Terminal

BINARY = os.environ.get("PITBOSS", ".build/release/pitboss")
SIZES = [(80, 24), (120, 36), (160, 48), (200, 60)]
THEMES = ["dark", "light", "mono", "high-contrast", "deuteranopia"]
# A page: its name, the keys that lead to it, and those that lead back.
PAGES = [
    ("overview", "1", ""), ("nodes", "2", ""), ("replication", "3", ""), ("balancers", "4", ""), ("events", "5", ""),
    ("backups", "6", ""), ("network", "7", ""), ("edge", "8", ""), ("redundancy", "9", ""),
]
# What is the same in every theme: taken in the usual one only.
MORE = [
    ("detail-group", "1g\r", "\x1b"), ("detail-member", "3gj\r", "\x1b"), ("detail-node", "2g\r", "\x1b"),
    ("help", "1?", "\x1b"), ("palette", "1:", "\x1b"), ("requests", "1@", "\x1b"), ("what-if", "2gx", "\x1b"),
    ("promote", "3gjjp", "\x1b\x1b"), ("drain-node", "2gjd", "\x1b\x1b"), ("rewind", "1[[[[", "\\"),
]


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "docs/screens"
    os.makedirs(folder, exist_ok=True)
    with ThreadPoolExecutor(int(os.environ.get("AT_ONCE", "3"))) as pool:
        jobs = [pool.submit(pages, folder, theme, *size) for theme in THEMES for size in SIZES]
        jobs += [pool.submit(alerts, folder, theme, *size) for theme in THEMES for size in SIZES]
        jobs += [pool.submit(wall, folder, *size) for size in SIZES[1:]]
        for job in jobs:
            job.result()


def path(folder, name, columns, rows, theme="dark"):
    return f"{folder}/{name}-{columns}x{rows}{'' if theme == 'dark' else '-' + theme}.png"


def demo(scenario, speed, theme, columns, rows):
    ascii_ = ["--ascii"] if theme == "mono" else []
    command = [BINARY, "demo", "--scenario", scenario, "--speed", str(speed), "--theme", theme] + ascii_
    screen = Terminal(command, columns, rows, environment={"COLORTERM": "truecolor"})
    screen.wait("wallet-db")
    return screen


def pages(folder, theme, columns, rows):
    screen = demo("leader-killed", 4, theme, columns, rows)
    screen.type("5")
    screen.wait("writes back", 60)
    time.sleep(1)
    for name, keys, back in PAGES + (MORE if theme == "dark" else []):
        for key in keys:
            screen.type(key)
            time.sleep(0.4)
        time.sleep(0.8)
        screen.picture(path(folder, name, columns, rows, theme), theme == "light", theme in ("dark", "mono"))
        for key in back:
            screen.type(key)
            time.sleep(0.4)
    finish(screen)


def alerts(folder, theme, columns, rows):
    """Where something fires: a disk that is about to fail."""
    screen = demo("disk-failing", 8, theme, columns, rows)
    screen.type("0")
    screen.wait("DiskFailing", 60)
    time.sleep(1)
    screen.picture(path(folder, "alerts", columns, rows, theme), theme == "light", theme in ("dark", "mono"))
    if theme == "dark":
        for key in "gs":
            screen.type(key)
            time.sleep(0.4)
        time.sleep(0.8)
        screen.picture(path(folder, "silence", columns, rows), False, True)
        for _ in range(2):
            screen.type("\x1b")
            time.sleep(0.6)
    finish(screen)


def wall(folder, columns, rows):
    screen = Terminal([BINARY, "demo", "--wall", "--scenario", "leader-killed", "--speed", "4"], columns, rows)
    screen.wait("all protected")
    time.sleep(3)
    screen.picture(path(folder, "wall", columns, rows))
    screen.wait("since 14:58", 30)
    time.sleep(1)
    screen.picture(path(folder, "wall-alarm", columns, rows))
    finish(screen, "\x03")


def finish(screen, keys="Q"):
    status, seconds = screen.close(keys)
    if status not in (0, 130):
        raise SystemExit(f"the dashboard ended with {status} after {seconds:.2f} s")


main()
