"""Figures beside budgets; every line names what was measured, the figure, and the budget."""
import base64, json, os, shutil, statistics, subprocess, sys, tempfile, threading, time, urllib.request

from terminal import Terminal

BINARY = os.environ.get("PITBOSS", ".build/release/pitboss")
ROUNDS = int(os.environ.get("ROUNDS", "20"))


def pitboss(*arguments, check=True):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise SystemExit(f"pitboss {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def line(what, figure, budget=""):
    print(f"{what:<58} {figure:>28}   {budget}", flush=True)


def spread(values, unit="ms", scale=1000):
    values = sorted(v * scale for v in values)
    p99 = values[min(len(values) - 1, int(len(values) * 0.99))]
    return f"p50 {statistics.median(values):.1f}  p99 {p99:.1f} {unit} (n={len(values)})"


def dead_configuration():
    """Every endpoint dead: nothing listens on these ports."""
    path = os.path.join(tempfile.mkdtemp(), "pitboss.yaml")
    with open(path, "w") as f:
        f.write("""platform: all-dead
sites: [{name: ams}]
nodes: [{name: node-ams, site: ams, addresses: [127.0.0.1], node_exporter: "http://127.0.0.1:9/metrics"}]
groups:
  - {name: wallet-db, tier: critical, mode: active-passive, patroni: {scope: wallet-db, etcd: {endpoints: ["http://127.0.0.1:9"]}}}
balancers: [{name: lb-1, node: node-ams, socket: "tcp://127.0.0.1:9"}]
""")
    return path


def startup():
    config = dead_configuration()
    first, leave = [], []
    for _ in range(11):
        t = Terminal([BINARY, "--config", config], 120, 36)
        seen = t.wait("UNKNOWN", 10)
        first.append(seen - t.started)
        time.sleep(0.7)  # Nobody leaves before having looked.
        status, seconds = t.close()
        assert status == 0, status
        leave.append(seconds)
    line("process start to first frame, every endpoint dead", f"{statistics.median(first) * 1000:.0f} ms", "<= 30 ms")
    line("Q to the end of the process, every endpoint dead", f"{statistics.median(leave) * 1000:.0f} ms")
    for peer, text in [("htop", "Load"), ("btop", "cpu")]:
        if shutil.which(peer):
            t = Terminal([peer], 120, 36)
            seen = t.wait(lambda: sum(len(r.strip()) for r in t.screen.display) > 200, 10)
            line(f"  {peer}: start to first text", f"{(seen - t.started) * 1000:.0f} ms")
            t.close("q")


# After a change members are asked each second for half a minute (docs/decisions/0007): only then is it calm.
CALM_AFTER = 45


def calm():
    config = json.loads(pitboss("lab", "status", "--json", check=False))["configuration"]
    seconds = int(os.environ.get("SECONDS_CALM", "30"))
    for name, command in [("pitboss", [BINARY, "--config", config]), ("htop", ["htop"]), ("btop", ["btop"])]:
        if name != "pitboss" and not shutil.which(name):
            continue
        t = Terminal(command, 200, 60)
        time.sleep(CALM_AFTER)
        sent, (cpu, _) = t.bytes, t.usage()
        time.sleep(seconds)
        cpu_after, resident = t.usage()
        budget = "<= 500 B/s, <= 3 ms/s, <= 30 MB" if name == "pitboss" else ""
        line(f"{name}, 200x60, calm, {seconds} s", f"{(t.bytes - sent) / seconds:.0f} B/s, "
             f"{(cpu_after - cpu) * 1000 / seconds:.1f} ms/s, {resident / 1024:.1f} MB", budget)
        t.close("Q" if name == "pitboss" else "q")


def incident():
    """What a slow line has to carry while a leader dies: a minute of it, on the simulated platform."""
    scenario = ["demo", "--scenario", "leader-killed"]
    seconds = int(os.environ.get("SECONDS_INCIDENT", "60"))
    for name, command in [("pitboss, leader-killed", [BINARY, *scenario]), ("htop", ["htop"]), ("btop", ["btop"])]:
        if not name.startswith("pitboss") and not shutil.which(name):
            continue
        t = Terminal(command, 200, 60)
        if name.startswith("pitboss"):
            t.wait("db-ams-1 lost", 300)  # The scenario begins calm.
        else:
            time.sleep(6)
        sent, (cpu, _) = t.bytes, t.usage()
        time.sleep(seconds)
        cpu_after, resident = t.usage()
        line(f"{name}, 200x60, {seconds} s of it", f"{(t.bytes - sent) / seconds:.0f} B/s, "
             f"{(cpu_after - cpu) * 1000 / seconds:.1f} ms/s, {resident / 1024:.1f} MB")
        t.close("Q" if name.startswith("pitboss") else "q")


def keys():
    """From a key written to the terminal to the first cell that it changes, on 1,000 members."""
    bench = os.environ.get("BENCH", ".build/release/Bench")
    t = Terminal([bench, "glass"], 200, 60)
    t.wait("pool-", 20)
    time.sleep(1)
    took = []
    for n in range(300):
        key = "24"[n % 2] if n % 10 == 0 else "jk"[n % 2]
        time.sleep(0.02)
        before = t.bytes
        changed = t.expect(lambda: t.bytes > before)
        begun = time.monotonic()
        t.type(key)
        while not changed and time.monotonic() < begun + 1:
            time.sleep(0.0002)
        if changed:
            took.append(changed[0] - begun)
    t.close()
    line("a key to the lit cell, 200x60, 1,000 members", spread(took), "p99 <= 16 ms")


def hour():
    """Memory over an hour, side by side: resident, and of it what is its own."""
    seconds = int(os.environ.get("SECONDS_HOUR", "3600"))
    lab = json.loads(pitboss("lab", "status", "--json", check=False) or "{}").get("configuration")
    peers = [("pitboss demo", [BINARY, "demo"])] + [(n, [n]) for n in ("htop", "btop") if shutil.which(n)]
    if lab and os.path.exists(lab):
        peers.insert(0, ("pitboss on the lab", [BINARY, "--config", lab]))
    screens = [(name, Terminal(command, 200, 60)) for name, command in peers]
    begun = time.monotonic()
    for part in (60, seconds / 2, seconds):
        time.sleep(max(0, begun + part - time.monotonic()))
        for name, t in screens:
            with open(f"/proc/{t.pid}/status") as f:
                own = next(int(row.split()[1]) for row in f if row.startswith("RssAnon"))
            _, resident = t.usage()
            line(f"{name} after {part / 60:.0f} min", f"{resident / 1024:.1f} MB, own {own / 1024:.1f} MB",
                 "<= 30 MB" if name == "pitboss on the lab" else "")
    for name, t in screens:
        t.close("Q" if name.startswith("pitboss") else "q")


class LeaderWatch(threading.Thread):
    """An etcd watch of its own: when each new leader was told, and at which revision."""

    def __init__(self, url, key):
        super().__init__(daemon=True)
        self.changes, self.url, self.key = [], url, key
        self.start()

    def run(self):
        body = json.dumps({"create_request": {"key": base64.b64encode(self.key.encode()).decode()}}).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + "/v3/watch", body), timeout=3600) as stream:
            last = None
            for row in stream:
                now = time.monotonic()
                for event in json.loads(row)["result"].get("events", []):
                    value = event["kv"].get("value")
                    leader = base64.b64decode(value).decode() if value and event.get("type") != "DELETE" else None
                    if leader and leader != last:
                        self.changes.append((now, leader, int(event["kv"]["mod_revision"])))
                        last = leader


