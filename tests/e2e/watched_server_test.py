#!/usr/bin/env python3
"""A server with TLS, tokens, metrics and logs, as those who run it see it.

The real server answers, refuses and survives a script of calls. Then a real Prometheus has scraped the counts of exactly
these calls and evaluates every rule, promtool finds nothing to object to in the metrics, the server has every metric that
rules and dashboard name, and no log line holds an id or a secret.

Ends with status 77 and a line that begins with "skipped:" without prometheus, promtool or openssl.
"""
import argparse
import contextlib
import hashlib
import hmac
import json
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import warnings

SKIPPED = 77
PATIENCE = 60  # seconds for what takes one or two on an idle machine

RETAILER = """
name: watched
directory: {root}/run
threads: 1
log: {{format: json}}
synthesize: {{users: 300, items: 120, events: 6000, days: 60, categories: 6}}
data:
  events:
    paths: [source/events.csv]
    columns: {{user: user, item: item, time: time, event_id: event_id}}
  catalog: {{paths: [source/catalog.csv], title: title}}
model: {{dimension: 16, user_hidden: [16]}}
train: {{epochs: 1, batch_size: 256}}
evaluate: {{k: [10], bootstrap_samples: 10, baselines: [popularity]}}
serve:
  metrics: {{address: "127.0.0.1:0", canary: {{fraction: 1}}}}
  access_log: {{fraction: 1, pseudonym_key: {root}/pseudonym.key}}
  security:
    certificate: {root}/server.crt
    private_key: {root}/server.key
    clients: {root}/clients.json
    reload_seconds: 1
"""
PSEUDONYM_KEY = "the key of pseudonyms, not for logs"
TOKEN = "a-token-of-the-web-shop"
HISTORY = "item-3,item-5"  # so that no shopper is unknown


def wait_for(what, condition):
    """The first true value of the condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            value = condition()
            if value:
                return value
        time.sleep(0.1)
    sys.exit(f"no {what} within {PATIENCE} s")


def fetch(url):
    """What a server on this machine answers, whatever proxies the environment names."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=PATIENCE).read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, log):
    """A process that is gone afterwards."""
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


