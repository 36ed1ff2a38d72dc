"""Breaks one thing at a time in the lab, watches what pitboss says, heals it, and prints a table of it."""
import json, os, re, shutil, signal, subprocess, sys, tempfile, threading, time

from crowd import Clients
from terminal import Terminal

BINARY = os.environ.get("PITBOSS", ".build/release/pitboss")
LAB = os.environ.get("FAULTS_DIR", "/tmp/pitboss-lab")
STATE = tempfile.mkdtemp(prefix="faults-")
ENVIRONMENT = {**os.environ, "XDG_STATE_HOME": STATE, "LC_ALL": "C.UTF-8"}
CALM_SECONDS_MAX = 90


def pitboss(*arguments, check=True):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, env=ENVIRONMENT)
    if check and done.returncode != 0:
        raise SystemExit(f"pitboss {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def lab(*words):
    return pitboss("lab", *words, "--dir", LAB)


def lab_status():
    return json.loads(pitboss("lab", "status", "--json", "--dir", LAB, check=False))["members"]


def member(kind, leads=None, index=0):
    """The name of a member of that kind: the one that leads, or one that does not."""
    found = [m["name"] for m in lab_status() if m["kind"] == kind and (leads is None or m["isLeader"] == leads)]
    return found[index]


class Watch:
    """`pitboss events --follow`, and the dashboard on a terminal of 200x60 columns, both with times."""

    def __init__(self, config):
        self.events, self.screens = [], []
        self.tail = subprocess.Popen([BINARY, "events", "--follow", "--json", "--last", "0", "--config", config],
                                     stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.glass = Terminal([BINARY, "--config", config], 200, 60, environment={"XDG_STATE_HOME": STATE})
        self.isOver = False
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._look, daemon=True).start()

    def _read(self):
        for line in self.tail.stdout:
            try:
                self.events.append((time.monotonic(), json.loads(line)))
            except json.JSONDecodeError:
                pass

    def _look(self):
        while not self.isOver:
            with self.glass.lock:
                text = "\n".join(self.glass.screen.display)
            if not self.screens or self.screens[-1][1] != text:
                self.screens.append((time.monotonic(), text))
                del self.screens[:-4000]
            time.sleep(0.05)

    def settle(self):
        """Until every source lives, and a while longer: what is said in the first moments is the state of things."""
        def is_whole():
            found = re.search(r"sources (\d+) of (\d+) live", self.glass.screen.display[-1])
            return bool(found) and found.group(1) == found.group(2)
        try:
            self.glass.wait(is_whole, 40)
        except TimeoutError:
            pass
        time.sleep(8)

    def on_screen(self, text, since):
        """When the beginning of a sentence was first to be read on the dashboard."""
        for at, screen in list(self.screens):
            if at >= since and text[:24] in screen:
                return at
        return None

    def close(self):
        self.isOver = True
        self.tail.terminate()
        self.tail.wait()
        self.glass.close()


class Fault:
    """One thing to break: how, how to put it back, and the words that have to come, on a page of the dashboard."""

    def __init__(self, name, command, break_it, heal, expect, seconds=30, page=None, on_screen=None, config=None):
        self.name, self.command, self.break_it, self.heal = name, command, break_it, heal
        self.expect, self.seconds, self.page, self.on_screen, self.config = expect, seconds, page, on_screen, config


def killed(name, who, expect, verb="kill", **more):
    """`lab VERB` of one or several members, found when its turn comes."""
    names = []

    def break_it():
        names[:] = who() if callable(who) else who
        for one in names:
            lab(verb, one)

    def heal():
        for one in names:
            lab("heal", one)

    def command():
        return ", ".join(f"`lab {verb} {one}`" for one in names)
    return Fault(name, command, break_it, heal, expect, **more)


def moved(path):
    def away():
        os.rename(path, path + ".away")

    def back():
        os.rename(path + ".away", path)
    return away, back


def reload_balancers():
    for m in lab_status():
        if m["kind"] == "haproxy":
            parents = {pid: int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1]) for pid in m["processes"]}
            master = next(pid for pid, parent in parents.items() if parent not in parents)
            os.kill(master, signal.SIGUSR2)


def certificate(days):
    subprocess.run(["sh", f"{LAB}/edge/certificate.sh", str(days)], check=True)
    shutil.chown(f"{LAB}/edge/bet.pem", "postgres")
    reload_balancers()


