"""A thousand hosts behind one Prometheus: pages of node_exporter as recorded, a real Prometheus, pitboss beside it."""
import asyncio, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.parse, urllib.request

from bench import BINARY, line
from terminal import Terminal

NODES = int(os.environ.get("NODES", "1000"))
SCRAPE_SECONDS = 15
SECONDS = int(os.environ.get("SECONDS_PROMETHEUS", "120"))
PAGE = os.path.join(os.path.dirname(__file__), "..", "Tests", "Fixtures", "nodeexporter", "debian-1.5.0-host-1.prom")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# The pages

class Page:
    """A recorded page whose counters go on, at a pace of each host's own."""

    def __init__(self, text):
        self.pieces, self.counters = [], []
        still = []
        for row in text.splitlines():
            found = re.match(r"(\S+_total(?:\{.*\})?) ([0-9.e+]+)$", row)
            if found:
                self.pieces.append("\n".join(still + [found.group(1) + " "]))
                self.counters.append(float(found.group(2)))
                still = [""]
            elif row.startswith("node_load1 "):
                self.pieces.append("\n".join(still + ["node_load1 "]))
                self.counters.append(None)
                still = [""]
            else:
                still.append(row)
        self.last = "\n".join(still) + "\n"
        self.begun = time.time()

    def of(self, n):
        passed = (time.time() - self.begun) * (0.2 + n % 10 / 10)
        out = []
        for piece, base in zip(self.pieces, self.counters):
            out.append(piece)
            out.append(repr(n % 40 / 10) if base is None else repr(base + passed * (1 if base < 1e6 else 1000)))
        return "".join(out) + self.last


async def serve(port):
    page = Page(open(PAGE).read())

    async def answer(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = page.of(int(head.split(b" ", 2)[1].split(b"/")[2])).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: "
                             + str(len(body)).encode() + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


# The measuring

def usage(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{pid}/status") as f:
        resident = next(int(row.split()[1]) for row in f if row.startswith("VmRSS"))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), resident / 1024


def metrics(port):
    """Counters of Prometheus of its own."""
    found = {}
    for row in urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode().splitlines():
        if row and row[0] != "#":
            name, value = row.rsplit(" ", 1)
            found[name] = float(value)
    return found


def ask(port, query):
    text = urllib.request.urlopen(
        f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query}), timeout=30).read()
    result = json.loads(text)["data"]["result"]
    return float(result[0]["value"][1]) if result else 0


def configure(folder, pages, port):
    targets = "\n".join(f"      - {{targets: ['127.0.0.1:{pages}'], labels: {{__metrics_path__: /n/{n}/metrics, "
                        f"host: node-{n:04d}}}}}" for n in range(NODES))
    with open(f"{folder}/prometheus.yml", "w") as f:
        f.write(f"""global: {{scrape_interval: {SCRAPE_SECONDS}s}}
scrape_configs:
  - job_name: node
    static_configs:
{targets}
    relabel_configs: [{{source_labels: [host], target_label: instance}}]
""")
    sites = ["ams", "lon", "dub", "fra"]
    nodes = "\n".join(f"  - {{name: node-{n:04d}, site: {sites[n % 4]}}}" for n in range(NODES))
    with open(f"{folder}/pitboss.yaml", "w") as f:
        f.write(f"""platform: thousand
sites: [{", ".join(sites)}]
nodes:
{nodes}
groups:
  - {{name: way, tier: standard, paths: {{probes: [{{name: prometheus, tcp: "127.0.0.1:{port}"}}]}}}}
prometheus:
  - name: metrics
    url: http://127.0.0.1:{port}
    every: {SCRAPE_SECONDS}s
    window: 1m
    nodes: true
    figures:
      - {{name: hosts up, query: 'sum(up{{job="node"}})', warn_below: {NODES}}}
""")


def main():
    folder = tempfile.mkdtemp(prefix="thousand-")
    pages, port = free_port(), free_port()
    configure(folder, pages, port)
    exporter = subprocess.Popen([sys.executable, __file__, "serve", str(pages)])
    server = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], stderr=subprocess.DEVNULL)
    glass = None
    try:
        end = time.monotonic() + 400
        while True:
            try:
                if ask(port, 'count(rate(node_cpu_seconds_total{mode="idle",cpu="0"}[1m]))') >= NODES:
                    break
            except OSError:
                pass
            if time.monotonic() > end:
                raise SystemExit("Prometheus did not get to scrape all hosts")
            time.sleep(2)
        series = ask(port, "prometheus_tsdb_head_series") or metrics(port).get("prometheus_tsdb_head_series", 0)
        time.sleep(SCRAPE_SECONDS)

        def span(seconds):
            (cpu, _), before = usage(server.pid), metrics(port)
            time.sleep(seconds)
            (cpu_after, resident), after = usage(server.pid), metrics(port)
            return (cpu_after - cpu) / seconds, resident, {k: v - before.get(k, 0) for k, v in after.items()}

        alone, resident, _ = span(SECONDS)
        line(f"Prometheus alone, {NODES} hosts, {series:,.0f} series", f"{alone * 1000:.0f} ms/s, {resident:.0f} MB")
        glass = Terminal([BINARY, "--config", f"{folder}/pitboss.yaml"], 200, 60)
        glass.wait("hosts up", 30)
        first = time.monotonic() - glass.started
        glass.type("2")
        glass.wait("node-00", 30)
        shown = time.monotonic() - glass.started
        time.sleep(20)
        sent, (mine, _) = glass.bytes, glass.usage()
        watched, resident, more = span(SECONDS)
        (mine_after, own) = glass.usage()
        line(f"Prometheus with pitboss beside it, every {SCRAPE_SECONDS} s",
             f"{watched * 1000:.0f} ms/s, {resident:.0f} MB", f"{(watched - alone) * 1000:+.0f} ms/s")
        kind = 'prometheus_engine_query_duration_seconds{slice="inner_eval",quantile="0.99"}'
        asked = more.get('prometheus_http_requests_total{code="200",handler="/api/v1/query"}', 0)
        took = more.get('prometheus_http_request_duration_seconds_sum{handler="/api/v1/query"}', 0)
        size = more.get('prometheus_http_response_size_bytes_sum{handler="/api/v1/query"}', 0)
        line("  queries", f"{asked / SECONDS:.2f}/s, {took / max(asked, 1) * 1000:.0f} ms each",
             f"the slowest hundredth {metrics(port).get(kind, 0) * 1000:.0f} ms")
        line("  answers", f"{size / SECONDS / 1024:.1f} KiB/s", "node pages by themselves would be "
             f"{os.path.getsize(PAGE) * NODES / SCRAPE_SECONDS / 1024:,.0f} KiB/s")
        line(f"pitboss, 200x60, {NODES} hosts", f"{(glass.bytes - sent) / SECONDS:.0f} B/s, "
             f"{(mine_after - mine) * 1000 / SECONDS:.1f} ms/s, {own / 1024:.1f} MB",
             f"figures after {first:.1f} s, hosts after {shown:.1f} s")
        if os.environ.get("SHOT"):
            print(glass.text())
    finally:
        if glass:
            glass.close()
        for child in (server, exporter):
            child.send_signal(signal.SIGTERM)
            child.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        main()