class Server:
    def __init__(self, program, root):
        self.program, self.root = program, root
        self.config = root / "watched.yaml"
        self.log = root / "server.log"

    def prepare(self):
        self.config.write_text(RETAILER.format(root=self.root))
        (self.root / "pseudonym.key").write_text(PSEUDONYM_KEY + "\n")
        (self.root / "web.token").write_text(TOKEN + "\n")
        (self.root / "stranger.token").write_text("a-token-of-nobody\n")
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        client = {"name": "web shop", "scopes": ["read"], "token_sha256": digest}
        (self.root / "clients.json").write_text(json.dumps({"clients": [client]}))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=server", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.root / "server.key", "-out", self.root / "server.crt"],
                       check=True, capture_output=True)
        for stage in (["synthesize", self.config, "--out", self.root / "source"], ["run", self.config]):
            subprocess.run([self.program, *stage], check=True, capture_output=True)

    def command(self):
        return [self.program, "serve", str(self.config), "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"]

    def find(self, pattern):
        """Waits for a line of the log, and returns what the pattern's group matched."""
        return wait_for(pattern, lambda: re.search(pattern, self.log.read_text())).group(1)

    def query(self, *arguments, token="web"):
        """Exit status and messages of `shortlist query`."""
        command = [self.program, "query", "--address", self.address, "--tls-ca", self.root / "server.crt",
                   "--token-file", self.root / f"{token}.token", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stderr

    def ask(self):
        """The calls whose counts are asserted afterwards."""
        for user in range(5):
            status, errors = self.query("--user", f"user-{user}", "--history", HISTORY)
            assert status == 0, errors
        status, errors = self.query("--similar-item", "no-such-item")
        assert status != 0 and "NOT_FOUND" in errors, errors
        for _ in range(2):
            status, errors = self.query("--user", "user-1", token="stranger")
            assert status != 0 and "UNAUTHENTICATED" in errors, errors

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def offer(self, version):
        """Whether a TLS handshake of exactly this version succeeds."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.root / "server.crt")
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of old versions, which is what they are here for
            context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["h2"])
        try:
            with context.wrap_socket(self.connect(), server_hostname="127.0.0.1"):
                return True
        except (ssl.SSLError, ConnectionError):
            return False

    def speak(self, data):
        """Sends bytes inside TLS and waits until the server hangs up."""
        context = ssl.create_default_context(cafile=self.root / "server.crt")
        context.set_alpn_protocols(["h2"])
        with context.wrap_socket(self.connect(), server_hostname="127.0.0.1") as channel:
            channel.sendall(data)
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while channel.recv(4096):
                    pass

    def abuse(self):
        """What must neither be answered nor harm anybody; the idle connections stay open meanwhile."""
        with contextlib.ExitStack() as idle:
            for _ in range(20):
                idle.enter_context(self.connect())  # handshakes that never begin
            half = idle.enter_context(self.connect())
            half.sendall(b"\x16\x03\x01\x02\x00\x01\x00")  # and one that never ends
            with self.connect() as plaintext:
                plaintext.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 64)
                with contextlib.suppress(ConnectionError):
                    while plaintext.recv(4096):
                        pass
            self.speak(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
            preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            self.speak(preface + b"\xff\xff\xff\x04\x00\x00\x00\x00\x00")  # a frame longer than is allowed
            self.speak(preface + b"\x00\x00\x05\x04\x00\x00\x00\x00\x00" + b"\xff" * 5)  # settings of no length
            status, errors = self.query("--user", "user-7", "--history", HISTORY)
            assert status == 0, errors
        assert self.offer(ssl.TLSVersion.TLSv1_2) and self.offer(ssl.TLSVersion.TLSv1_3)
        assert not self.offer(ssl.TLSVersion.TLSv1_1) and not self.offer(ssl.TLSVersion.TLSv1)

    @property
    def port(self):
        return int(self.address.rpartition(":")[2])


def check_metrics(url):
    text = fetch(url)
    verdict = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    assert verdict.returncode == 0 and not verdict.stderr, verdict.stderr.decode()


def check_names(url, files):
    """Whatever rules and dashboards name is a metric of the server."""
    present = set(re.findall(r"(?m)^(\w+)[{ ]", fetch(url).decode()))
    for file in files:
        named = set(re.findall(r"\b(?:shortlist|process)_\w+", file.read_text()))
        assert len(named) > 10 and named <= present, f"{file} names {sorted(named - present)}, which no server has"
    print(f"the server has the metrics that {len(files)} files name")


def check_scrapes(metrics_url, rules, root):
    """What Prometheus answers after it has scraped the server."""
    port = free_port()
    target = urllib.parse.urlparse(metrics_url).netloc
    config = root / "prometheus.yaml"
    config.write_text(json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "shortlist", "static_configs": [{"targets": [target]}]}]}))
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={root / 'series'}",
               f"--web.listen-address=127.0.0.1:{port}"]

    def value(query):
        address = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        result = json.loads(fetch(address))["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    expected = {
        'up{job="shortlist"}': 1,
        'shortlist_requests_total{method="Recommend",code="OK"}': 6,
        'shortlist_requests_total{method="SimilarItems",code="NOT_FOUND"}': 1,
        'shortlist_request_duration_seconds_count{method="Recommend"}': 6,
        "shortlist_queue_wait_seconds_count": 7,
        "shortlist_tower_duration_seconds_count": 6,
        "shortlist_search_duration_seconds_count": 6,
        "shortlist_requests_in_flight": 0,
        'shortlist_unauthorized_requests_total{code="UNAUTHENTICATED"}': 2,
        "count(shortlist_bundle_info)": 1,
        'shortlist_model_versions_total{result="loaded"}': 1,
        'shortlist_model_versions_total{result="refused"}': 0,
        "shortlist_bundle_items > bool 60": 1,
        "shortlist_recall_canary_hits_total / shortlist_recall_canary_expected_total": 1,
        "shortlist_recall_canary_queries_total + shortlist_recall_canary_dropped_total": 6,
        "(shortlist_certificate_expiry_timestamp_seconds - time()) > bool 86400": 1,
        "process_resident_memory_bytes > bool 1e6": 1,
    }
    def rules_that_fail():
        groups = json.loads(fetch(f"http://127.0.0.1:{port}/api/v1/rules"))["data"]["groups"]
        return [rule["name"] for group in groups for rule in group["rules"] if rule["health"] != "ok"]

    with running(command, root / "prometheus.log"):
        wait_for("scrape", lambda: value('up{job="shortlist"}'))
        wait_for("evaluation of every rule", lambda: not rules_that_fail())
        for query, wanted in expected.items():
            wait_for(f"{query} = {wanted}", lambda: value(query) == wanted)
    print(f"prometheus answers {len(expected)} queries as expected")


def check_logs(log, root):
    """Every line is JSON, every call is there once, and nothing that is nobody's business."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    calls = [line for line in lines if line["message"] == "call"]
    assert len(calls) == 7, f"{len(calls)} calls in the log"
    for call in calls:
        assert call["client"] == "web shop" and len(call["request_id"]) == 16, call
    digest = hmac.new(PSEUDONYM_KEY.encode(), b"user-3", hashlib.sha256).hexdigest()[:16]
    assert sum(call.get("user") == digest for call in calls) == 1, "user-3 is not there by its pseudonym"
    text = log.read_text()
    key = (root / "server.key").read_text().splitlines()[1]
    for secret in (r"user-\d", r"item-\d", "no-such-item", TOKEN, "a-token-of-nobody", PSEUDONYM_KEY, re.escape(key),
                   hashlib.sha256(TOKEN.encode()).hexdigest(), "PRIVATE KEY", "BEGIN CERTIFICATE"):
        assert not re.search(secret, text), f"the log holds {secret}"
    print(f"{len(lines)} lines of the log hold {len(calls)} calls and no secret")


def check(arguments, root):
    server = Server(arguments.program, root)
    server.prepare()
    with running(server.command(), server.log) as process:
        server.address = server.find(r"(?m)^serving \S+ on (\S+)$")
        metrics_url = server.find(r'metrics on (http://[^"]+)')
        server.ask()
        server.abuse()
        check_metrics(metrics_url)
        check_names(metrics_url, [arguments.rules, arguments.dashboard])
        check_scrapes(metrics_url, arguments.rules, root)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, server.log.read_text()
    check_logs(server.log, root)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--rules", required=True, type=pathlib.Path, help="rules for Prometheus")
    parser.add_argument("--dashboard", required=True, type=pathlib.Path, help="dashboard for Grafana")
    arguments = parser.parse_args()
    missing = [name for name in ("prometheus", "promtool", "openssl") if not shutil.which(name)]
    if missing:
        print(f"skipped: there is no {', '.join(missing)}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="shortlist.watched.") as root:
        check(arguments, pathlib.Path(root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