def program(number):
    """A signal to the program that observes for pitboss."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
        except OSError:
            continue
        if f"{LAB}/odds/odds.py".encode() in words:
            os.kill(int(pid), number)


def touch(path, text=""):
    def make():
        with open(path, "w") as f:
            f.write(text)
    return make, lambda: os.unlink(path)


def edit(path, *changes):
    """Replaces words in a file, and puts the whole text back."""
    kept = []

    def change():
        kept[:] = [open(path).read()]
        text = kept[0]
        for old, new in changes:
            assert old in text, (path, old)
            text = text.replace(old, new)
        write(text)

    def write(text):
        with open(path + ".new", "w") as f:
            f.write(text)
        os.chmod(path + ".new", 0o644)
        os.rename(path + ".new", path)
    return change, lambda: write(kept[0])


class Filling:
    """A small file system (a real one: what lives in memory, or under /mnt, is not watched) that somebody fills."""
    PLACE, IMAGE, MEGABYTES = "/srv/pitboss-fault", "/var/tmp/pitboss-fault.img", 400

    def __init__(self):
        self.isOver = False

    def begin(self):
        os.makedirs(self.PLACE, exist_ok=True)
        with open(self.IMAGE, "wb") as f:
            f.truncate(self.MEGABYTES << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.IMAGE], check=True)
        subprocess.run(["mount", "-o", "loop", self.IMAGE, self.PLACE], check=True)
        threading.Thread(target=self._write, daemon=True).start()

    def _write(self):
        with open(f"{self.PLACE}/log", "wb") as f:
            while not self.isOver:
                try:
                    f.write(bytes(500_000))
                    f.flush()
                    os.fsync(f.fileno())
                except OSError:
                    return
                time.sleep(0.5)

    def end(self):
        self.isOver = True
        time.sleep(1)
        subprocess.run(["umount", "-l", self.PLACE], check=True)
        os.rmdir(self.PLACE)
        os.unlink(self.IMAGE)


def switch_log():
    """Begins another segment of log on the leader, so that the archive has some."""
    name = member("patroni", True)
    port = re.search(r"listen: [0-9.]+:(\d+)", open(f"{LAB}/members/{name}/settings.yml").read().split("postgresql:")[-1])
    subprocess.run(["psql", "-h", f"{LAB}/members/{name}/run", "-p", port.group(1), "-U", "postgres", "-qAtc",
                    "select pg_logical_emit_message(true, 'fault', 'x'), pg_switch_wal()"], check=True,
                   stdout=subprocess.DEVNULL)


def missing_segment():
    """One segment of the newest timeline in the archive of the first repository, with others after it."""
    found = []
    for folder, _, names in os.walk(f"{LAB}/backup/repo1/archive"):
        found += [os.path.join(folder, n) for n in names if re.match(r"[0-9A-F]{24}-", n)]
    found.sort()
    return found[-3]


def doors():
    """Of bet_api at both balancers."""
    return [(host, int(port)) for host, port in re.findall(r'tcp: "([0-9.]+):(\d+)"', open(f"{LAB}/pitboss.yaml").read())]


def faults():
    bets = {"name": "bet-3"}
    repo = moved(f"{LAB}/backup/repo2")
    smart = edit(f"{LAB}/members/node-lon/smartmon.prom",
                 ('smartmon_device_smart_healthy{disk="/dev/sdb",type="sat"} 1',
                  'smartmon_device_smart_healthy{disk="/dev/sdb",type="sat"} 0'),
                 ('smartmon_current_pending_sector_raw_value{disk="/dev/sdb",type="sat",smart_id="197"} 0.000000e+00',
                  'smartmon_current_pending_sector_raw_value{disk="/dev/sdb",type="sat",smart_id="197"} 8.000000e+00'))
    raid = edit(f"{LAB}/members/node-dub/raid.prom", ('state="active"} 2', 'state="active"} 1'),
                ('state="failed"} 0', 'state="failed"} 1'))
    script = moved(f"{LAB}/odds/odds.py")
    garbage = touch(f"{LAB}/odds/garbage")
    filling = Filling()
    segment = []

    def lose_segment():
        for _ in range(4):
            switch_log()
        time.sleep(3)
        segment[:] = [missing_segment()]
        os.rename(segment[0], f"{LAB}/backup/segment.away")

    clients = Clients(doors())
    leader = lambda kind: (lambda: [member(kind, True)])
    follower = lambda kind: (lambda: [member(kind, False)])
    return [
        killed("a bet-api server dies", [bets["name"]], "bet-3"),
        killed("a bet-api server hangs", ["bet-4"], "bet-4", "pause"),
        killed("a balancer dies", ["lb-1"], "lb-1"),
        killed("the network of a balancer is cut", ["lb-2"], "lb-2", "partition"),
        killed("the database leader dies", leader("patroni"), "writes back", seconds=60),
        killed("the database leader hangs", leader("patroni"), "writes back", "pause", seconds=60),
        killed("the database leader is cut off", leader("patroni"), "writes back", "partition", seconds=60),
        killed("a database standby dies", lambda: [next(m["name"] for m in lab_status() if m["isSynchronous"])],
               "wallet-db", seconds=30),
        killed("the Redis leader dies", leader("redis"), "leads, before it"),
        killed("the Redis leader hangs", leader("redis"), "leads, before it", "pause"),
        killed("a Redis replica dies", follower("redis"), "session-cache"),
        killed("a Sentinel dies", ["sentinel-dub"], "2 of 3 votes"),
        killed("two Sentinels die", ["sentinel-dub", "sentinel-lon"], "1 of 3 votes"),
        killed("an etcd member dies", follower("etcd"), "2 of 3 votes"),
        killed("the etcd leader hangs", leader("etcd"), "2 of 3 votes", "pause"),
        killed("two etcd members die", lambda: ["etcd-ams", "etcd-lon"], "quorum lost", seconds=40),
        killed("a standby without a manager dies", ["ledger-lon"], "ledger-db"),
        killed("a primary without a manager dies", ["ledger-ams"], "none of 3 members"),
        killed("a primary without a manager hangs", ["ledger-ams"], "none of 3 members", "pause"),
        Fault("the off-site repository is gone", "`mv backup/repo2 …`", *repo, "elsewhere"),
        Fault("a gap in the archived log", "one segment removed from `backup/repo1/archive`", lose_segment,
              lambda: os.rename(f"{LAB}/backup/segment.away", segment[0]), "missing in the archived log", seconds=75),
        Fault("a backup grows too old", "`backups: {full: …}` just above its age", lambda: None, lambda: None,
              "allowed", seconds=60, config=impatient),
        killed("Prometheus dies", ["prometheus"], "prometheus:metrics lost"),
        killed("Prometheus hangs", ["prometheus"], "prometheus:metrics lost", "pause", seconds=60),
        killed("Alertmanager dies", ["alertmanager"], "alertmanager:alerts lost"),
        killed("an alert fires", ["node-dub"], "HostNotScraped", seconds=40),
        killed("blackbox_exporter dies", ["blackbox"], "seen-from-lon lost"),
        Fault("a certificate near its end", "`edge/certificate.sh 9`, balancers reloaded", lambda: certificate(9),
              lambda: certificate(60), "expires in"),
        Fault("a certificate has hours left", "`edge/certificate.sh 1`, balancers reloaded", lambda: certificate(1),
              lambda: certificate(60), "expires in"),
        Fault("an exec program is killed", "`kill -9` of odds.py", lambda: program(9), lambda: None, None, seconds=8),
        Fault("an exec program hangs", "`kill -STOP` of odds.py", lambda: program(19), lambda: program(18), None,
              seconds=20),
        Fault("an exec program cannot start", "odds.py moved away, `kill -9`", lambda: (script[0](), program(9)),
              script[1], "exec:odds lost", seconds=40),
        Fault("an exec program talks nonsense", "`touch odds/garbage`", *garbage, None, seconds=8,
              on_screen="not understood", page="S"),
        killed("what it observes stops", ["feed-ams"], "odds"),
        killed("all that it observes stops", ["feed-ams", "feed-lon"], "DOWN"),
        Fault("a disk fails slowly (SMART)", "`smartmon.prom` says so on node-lon", *smart, "sdb", seconds=40),
        Fault("an array loses a disk", "`raid.prom` says so on node-dub", *raid, "md120", seconds=40),
        Fault("a disk fills", "1 MB/s into a file system of 400 MB", filling.begin, filling.end, "full in", seconds=150),
        Fault("a flood from one address", "3,000 requests/s asked for by 127.0.9.9", clients.flood, clients.stop, "flood",
              seconds=40, page="8", on_screen="127.0.9.9"),
        Fault("a kick-off: a crowd, no flood", "660 clients of half a request/s each", clients.crowd, clients.stop, None,
              seconds=25, page="8", on_screen="crowd"),
    ]


def impatient():
    """The lab's configuration with a policy that its newest full backup breaks in half a minute."""
    text = open(f"{LAB}/pitboss.yaml").read()
    info = json.loads(subprocess.run(["pgbackrest", f"--config={LAB}/backup/pgbackrest.conf", "--output=json", "info"],
                                     capture_output=True, text=True, check=True).stdout)
    age = int(time.time() - max(b["timestamp"]["stop"] for b in info[0]["backup"]))
    path = f"{LAB}/impatient.yaml"
    with open(path, "w") as f:
        f.write(text.replace("full: 26h", f"full: {age + 30}s").replace("any: 7h", f"any: {age + 30}s"))
    return path


