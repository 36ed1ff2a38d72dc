"""Records a session on the simulated platform for asciinema's player (asciicast v2)."""
import json, os, sys, time

from terminal import Terminal

BINARY = os.environ.get("PITBOSS", ".build/release/pitboss")


class Recorded(Terminal):
    """A terminal whose output is written down as it comes."""

    def __init__(self, path, command, columns, rows):
        self.cast = open(path, "w")
        self.begun = time.monotonic()
        header = dict(version=2, width=columns, height=rows, title="pitboss: a failover at kick-off",
                      env=dict(TERM="xterm-256color"))
        self.cast.write(json.dumps(header) + "\n")
        super().__init__(command, columns, rows, environment={"COLORTERM": "truecolor"})
        feed = self.stream.feed

        def write_down(data):
            text = data.decode("utf-8", "replace")
            self.cast.write(json.dumps([round(time.monotonic() - self.begun, 3), "o", text]) + "\n")
            feed(data)

        self.stream.feed = write_down

    def slowly(self, keys, pause=0.9):
        for key in keys:
            self.type(key)
            time.sleep(pause)


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "docs/failover.cast"
    command = [BINARY, "demo", "--scenario", "leader-killed", "--speed", "2"]
    t = Recorded(path, command, 120, 36)
    t.wait("wallet-db")
    time.sleep(6)
    t.slowly("3", 2)
    t.slowly("1", 1)
    t.wait("writes back", 60)
    time.sleep(5)
    t.slowly("5", 4)
    # The old leader comes back as a replica, and the lead goes home by switchovers to the synchronous standby.
    t.slowly("1", 1)
    t.wait("back as a replica", 120)
    time.sleep(8)
    t.slowly("3", 2)
    for _ in range(3):
        t.slowly("/wallet-db\r", 0.2)
        time.sleep(1.5)
        t.slowly("p", 4)
        t.wait("╭ Promote ")
        candidate = next(w.split("╭ Promote ")[1].split(" ")[0] for w in t.screen.display if "╭ Promote " in w)
        t.slowly("y", 1.5)
        t.slowly("the match has begun, home again\r", 0.06)
        time.sleep(1)
        t.slowly(candidate + "\r", 0.15)
        time.sleep(9)
        t.slowly("\x1b", 3)
        if candidate == "db-ams-1":
            break
    t.slowly("\x1b", 1)
    # A server is drained on every balancer that has it.
    t.slowly("4", 2)
    t.slowly("/bet-ams-1\r", 0.2)
    time.sleep(1)
    t.slowly("j", 1.5)
    t.slowly("d", 5)
    t.slowly("y", 1.5)
    t.slowly("new kernel\r", 0.06)
    t.slowly("Y", 2)
    t.wait("done: Drain", 90)
    time.sleep(3)
    t.slowly("\x1b", 2)
    t.slowly("5", 4)
    status, _ = t.close()
    t.cast.close()
    print(path, "ended with", status)


main()
