#!/usr/bin/env python3
"""Interrupts plans on a lab of real servers, and looks whether each of them comes to an end that is right.

    scripts/interrupt-lab PITBOSS LAB_DIRECTORY [COUNT [SEED]]

Needs root and a lab that is up (`pitboss lab up`; with `--with redis` the cache takes part). While a client writes and
another calls the API, commands are started as an operator starts them, and interrupted at a random moment: pitboss is
killed, a peer's connections are cut, or a peer is stopped for some seconds. Then the action is carried on, taken back
or left, and at the end all is given back. All the while somebody else looks at the servers themselves. Exits 1 where
something was not as it should be.
"""
import collections, http.client, json, os, random, re, shutil, signal, socket, subprocess, sys, tempfile, threading
import time

PITBOSS, LAB = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 50
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
dice = random.Random(SEED)
HOME = tempfile.mkdtemp(prefix="pitboss-interruptions-")
CONFIG = f"{LAB}/interruptions.yaml"
ENVIRONMENT = {**os.environ, "HOME": HOME, "XDG_STATE_HOME": f"{HOME}/state"}
YES = ["--yes", "--force", "--reason", "an interruption"]
# Longer than a lease of a killed pitboss lives.
LEASE_SECONDS = 25
problems, tally = [], collections.Counter()


def note(text):
    print(f"{time.time() - began:7.1f} s  {text}", flush=True)


def problem(text):
    problems.append(text)
    note(f"PROBLEM  {text}")


def sh(*words, seconds=300):
    return subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, timeout=seconds)


def pitboss(*words, config=True, seconds=300):
    return sh(PITBOSS, *words, *(["--config", CONFIG] if config else []), seconds=seconds)