def state(config):
    said = json.loads(pitboss("status", "--json", "--config", config, check=False))
    return {g["name"]: g["verdict"] for g in said["groups"]}, said["sourcesLive"] == said["sourcesTotal"], said


def wait_calm(config, wanted):
    end = time.monotonic() + CALM_SECONDS_MAX
    while True:
        verdicts, isLive, said = state(config)
        if isLive and (wanted is None or verdicts == wanted):
            return verdicts
        if time.monotonic() > end - CALM_SECONDS_MAX / 2:
            # What died of something else, such as a stall of the machine, would spoil all that follows.
            for m in lab_status():
                if m["condition"] == "dead":
                    lab("resume", m["name"])
        if time.monotonic() > end:
            bad = {k: v for k, v in verdicts.items() if wanted and wanted.get(k) != v}
            dead = [s["source"] for s in said["sources"] if s["state"] != "live"]
            print(f"  not calm after {CALM_SECONDS_MAX} s: {bad} {dead}", file=sys.stderr, flush=True)
            return wanted if wanted is not None else verdicts
        time.sleep(1)


def words(event):
    who = event.get("group") or event.get("node") or ""
    text = event["text"] if event["kind"] != "verdict" else re.sub(r"^([A-Z ]+?)(:|$)", r"**\1**\2", event["text"])
    return f"{who}: {text}" if who and not event["text"].startswith(who) else text