def leader(config):
    groups = json.loads(pitboss("status", "--json", "--config", config))["groups"]
    return next(g for g in groups if g["name"] == "wallet-db")["leader"].split("/")[-1]


def settled(config, seconds=90):
    """Waits until a leader has a synchronous standby again, or the next round measures a cluster in repair."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        out = subprocess.run(["patronictl", "-c", os.path.join(os.path.dirname(config), "patronictl.yaml"), "list", "-f",
                              "json"], capture_output=True, text=True, env=dict(os.environ, PATH="/usr/bin:/bin"))
        try:
            roles = [(m["Role"], m["State"]) for m in json.loads(out.stdout)]
        except (ValueError, KeyError):
            roles = []
        if len(roles) == 3 and any(r == "Leader" for r, _ in roles) and any(r == "Sync Standby" for r, _ in roles) \
                and all(s == "running" or s == "streaming" for _, s in roles):
            return
        time.sleep(0.5)
    raise SystemExit("the cluster did not settle")


def failover():
    config = json.loads(pitboss("lab", "status", "--json", check=False))["configuration"]
    settled(config)
    with open(os.path.join(os.path.dirname(config), "patronictl.yaml")) as f:
        etcd = "http://" + next(w for w in f.read().replace("'", " ").replace(",", " ").replace("[", " ").replace("]", " ").split() if w.endswith(":2379"))
    watch = LeaderWatch(etcd.replace("http://http://", "http://"), "/service/wallet-db/leader")
    glass = Terminal([BINARY, "--config", config], 160, 48)
    peer = Terminal(["patronictl", "-c", os.path.join(os.path.dirname(config), "patronictl.yaml"), "list", "-W"], 160, 48,
                    environment={"PATH": "/usr/bin:/bin"})
    glass.wait("wallet-db")
    time.sleep(5)
    lit, redrawn = [], []
    for round_ in range(ROUNDS):
        settled(config)
        time.sleep(1)
        old, count = leader(config), len(watch.changes)
        others = [m for m in ("pg-ams-1", "pg-lon-1", "pg-dub-1") if m != old]
        # The cell itself: an event of another member may stand on the same row.
        on_glass = {m: glass.expect(lambda m=m: any("wallet-db" in r and m + " ★" in r for r in glass.screen.display))
                    for m in others}
        on_peer = {m: peer.expect(lambda m=m: any(m in r and "Leader" in r for r in peer.screen.display)) for m in others}
        if round_ % 2 == 0:
            pitboss("lab", "kill", "--fast", old)
        else:
            pitboss("promote", "wallet-db", "--operate", "--yes", "--reason", "measuring", "--config", config, check=False)
        end = time.monotonic() + 60
        while len(watch.changes) == count and time.monotonic() < end:
            time.sleep(0.01)
        told, new, revision = watch.changes[count]
        end = time.monotonic() + 30
        while not (on_glass[new] and on_peer[new]) and time.monotonic() < end:
            time.sleep(0.01)
        lit.append(on_glass[new][0] - told)
        redrawn.append(on_peer[new][0] - told)
        kind = "failover" if round_ % 2 == 0 else "switchover"
        line(f"  {kind} {old} -> {new}, revision {revision}",
             f"{lit[-1] * 1000:.1f} ms", f"patronictl list -W {redrawn[-1] * 1000:.0f} ms")
        if round_ % 2 == 0:
            pitboss("lab", "resume", old)
    line("etcd's watch line to the lit cell, real failovers", spread(lit), "p99 <= 50 ms")
    line("  patronictl list -W, the same events", spread(redrawn))
    glass.close()
    peer.close("\x03")


def main():
    for name in sys.argv[1:] or ["startup", "keys", "calm", "failover", "incident"]:
        if name in ("calm", "failover"):
            pitboss("lab", "up")
        if name == "prometheus":
            import thousand
            thousand.main()
            continue
        {"startup": startup, "keys": keys, "calm": calm, "failover": failover, "incident": incident,
         "hour": hour}[name]()


if __name__ == "__main__":
    main()
