#!/usr/bin/env python3
"""Provokes every refusal on a lab of real servers and writes docs/refusals.md: what was typed, what was read.

    scripts/refusals.py PITBOSS LAB_DIRECTORY

Needs root: two users of this machine, ana and bea, are the operators; those that were not there are taken away again.
The lab is left as it was found. Exits 1 where something was done that should have been refused.
"""
import json, os, pwd, re, shutil, signal, subprocess, sys, tempfile, time

PITBOSS, LAB = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "refusals.md")
HOME = tempfile.mkdtemp(prefix="pitboss-refusals-")
BASE = open(f"{LAB}/pitboss.yaml").read()
rows, failures, made_users = [], [], []


def sh(*words):
    return subprocess.run(words, capture_output=True, text=True)


def user(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        sh("useradd", "--system", "--shell", "/bin/sh", name)
        made_users.append(name)
    home = f"{HOME}/{name}"
    shutil.copytree(f"{LAB}/secrets", f"{home}/secrets")
    # The pitboss of another user needs to read it.
    shutil.copy(PITBOSS, f"{HOME}/pitboss")
    sh("chown", "-R", name, home)


def command(name, words, extra="", operate=True):
    home = f"{HOME}/{name}"
    with open(f"{home}/pitboss.yaml", "w") as file:
        text = re.sub(r"\n#? ?operate:.*", "", BASE)
        file.write(text + f"\noperate: {'true' if operate else 'false'}\n{extra}\n")
    return ["setpriv", "--reuid", name, "--regid", str(pwd.getpwnam(name).pw_gid), "--init-groups", "env", "-i",
            f"HOME={home}", "PATH=/usr/bin:/bin", f"{HOME}/pitboss", *words, "--config", f"{home}/pitboss.yaml"]


def start(name, words, extra="", **more):
    return subprocess.Popen(command(name, words, extra, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            stdin=subprocess.DEVNULL, text=True)


def run(name, words, extra="", **more):
    return sh(*command(name, words, extra, **more)).stdout.strip()


def lab(*words):
    done = sh(PITBOSS, "lab", *words, "--dir", LAB)
    if done.returncode:
        raise SystemExit(f"lab {' '.join(words)}: {done.stdout}{done.stderr}")


def status(name="ana"):
    return json.loads(run(name, ["status", "--json"]))


def group(name):
    return next(g for g in status()["groups"] if g["name"] == name)


def calm(seconds=60):
    """Waits until everything is as it was at first."""
    end = time.time() + seconds
    while time.time() < end:
        wallet = group("wallet-db")
        if wallet["verdict"] == "PROTECTED" and not wallet["isPaused"] and group("etcd")["verdict"] == "PROTECTED":
            return wallet
        time.sleep(1)
    raise SystemExit(f"the lab does not calm down: {wallet['verdict']} {wallet['reasons']}")


def shown(words):
    return "pitboss " + " ".join(f'"{w}"' if " " in w else w for w in words)


def keep(situation, words, text, contains):
    line = text.splitlines()[-1] if text else "(nothing)"
    if not line.startswith("refused") or contains not in line:
        failures.append(f"{situation}: {line}")
    rows.append((situation, shown(words), line))
    print(f"{'ok' if contains in line else 'NO'}  {situation}\n    {line}", flush=True)


def refused(situation, words, contains, name="ana", extra="", **more):
    keep(situation, words, run(name, words, extra, **more), contains)


YES = ["--yes", "--reason", "a reason"]


def consent_and_roles():
    refused("looking only, the default", ["pause", "wallet-db", *YES], "acting is switched off here", operate=False)
    refused("no reason", ["drain", "bet-api/bet-1", "--yes"], "a reason is needed")
    refused("not confirmed, and no terminal to ask on", ["drain", "bet-api/bet-1", "--reason", "r"], "not confirmed")
    roles = "roles: {operators: {users: [bea]}}"
    refused("roles: ana is no operator", ["drain", "bet-api/bet-1", *YES], "not among the operators", extra=roles)
    freeze = """freezes:
  - {name: kick-offs, zone: Europe/London, reason: bets in play, tiers: [critical],
     weekly: ["mon 00:00-thu 12:00", "thu 12:00-mon 00:00"]}"""
    refused("a change freeze", ["drain", "bet-api/bet-1", *YES], "change freeze “kick-offs”", extra=freeze)
    refused("a freeze overridden with a blank reason",
            ["drain", "bet-api/bet-1", *YES, "--override-freeze", " "], "change freeze", extra=freeze)


def leases():
    words = ["drain", "bet-api/bet-1", "--wait", "5s", "--yes", "--reason", "kernel update"]
    ana = start("ana", words)
    place = "/pitboss/platform/lab-bets/bet-api/lease"
    endpoint = re.search(r"endpoints: \[(http[^,\]]+)", BASE).group(1)
    for _ in range(200):
        if sh("etcdctl", "--endpoints", endpoint, "get", place, "--print-value-only").stdout.strip():
            break
        time.sleep(0.02)
    stopped = sh("pgrep", "-u", "ana", "-x", "pitboss").stdout.split()
    for process in stopped:
        os.kill(int(process), signal.SIGSTOP)
    refused("another operator acts on the group: ana drains bet-1",
            ["drain", "bet-api/bet-2", *YES], "ana@", name="bea")
    refused("the same operator in another window, the first one still at it",
            ["drain", "bet-api/bet-2", *YES], "under way", name="ana")
    for process in stopped:
        os.kill(int(process), signal.SIGCONT)
    ana.communicate()
    run("ana", ["undrain", "bet-api/bet-1", *YES])
    for member in ["etcd-lon", "etcd-dub"]:
        lab("pause", member)
    time.sleep(8)
    refused("the register has no quorum", ["drain", "bet-api/bet-2", *YES], "nobody can say whether")
    refused("a switchover without a quorum", ["promote", "wallet-db", *YES, "--force"], "refused")
    for member in ["etcd-lon", "etcd-dub"]:
        lab("resume", member)
    calm(120)


def four_eyes():
    rule = "four_eyes: {verbs: [drain], wait: 3s}"
    words = ["drain", "bet-api/bet-1", *YES]
    refused("four eyes: nobody answers in time", words, "no second operator answered", extra=rule)
    rule = "four_eyes: {verbs: [drain], wait: 1m}"

    def waiting(extra=rule):
        process = start("ana", words, extra)
        for _ in range(60):
            offers = json.loads(run("bea", ["approvals", "--json"], rule))["offers"]
            if offers:
                return process, offers[0]["id"]
            time.sleep(0.3)
        raise SystemExit("no offer came")

    process, offer = waiting()
    refused("four eyes: by the one who asked", ["approve", offer[:8], *YES], "nobody is their own", extra=rule)
    roles = rule + "\nroles: {operators: {users: [ana, bea]}, approvers: {users: [cid]}}"
    refused("four eyes: by one who is no approver", ["approve", offer[:8], *YES], "not among the approvers",
            name="bea", extra=roles)
    refused("four eyes: approved without a reason", ["approve", offer[:8], "--yes"], "a reason is needed", name="bea",
            extra=rule)
    refused("four eyes: an id that nobody asked for", ["approve", "ffffffff", *YES], "waits for approval", name="bea",
            extra=rule)
    print(run("bea", ["deny", offer[:8], "--yes", "--reason", "not while the match is on"], rule))
    keep("four eyes: denied, as ana reads it", words, process.communicate()[0].strip(), "bea@")
    refused("four eyes: too late", ["approve", offer[:8], *YES], "waits for approval", name="bea", extra=rule)
    process, offer = waiting()
    process.send_signal(signal.SIGINT)
    keep("four eyes: withdrawn with Ctrl-C", words, process.communicate()[0].strip(), "withdrawn")


def balancers():
    for i in range(1, 7):
        text = run("ana", ["drain", f"bet-api/bet-{i}", "--wait", "5s", *YES, "--force"])
        if text.startswith("refused"):
            keep("the last server of a pool", ["drain", f"bet-api/bet-{i}", *YES, "--force"], text, "last server")
            break
    refused("drained already", ["drain", "bet-api/bet-1", *YES], "refused")
    for i in range(1, 7):
        run("ana", ["undrain", f"bet-api/bet-{i}", *YES])
    refused("not drained", ["undrain", "bet-api/bet-1", *YES], "refused")
    refused("no such server", ["drain", "bet-api/bet-9", *YES], "refused")


def databases():
    wallet = calm()
    leader = wallet["leader"]
    others = [m["name"] for m in wallet["members"] if m["name"] != leader]
    sync = next(m["name"] for m in wallet["members"] if m.get("syncState") == "sync")
    other = next(name for name in others if name != sync)
    refused("promote the leader", ["promote", "wallet-db", "--candidate", leader, *YES], "refused")
    refused("promote a standby that is not synchronous", ["promote", "wallet-db", "--candidate", other, *YES], "refused")
    refused("failover without taking on its warnings", ["failover", "wallet-db", "--candidate", sync, *YES],
            "not without your consent")
    refused("drain the last synchronous standby", ["drain", f"wallet-db/{sync}", *YES], "refused")
    refused("drain the leader", ["drain", f"wallet-db/{leader}", *YES], "refused")
    refused("resume what is not paused", ["resume", "wallet-db", *YES], "refused")
    run("ana", ["pause", "wallet-db", "--for", "5m", *YES, "--force"])
    refused("pause what is paused", ["pause", "wallet-db", *YES, "--force"], "refused")
    refused("promote without taking on that it is paused", ["promote", "wallet-db", "--candidate", sync, *YES], "refused")
    run("ana", ["resume", "wallet-db", *YES])
    calm()
    wrong = f"{HOME}/ana/secrets/patroni-rest"
    secret = open(wrong).read()
    open(wrong, "w").write("wrong\n")
    text = run("ana", ["promote", "wallet-db", "--candidate", sync, *YES, "--force"])
    open(wrong, "w").write(secret)
    rows.append(("Patroni's password is wrong", shown(["promote", "wallet-db", "--candidate", sync, *YES]), text))
    if "did not accept" not in text:
        failures.append(f"wrong password: {text}")
    lab("pause", other)
    time.sleep(12)
    refused("failover to a member that does not answer", ["failover", "wallet-db", "--candidate", other, *YES, "--force"],
            "refused")
    lab("resume", other)
    calm(120)


def write():
    version = sh(PITBOSS, "--version").stdout.strip() or "a build"
    lines = [
        "# What pitboss refuses, in its own words", "",
        "Each was provoked on real servers (`pitboss lab up`; PostgreSQL, Patroni, etcd, HAProxy) by two users, `ana` and",
        "`bea`, with a configuration each. Made by `scripts/refusals.py`, which also says where one was not refused.", "",
        "| when | typed | read |", "| --- | --- | --- |",
    ]
    for situation, typed, read in rows:
        cell = lambda text: text.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {cell(situation)} | `{cell(typed)}` | {cell(read)} |")
    with open(DOCS, "w") as file:
        file.write("\n".join(lines) + "\n")
    print(f"{len(rows)} refusals in docs/refusals.md, {version}")


try:
    os.chmod(HOME, 0o755)
    for name in ["ana", "bea"]:
        user(name)
    for path in [LAB, f"{LAB}/run"]:
        os.chmod(path, os.stat(path).st_mode | 0o055)
    for name in os.listdir(f"{LAB}/run"):
        if name.endswith(".sock"):
            os.chmod(f"{LAB}/run/{name}", 0o666)
    calm()
    for part in [consent_and_roles, leases, four_eyes, balancers, databases]:
        if len(sys.argv) < 4 or part.__name__ in sys.argv[3:]:
            part()
    if len(sys.argv) < 4:
        write()
finally:
    for name in made_users:
        sh("userdel", name)
    shutil.rmtree(HOME, ignore_errors=True)
for failure in failures:
    print("NOT AS EXPECTED  " + failure)
sys.exit(1 if failures else 0)