def lab(*words):
    done = sh(PITBOSS, "lab", *words, "--dir", LAB)
    if done.returncode:
        raise SystemExit(f"lab {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def members(kind):
    return [m for m in lab_members if m["kind"] == kind]


# ---- The servers' own word ----

def patroni(member):
    """`primary`, `replica`, or None where it does not say so by itself."""
    try:
        connection = http.client.HTTPConnection(member["address"], REST, timeout=1)
        connection.request("GET", "/patroni")
        said = json.loads(connection.getresponse().read())
        if said.get("state") != "running":
            return None
        return "primary" if said.get("role") in ("master", "primary") else "replica"
    except (OSError, ValueError, http.client.HTTPException):
        return None


def balancer(name, line):
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(1)
    try:
        link.connect(f"{LAB}/run/{name}.sock")
        link.sendall(line.encode() + b"\n")
        text = b""
        while more := link.recv(65_536):
            text += more
        return text.decode()
    except OSError:
        return None
    finally:
        link.close()


def servers(name):
    """(backend, server, takes traffic, forced out by a command) as one balancer has it."""
    text = balancer(name, "show servers state")
    if not text:
        return None
    rows = []
    for line in text.splitlines()[2:]:
        words = line.split()
        if len(words) > 6:
            operational, admin = int(words[5]), int(words[6])
            # 1: forced into maintenance, 8: forced to drain; the configuration's own bits are others.
            rows.append((words[1], words[3], operational == 2 and not admin & 0x3F, bool(admin & 0x09)))
    return rows


def redis(member, *words):
    try:
        link = socket.create_connection((member["address"], REDIS), timeout=1)
        link.settimeout(1)

        def ask(*words):
            link.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
            return link.recv(65_536).decode()
        ask("AUTH", open(f"{LAB}/secrets/redis").read().strip())
        answer = ask(*words)
        link.close()
        return answer
    except OSError:
        return None


def rank(member):
    answer = redis(member, "CONFIG", "GET", "replica-priority")
    return int(answer.split("\r\n")[4]) if answer and answer.startswith("*2") else None


class Onlooker(threading.Thread):
    """Looks at the servers again and again; what the faults of this script do by themselves is left out."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ends, self.looks = False, 0
        self.faultAt = {}

    def is_disturbed(self, *kinds):
        return any(time.time() - self.faultAt.get(kind, 0) < 30 for kind in kinds)

    def run(self):
        empty = collections.Counter()
        while not self.ends:
            self.looks += 1
            primaries = [m["name"] for m in members("patroni") if patroni(m) == "primary"]
            # Asked one after the other: it counts only where the first says so still.
            if len(primaries) > 1:
                again = [m["name"] for m in members("patroni") if patroni(m) == "primary"]
                if len(again) > 1:
                    problem(f"two primaries: {again}")
            for one in members("haproxy"):
                rows = servers(one["name"])
                if rows is None:
                    continue
                for backend in {row[0] for row in rows} & {"bet_api", "pg_read"}:
                    mine = [row for row in rows if row[0] == backend]
                    key = (one["name"], backend)
                    if any(row[2] for row in mine):
                        empty[key] = 0
                        continue
                    empty[key] += 1
                    taken = [row[1] for row in mine if row[3]]
                    # A promotion takes its replica out of the reads for some seconds.
                    if taken and empty[key] == (1 if backend == "bet_api" else 20) \
                            and not self.is_disturbed("haproxy", "patroni", "etcd"):
                        problem(f"{one['name']}: {backend} is without a server; taken out: {taken}")
            if members("redis") and not self.is_disturbed("redis", "sentinel"):
                ranks = {m["name"]: rank(m) for m in members("redis")}
                if None not in ranks.values() and sum(r != 0 for r in ranks.values()) < 2:
                    problem(f"the cache is left without an heir: {ranks}")
            time.sleep(0.5)


# ---- What is done, and what happens to it ----

def random_command():
    node = "node:" + dice.choice(nodes)
    choices = [["drain", node, "--wait", "5s"]] * 4 + [["undrain", node]] * 2 + [
        ["maintenance", node, "--for", "10m", "--wait", "3s", "--shut-sessions"],
        ["drain", f"bet-api/bet-{dice.randint(1, 6)}", "--wait", "5s"],
        ["undrain", f"bet-api/bet-{dice.randint(1, 6)}"],
        ["promote", "wallet-db"], ["promote", "wallet-db"],
        ["move-leader", "etcd/" + dice.choice(members("etcd"))["name"]],
        ["pause", "wallet-db", "--for", "10m"], ["resume", "wallet-db"],
    ]
    if members("redis"):
        choices += [["promote", "session-cache"]] * 2
    return dice.choice(choices)


def victim(fault):
    kinds = ["patroni", "haproxy", "etcd"] + (["redis", "sentinel"] if members("redis") else [])
    return dice.choice(members(dice.choice(kinds)))


def start(words):
    return subprocess.Popen([PITBOSS, *words, *YES, "--config", CONFIG], env=ENVIRONMENT, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_intent(process, before):
    """Until something may have been sent: before that an interruption is none."""
    end = time.time() + 30
    while process.poll() is None and time.time() < end:
        if audit_count() > before:
            return True
        time.sleep(0.05)
    return process.poll() is None


def audit_count():
    import sqlite3
    try:
        with sqlite3.connect(f"file:{HOME}/state/pitboss/journal.db?mode=ro", uri=True, timeout=5) as journal:
            return journal.execute("SELECT count(*) FROM audit").fetchone()[0]
    except sqlite3.Error:
        return 0


def interrupt(words):
    """Starts the command and interrupts it; true where it was."""
    before = audit_count()
    process = start(words)
    if not wait_for_intent(process, before):
        line = (process.communicate()[0] or "").strip().splitlines()
        tally["not begun"] += 1
        note(f"{' '.join(words)}: {line[-1] if line else process.returncode}")
        return False
    time.sleep(dice.choice([0, dice.uniform(0, 1), dice.uniform(0, 4), dice.uniform(0, 15)]))
    if process.poll() is not None:
        tally["over before"] += 1
        out = process.communicate()[0].strip().splitlines()
        note(f"{' '.join(words)}: over already: {out[-1] if out else ''}")
        return False
    how = dice.choices(["killed", "peer cut off", "peer stopped"], [3, 1, 1])[0]
    if how == "killed":
        process.send_signal(signal.SIGKILL)
        process.communicate()
        note(f"{' '.join(words)}: killed")
    else:
        one = victim(how)
        watch.faultAt[one["kind"]] = time.time() + 10
        lab("partition" if how == "peer cut off" else "pause", one["name"])
        seconds = dice.uniform(2, 10)
        time.sleep(seconds)
        lab("heal" if how == "peer cut off" else "resume", one["name"])
        watch.faultAt[one["kind"]] = time.time()
        note(f"{' '.join(words)}: {one['name']} {how.split()[1]} for {seconds:.1f} s")
        try:
            out = process.communicate(timeout=420)[0].strip().splitlines()
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            problem(f"{' '.join(words)} did not end within 7 minutes")
            out = []
        word = re.split(r"[ :]", out[-1])[0] if out else "nothing"
        tally[f"ended {word}"] += 1
        note(f"    {out[-1] if out else ''}")
    tally[how] += 1
    tally["interruptions"] += 1
    return True


def open_actions():
    done = pitboss("actions", "--json", seconds=120)
    if done.returncode not in (0, 1):
        problem(f"actions: {done.stdout}{done.stderr}")
        return []
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def followed(verb, action):
    """Carries on or takes back, once the lease of the one before has run out."""
    end = time.time() + LEASE_SECONDS
    while True:
        done = pitboss("actions", verb, action["action"], *YES, seconds=420)
        line = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()[-1]
        if " acts on " not in line or time.time() > end:
            break
        time.sleep(2)
    note(f"    {verb}: {line}")
    tally[f"{verb}: {re.split(r'[ :]', line)[0]}"] += 1


def conclude():
    for action in open_actions():
        if action["state"] in ("done", "undone"):
            tally[f"concluded {action['state']}"] += 1
            continue
        if action["state"] in ("under way", "settling"):
            problem(f"{action['title']} is {action['state']} still: {action['text']}")
            continue
        if action["action"] not in seen:
            tally[f"concluded {action['state']}"] += 1
            seen.add(action["action"])
            note(f"    {action['title']}: {action['state']}: {action['text']}")
        if not action.get("wayOn"):
            problem(f"{action['title']} is {action['state']} without a way on")
        match dice.randint(0, 3):
            case 0: followed("resume", action)
            case 1 if action.get("wayBack"): followed("undo", action)


# ---- The end ----

def calm(seconds):
    end = time.time() + seconds
    while time.time() < end:
        status = json.loads(pitboss("status", "--json").stdout)
        bad = [f"{g['name']} {g['verdict']}: {[r['text'] for r in g['reasons']]}" for g in status["groups"]
               if g["verdict"] not in ("PROTECTED", "AT RISK")]
        wallet = next(g for g in status["groups"] if g["name"] == "wallet-db")
        if not bad and not wallet["isPaused"]:
            return []
        time.sleep(2)
    return bad or ["wallet-db paused"]


def give_back():
    pitboss("resume", "wallet-db", *YES)
    for _ in range(3):
        for action in open_actions():
            if action["state"] in ("incomplete", "in doubt") and "undrain" in (action.get("wayBack") or ""):
                followed("undo", action)
            elif action["state"] in ("incomplete", "in doubt") and action["target"].startswith("session-cache/"):
                # A rank by which it was to win is put back.
                followed("resume", action)
        left = taken_out()
        if not left:
            break
        note(f"to be given back: {left}")
        for target in [f"node:{n}" for n in nodes] + [f"bet-api/bet-{n}" for n in range(1, 7)] \
                + [f"session-cache/{name}" for name in cache]:
            done = pitboss("undrain", target, *YES)
            line = (done.stdout.strip() or "nothing").splitlines()[-1]
            if not line.startswith("refused"):
                note(f"    undrain {target}: {line}")


def taken_out():
    left = []
    for one in members("haproxy"):
        left += [f"{one['name']} {row[0]}/{row[1]}" for row in servers(one["name"]) or [] if row[3]]
    return left + [f"{m['name']} rank {rank(m)}" for m in members("redis") if rank(m) != 100]


def examine():
    done = pitboss("audit", "verify", "--json")
    if done.returncode:
        problem(f"audit verify: {done.stdout}")
    note(f"audit verify: {json.loads(done.stdout)['text']}")
    entries = [json.loads(line) for line in pitboss("audit", "export", config=False).stdout.splitlines()]
    phases = collections.defaultdict(list)
    for entry in entries:
        phases[entry["action"]].append(entry["phase"])
    for action, list_ in phases.items():
        if "request" in list_ and list_[0] != "intent":
            problem(f"{action}: a request before its intent")
        if "intent" in list_ and "outcome" not in list_:
            problem(f"{action}: an intent without an outcome")
    tally["audit entries"] = len(entries)
    tally["actions in the audit"] = len(phases)
    tally["requests in the audit"] = sum(e["phase"] == "request" for e in entries)


began = time.time()
lab_members = json.loads(lab("status", "--json"))["members"]
BASE = open(f"{LAB}/pitboss.yaml").read()
nodes = re.findall(r"- name: (node-\w+)", BASE)
offset = int(re.search(r"http://[\d.]+:(\d+)", BASE[BASE.index("endpoints"):]).group(1)) - 2379
REST, REDIS = 8008 + offset, 6379 + offset
with open(CONFIG, "w") as file:
    file.write(BASE + "\noperate: true\n")
os.chmod(CONFIG, 0o600)
if taken_out():
    raise SystemExit(f"give this back first: {taken_out()}")
seen = set()
status = json.loads(pitboss("status", "--json").stdout) if members("redis") else {"groups": []}
cache = [m["name"] for g in status["groups"] if g["name"] == "session-cache" for m in g["members"]]
watch = Onlooker()
load = subprocess.Popen([PITBOSS, "lab", "load", "--seconds", "86400", "--json", "--dir", LAB], env=ENVIRONMENT,
                        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
try:
    note(f"seed {SEED}")
    watch.start()
    while tally["interruptions"] < COUNT:
        if interrupt(random_command()):
            conclude()
    note("giving back")
    give_back()
    watch.ends = True
    left = taken_out()
    if left:
        problem(f"not given back: {left}")
    for bad in calm(300):
        problem(f"not well at the end: {bad}")
    if watch.is_alive():
        watch.join()
    examine()
finally:
    load.send_signal(signal.SIGINT)
    report = json.loads(load.communicate()[0] or "{}")
    os.unlink(CONFIG)
if report.get("writesLost") != 0:
    problem(f"acknowledged commits lost: {report.get('writesLost')}")
for name, count in sorted(tally.items()):
    print(f"{count:6}  {name}")
print(f"client: {report.get('writesAcknowledged')} commits acknowledged, {report.get('writesLost')} lost, longest gap "
      f"{report.get('longestGapSeconds')} s; calls "
      + ", ".join(f"{c['answered']} answered and {c['failed']} failed at {c['balancer']}" for c in report.get("calls", [])))
print(f"{watch.looks} looks; {len(problems)} problems")
for text in problems:
    print(f"  {text}")
if not problems:
    shutil.rmtree(HOME)
else:
    print(f"its journal: {HOME}/state/pitboss/journal.db")
sys.exit(1 if problems else 0)
