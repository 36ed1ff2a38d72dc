"""Boots the lab unless it is up, opens the dashboard on it at each size, and takes every page."""
import json, os, subprocess, sys, time

from terminal import Terminal

BINARY = os.environ.get("PITBOSS", ".build/release/pitboss")
# A page: its name, the keys that lead to it from the overview, and those that lead back.
PAGES = [
    ("overview", "1", ""), ("nodes", "2", ""), ("replication", "3", ""), ("balancers", "4", ""), ("events", "5", ""),
    ("detail-group", "1g\r", "\x1b"), ("detail-member", "3gj\r", "\x1b"), ("detail-node", "2g\r", "\x1b"),
    ("help", "1?", "\x1b"), ("palette", "1:", "\x1b"), ("requests", "1@", "\x1b"), ("promote", "3gjjp", "\x1b\x1b"),
]


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "docs/screens"
    themes = sys.argv[2].split(",") if len(sys.argv) > 2 else ["dark"]
    sizes = [(80, 24), (160, 48)]
    os.makedirs(folder, exist_ok=True)
    subprocess.run([BINARY, "lab", "up"], check=True)
    status = subprocess.run([BINARY, "lab", "status", "--json"], capture_output=True, text=True).stdout
    config = json.loads(status)["configuration"]
    for theme in themes:
        for columns, rows in sizes:
            take(folder, theme, columns, rows, config)


def take(folder, theme, columns, rows, config):
    screen = Terminal([BINARY, "--config", config, "--operate", "--theme", theme], columns, rows)
    screen.wait("wallet-db")
    time.sleep(6)  # Rates need two samples; histories need a few.
    suffix = "" if theme == "dark" else f"-{theme}"
    for name, keys, back in PAGES:
        for key in keys:
            screen.type(key)
            time.sleep(0.4)
        time.sleep(0.6)
        path = f"{folder}/{name}-{columns}x{rows}{suffix}.png"
        screen.picture(path)
        print(path)
        for key in back:
            screen.type(key)
            time.sleep(0.5)
    status, seconds = screen.close()
    if status != 0:
        raise SystemExit(f"the dashboard ended with {status} after {seconds:.2f} s")


main()