def play(fault, wanted):
    config = f"{LAB}/pitboss.yaml"
    path = fault.config() if fault.config else config
    watch = Watch(path)
    try:
        watch.settle()
        if fault.page:
            watch.glass.type(fault.page)
            time.sleep(1)
        seen = len(watch.events)
        begun = time.monotonic()
        fault.break_it()
        ended = begun + fault.seconds
        found, shown = None, None
        while time.monotonic() < ended:
            new = watch.events[seen:]
            if fault.expect and found is None:
                found = next((at for at, e in new if fault.expect in words(e)), None)
            if fault.on_screen and shown is None:
                shown = watch.on_screen(fault.on_screen, begun)
            if (not fault.expect or found) and (not fault.on_screen or shown) and (fault.expect or fault.on_screen):
                ended = min(ended, time.monotonic() + 5)
                if time.monotonic() > max(found or 0, shown or 0) + 5:
                    break
            time.sleep(0.1)
        news = watch.events[seen:]
        glass = watch.glass.text()
    finally:
        fault.heal()
    told = []
    for at, event in news:
        told.append((at - begun, words(event), event["severity"], watch.on_screen(event["text"], begun)))
    watch.close()
    command = fault.command() if callable(fault.command) else fault.command
    isSeen = (not fault.expect or found is not None) and (not fault.on_screen or shown is not None)
    return dict(name=fault.name, command=command, told=told, isSeen=isSeen, begun=begun, glass=glass,
                shown=shown and shown - begun, on_screen=fault.on_screen, expect=fault.expect)


def row(result):
    told = [t for t in result["told"] if t[2] != "notice" or result["expect"] and result["expect"] in t[1]] \
        or result["told"]
    # Every balancer says the same of every server, and every source of a host that it is gone: some of it is enough.
    kept, kinds = [], {}
    for t in told:
        kind = re.sub(r"[\d.:/]+|lb-\d|(ams|lon|dub)", "", t[1])[:30]
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] <= 1:
            kept.append(t)
    first = f"{kept[0][0]:.1f}" if kept else f"{result['shown']:.1f}" if result["shown"] else "–"
    wanted = [t for t in kept[5:] if result["expect"] and result["expect"] in t[1]][:1]
    sentences = [f"*{t[1]}* ({t[0]:.1f})" for t in kept[:5] + wanted]
    if result["on_screen"] and result["shown"]:
        sentences.append(f"page: *{result['on_screen']}* ({result['shown']:.1f})")
    return f"| {result['name']} | {result['command']} | {first} | {'; '.join(sentences) or 'nothing'} |"


def main():
    wanted = [w.lower() for w in sys.argv[1:]]
    chosen = [f for f in faults() if not wanted or any(w in f.name.lower() for w in wanted)]
    calm = wait_calm(f"{LAB}/pitboss.yaml", None)
    print("| fault | command | seconds to the first word | sentence seen, and what follows |\n| --- | --- | --- | --- |")
    missed, late = [], []
    for fault in chosen:
        result = play(fault, calm)
        print(row(result), flush=True)
        log = os.environ.get("FAULTS_LOG")
        if log:
            with open(log, "a") as f:
                f.write(json.dumps(result, default=str) + "\n")
        for at, text, _, seen in result["told"]:
            if seen is not None:
                late.append(seen - result["begun"] - at)
        if not result["isSeen"]:
            missed.append(fault.name)
        wait_calm(f"{LAB}/pitboss.yaml", calm)
    late.sort()
    if late:
        print(f"\nOn the dashboard {late[len(late) // 2]:+.2f} s (median) after the line of `events` ({len(late)} lines).")
    if missed:
        raise SystemExit("not seen: " + ", ".join(missed))


if __name__ == "__main__":
    main()
