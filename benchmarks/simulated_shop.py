#!/usr/bin/env python3
"""A shop of ten days, served by a model that is retrained every night and by one that is not.

    benchmarks/simulated_shop.py                  ten days, 600 shoppers; report.md and report.json in build/simulated_shop
    benchmarks/simulated_shop.py --days 3 --seed 2

The items are those of `shortlist synthesize`, the shoppers are made up here: each likes a few categories and, within them, a
few hidden styles that no attribute tells; tastes drift from day to day, fashions rise and fall, and new items come on sale.
Both arms are real programs: `shortlist serve` with a folder of events, asked by the Python client for every visit, told of
every click and of what shoppers find by themselves. They start with the same first model and the same events, and draw
the same random numbers: whether a shopper looks at a position, and whether a shown item is liked. Live profiles are on
in both, and both are told of new items by `shortlist catalog`, so that the arms differ in one thing: every night, `shortlist
retrain` publishes into what the first arm serves. Event times are those of the simulation, which ends about now, and requests
carry their time.

The gates are the defaults. When the last day is over, models that are worse on purpose are trained beside the serving one and
judged on the same events as one that is not: one that learns nothing, and one that knows the last days alone.

Exit status 1 unless the gates let the model of every night pass and refuse those that are worse, and
the retrained arm's click rate is above the frozen one's by --margin (a share of it), with the whole 95% interval of the
difference above zero.
"""

import argparse
import csv
import hashlib
import json
import math
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SKIPPED = 77  # what CTest takes for a skipped test

DAY = 86400
STYLES = 40
SHOWN = 10
RESAMPLES = 1000
FEW_DAYS = 3


def worse_settings(options, folder, arm, newest):
    """What makes models that must not be published, by name. Another model than the served one begins anew."""
    learns_nothing = settings(options, folder, arm)
    learns_nothing["train"]["optimizer"] = {"embedding_rate": 0, "dense_rate": 0}
    few_events = settings(options, folder, arm)
    few_events["data"]["events"]["rules"] = [{"name": "old", "column": "time", "is": "greater",
                                              "value": [str(newest - FEW_DAYS * DAY)]}]
    worse = {"one that learns nothing": learns_nothing, f"one of the last {FEW_DAYS} days": few_events}
    for number, changed in enumerate(worse.values()):
        changed["directory"] = str(folder / arm / f"worse-{number}")
        changed["model"]["user_hidden"] = [48]
    return worse


def settings(options, folder, arm):
    """The one configuration of an arm: its server and its retraining."""
    lake = folder / arm / "events/lake/events"
    return {
        "name": "simulated shop",
        "directory": str(folder / arm / "run"),
        "seed": options.seed,
        "threads": 2,
        "synthesize": {"users": 50, "items": options.items, "events": 3000, "days": 30, "categories": 10},
        "data": {
            "events": {
                "paths": [str(lake)],
                "columns": {"user": "user", "item": "item", "time": "time", "event_type": "event_type",
                            "event_id": "event_id", "request_id": "request_id"},
            },
            "catalog": {"paths": [str(folder / "catalog.csv")], "title": "title", "price": "price",
                        "attributes": ["category", "brand"]},
            "split": {"rule": "time", "test_days": 1},
        },
        "features": {"item": [{"column": "category"}, {"column": "price", "transform": "quantile", "buckets": 8}]},
        "model": {"dimension": 32, "user_hidden": [64], "temperature": 0.1,
                  "prior": {"kind": "recent_demand", "window_days": 5, "weight": 0.5}},
        "train": {"epochs": options.epochs, "batch_size": 512, "candidates": "catalog", "include_validation": True,
                  "weight_average_decay": 0.98,
                  "optimizer": {"embedding_rate": 0.003, "dense_rate": 0.003}},
        "evaluate": {"k": [SHOWN], "bootstrap_samples": 200},
        "index": {"target_recall": 0.9},
        "retrain": {"models": str(folder / arm / "models"), "keep": 3},
        "serve": {"address": "127.0.0.1:0", "admin": {"address": "127.0.0.1:0"},
                  "versions": {"poll_seconds": 0.2},
                  "catalog": {"log": str(folder / arm / "catalog.log")},
                  "events": {"directory": str(folder / arm / "events"), "horizon_hours": 24 * 90, "rotate_seconds": 2}},
    }


class Draws:
    """Numbers in [0, 1) by what they are drawn for, so that both arms draw the same."""

    def __init__(self, seed):
        self.seed = str(seed)

    def __call__(self, *what):
        digest = hashlib.blake2b("|".join((self.seed, *map(str, what))).encode(), digest_size=8).digest()
        return struct.unpack("<Q", digest)[0] / 2**64

    def normal(self, *what):
        return math.sqrt(-2 * math.log(1 - self(*what, "radius"))) * math.cos(2 * math.pi * self(*what, "angle"))


class Market:
    """What is on sale, and what everybody secretly likes, day by day."""

    def __init__(self, options, rows):
        self.draws = Draws(options.seed)
        self.options = options
        self.rows = {row["item"]: row for row in rows}
        self.ids = [row["item"] for row in rows]
        first = len(self.ids) - options.new_items * options.days
        self.first_day = {item: max(0, 1 + (place - first) // options.new_items) for place, item in enumerate(self.ids)}
        self.style = {item: int(self.draws("style", item) * STYLES) for item in self.ids}
        self.shoppers = [f"user-{number}" for number in range(options.shoppers)]
        self.tastes = {shopper: self.new_tastes(shopper, 0) for shopper in self.shoppers}
        self.appeal = {item: self.draws.normal("appeal", item) for item in self.ids}
        self.fashion = [self.draws.normal("fashion", style) for style in range(STYLES)]

    def new_tastes(self, shopper, day):
        return [int(self.draws("taste", shopper, day, place) * STYLES) for place in range(3)]

    def on_sale(self, day):
        return [item for item in self.ids if self.first_day[item] <= max(day, 0)]

    def new_on(self, day):
        return [item for item in self.ids if self.first_day[item] == day]

    def drift(self, day):
        """To the tastes of a day from those of the day before."""
        for style in range(STYLES):
            self.fashion[style] = 0.9 * self.fashion[style] + 0.44 * self.draws.normal("drift", style, day)
        for item in self.ids:
            if self.draws("fades", item, day) < 0.1:
                self.appeal[item] = self.draws.normal("appeal", item, day)
        for shopper in self.shoppers:
            for place in range(3):
                if self.draws("drifts", shopper, day, place) < 0.08:
                    self.tastes[shopper][place] = int(self.draws("taste", shopper, day, place) * STYLES)

    def liking(self, shopper, item):
        """The chance that a shopper who looks at an item likes it."""
        fits = self.style[item] in self.tastes[shopper]
        logit = -3.6 + 2.6 * fits + 0.5 * self.fashion[self.style[item]] + 0.5 * self.appeal[item]
        return 1 / (1 + math.exp(-logit))

    def visits(self, day):
        """(shopper, second of the day), by time."""
        visits = []
        for shopper in self.shoppers:
            activity = 0.4 + 1.6 * self.draws("activity", shopper)
            for number in range(3):
                if self.draws("visits", shopper, day, number) < activity / 3:
                    visits.append((int(self.draws("second", shopper, day, number) * (DAY - 10)), shopper, number))
        return [(shopper, second, number) for second, shopper, number in sorted(visits)]

    def found(self, shopper, day, number, on_sale):
        """What a shopper finds without a recommendation on a visit, if anything: the most liked of a few items seen."""
        if self.draws("finds", shopper, day, number) > 0.7:
            return None
        seen = [on_sale[int(self.draws("seen", shopper, day, number, look) * len(on_sale))] for look in range(25)]
        return max(seen, key=lambda item: self.liking(shopper, item) * (0.5 + self.draws("eye", shopper, day, number, item)))


class Program:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def run(self, *arguments, statuses=(0,)):
        result = subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                                check=False)
        if result.returncode not in statuses:
            sys.exit(f"shortlist {' '.join(map(str, arguments))} ended with {result.returncode}\n{result.stdout}{result.stderr}")
        return result


class Arm:
    """A server with its events and its models."""

    def __init__(self, name, options, folder, program):
        self.name = name
        self.folder = folder / name
        self.program = program
        self.config = folder / f"{name}.yaml"
        self.config.write_text(json.dumps(settings(options, folder, name)))  # JSON is YAML
        (self.folder / "models").mkdir(parents=True, exist_ok=True)
        self.server = None
        self.recorded = 0

    def start(self, models=None):
        from shortlist_client import Client

        log = open(self.folder / "serve.log", "a", encoding="utf-8")
        self.server = subprocess.Popen([self.program.program, "serve", self.config, "--bundle", models or self.folder / "models"],
                                       cwd=self.program.folder, stdout=subprocess.PIPE, stderr=log, text=True)
        lines = [self.server.stdout.readline(), self.server.stdout.readline()]
        if " on " not in lines[1]:
            sys.exit(f"the server of {self.name} did not start; see {self.folder / 'serve.log'}")
        self.admin = lines[1].split(" on ")[1].strip()
        self.client = Client(lines[0].split(" on ")[1].strip(), timeout=30)

    def stop(self):
        if self.server is None:
            return
        self.client.close()
        self.server.terminate()
        self.server.wait()
        self.server = None

    def record(self, events):
        from shortlist_client.events import Event

        outcomes = self.client.record([Event(*event[:5], request_id=event[5]) for event in events])
        refused = [outcome for outcome in outcomes if outcome.status != "recorded"]
        if refused:
            sys.exit(f"{self.name}: an event was not recorded: {refused[0]}")
        self.recorded += len(events)

    def upsert(self, rows):
        file = self.folder / "items.jsonl"
        file.write_text("".join(json.dumps({"id": row["item"], "title": row["title"], "price": float(row["price"]),
                                            "category": row["category"], "brand": row["brand"]}) + "\n" for row in rows))
        self.program.run("catalog", "upsert", file, "--admin-address", self.admin)

    def rotate(self):
        """Returns when the log of the day has become files of the lake: nothing new for longer than rotate_seconds."""
        lake = self.folder / "events/lake/events"
        before, since = None, time.monotonic()
        while time.monotonic() - since < 5:
            names = sorted(os.listdir(lake)) if lake.exists() else []
            if names != before:
                before, since = names, time.monotonic()
            time.sleep(0.2)

    def retrain(self, config=None):
        report = self.folder / "retrain.json"
        start = time.monotonic()
        self.program.run("retrain", config or self.config, "--json", report, statuses=(0, 3))
        result = json.loads(report.read_text())
        result["wall_seconds"] = time.monotonic() - start
        return result

    def await_version(self, version):
        for _ in range(300):
            if self.client.recommend(k=1).bundle_version == version:
                return
            time.sleep(0.1)
        sys.exit(f"{self.name}: the server does not serve {version}; see {self.folder / 'serve.log'}")


def simulate_day(market, arm, day, midnight):
    """Shown and clicked items by shopper."""
    tally = {}
    draws = market.draws
    on_sale = market.on_sale(day)
    for shopper, second, number in market.visits(day):
        now = midnight + second
        shown = arm.client.recommend(shopper, k=SHOWN, time=now).items
        events = []
        for place, item in enumerate(shown):
            looks = draws("looks", shopper, day, number, place) < 1 / (1 + 0.15 * place)
            if looks and draws("likes", shopper, day, number, item.item_id) < market.liking(shopper, item.item_id):
                events.append((f"c-{day}-{shopper}-{number}-{place}", shopper, "click", item.item_id, now + place,
                               f"{day}-{shopper}-{number}"))
        found = market.found(shopper, day, number, on_sale)
        if found is not None:
            events.append((f"f-{day}-{shopper}-{number}", shopper, "view", found, now + SHOWN, ""))
        if events:
            arm.record(events)
        counts = tally.setdefault(shopper, [0, 0])
        counts[0] += len(shown)
        counts[1] += sum(event[2] == "click" for event in events)
    return tally


def history(market, days, midnight):
    """What shoppers found by themselves before the shop had recommendations."""
    for day in range(-days, 1):
        market.drift(day)
        on_sale = market.on_sale(day)
        events = []
        for shopper, second, number in market.visits(day):
            for more in range(2):
                found = market.found(shopper, day, number + 10 * more, on_sale)
                if found is not None:
                    events.append((f"h-{day}-{shopper}-{number}-{more}", shopper, "view", found,
                                   midnight(day) + second + more, ""))
        yield events


def write_catalog(market, folder, day):
    temporary = folder / "catalog.tmp"
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["item", "title", "category", "brand", "price"])
        writer.writeheader()
        writer.writerows(market.rows[item] for item in market.on_sale(day))
    temporary.replace(folder / "catalog.csv")


def rate(tallies):
    shown = sum(tally[0] for tally in tallies)
    return sum(tally[1] for tally in tallies) / max(1, shown)


def intervals(closed, frozen, shoppers, seed):
    """95% percentile intervals of both rates and their difference; shoppers are resampled, alike in both arms."""
    draw = random.Random(seed)
    samples = []
    none = [0, 0]
    for _ in range(RESAMPLES):
        chosen = draw.choices(shoppers, k=len(shoppers))
        one, other = (rate([arm.get(shopper, none) for shopper in chosen]) for arm in (closed, frozen))
        samples.append((one, other, one - other))
    result = []
    for column in zip(*samples):
        ordered = sorted(column)
        result.append((ordered[int(0.025 * RESAMPLES)], ordered[int(0.975 * RESAMPLES) - 1]))
    return result


def compare(closed, frozen, shoppers, seed):
    low_high = intervals(closed, frozen, shoppers, seed)
    values = (rate(closed.values()), rate(frozen.values()))
    names = ("closed", "frozen", "difference")
    return {name: {"value": value, "low": low, "high": high}
            for name, value, (low, high) in zip(names, (*values, values[0] - values[1]), low_high)}


def total(tallies):
    whole = {}
    for tally in tallies:
        for shopper, (shown, clicked) in tally.items():
            counts = whole.setdefault(shopper, [0, 0])
            counts[0] += shown
            counts[1] += clicked
    return whole


def cell(figure):
    return f"{100 * figure['value']:.2f}% ({100 * figure['low']:.2f} to {100 * figure['high']:.2f})"


def markdown(report):
    lines = ["| day | retrained every night | frozen | difference | the night before |", "|---|---|---|---|---|"]
    for row in (*report["days"], report["all"]):
        lines.append(f"| {row['day']} | {cell(row['closed'])} | {cell(row['frozen'])} | {cell(row['difference'])} | "
                     f"{row['night']} |")
    lines += ["", "On the events of the last day:", "", "| model | verdict |", "|---|---|"]
    for name, outcome in (*report["worse"].items(), ("that of the last night", report["last_night"])):
        lines.append(f"| {name} | {outcome} |")
    return "\n".join(lines) + "\n"


def verdict(report):
    figures = report["evaluation"]
    difference = figures["difference"]
    return (f"{report['outcome']}, {figures['metric']} {figures['new']['value']:.4f} beside "
            f"{figures['serving']['value']:.4f}, difference {difference['low']:.4f} to {difference['high']:.4f}")


def judge_worse(options, folder, arm, newest):
    """What the gates say of models that are worse on purpose, by name."""
    verdicts = {}
    for name, changed in worse_settings(options, folder, arm.name, newest).items():
        config = folder / "worse.yaml"
        config.write_text(json.dumps(changed))
        verdicts[name] = verdict(arm.retrain(config))
        print(f"  {name}: {verdicts[name]}", flush=True)
    return verdicts


def simulate(options, folder, program):
    start = time.monotonic()
    scratch = folder / "closed.yaml"
    closed, frozen = (Arm(name, options, folder, program) for name in ("closed", "frozen"))
    program.run("synthesize", scratch, "--out", folder / "source")
    with (folder / "source/catalog.csv").open(encoding="utf-8") as file:
        market = Market(options, list(csv.DictReader(file)))
    end = int(time.time()) // DAY * DAY
    midnight = lambda day: end - (options.days + 1 - day) * DAY

    arms = [closed, frozen]
    try:
        begin(options, folder, program, market, midnight, closed)
        shutil.copytree(closed.folder / "models", frozen.folder / "models", dirs_exist_ok=True)
        shutil.copytree(closed.folder / "events", frozen.folder / "events")
        shutil.copy(closed.folder / "events.key", frozen.folder / "events.key")
        for arm in arms:
            arm.start()
        outcomes = []
        days, tallies, night = [], {arm.name: [] for arm in arms}, "first model"
        for day in range(1, options.days + 1):
            market.drift(day)
            for arm in arms:
                if market.new_on(day):
                    arm.upsert([market.rows[item] for item in market.new_on(day)])
                tallies[arm.name].append(simulate_day(market, arm, day, midnight(day)))
            row = compare(tallies["closed"][-1], tallies["frozen"][-1], market.shoppers, options.seed)
            days.append({"day": day, **row, "night": night})
            print(f"day {day}: {100 * row['closed']['value']:.2f}% retrained, {100 * row['frozen']['value']:.2f}% frozen",
                  flush=True)
            write_catalog(market, folder, day)
            closed.rotate()
            if day == options.days:
                worse = judge_worse(options, folder, closed, midnight(day + 1))
            report = closed.retrain()
            outcomes.append(report["outcome"])
            night = verdict(report)
            print(f"  {night}, {report['wall_seconds']:.0f} s", flush=True)
            if report["outcome"] == "published":
                closed.await_version(report["version"])
        # Of the first day both arms serve the same model.
        behind = {name: total(tally[1:]) for name, tally in tallies.items()}
        whole = compare(behind["closed"], behind["frozen"], market.shoppers, options.seed)
        return {"seed": options.seed, "shoppers": options.shoppers, "items": options.items,
                "days": days, "all": {"day": f"2 to {options.days}", **whole, "night": ""},
                "nights": outcomes, "last_night": night, "worse": worse, "seconds": time.monotonic() - start}
    finally:
        for arm in arms:
            arm.stop()


def begin(options, folder, program, market, midnight, arm):
    """Events of the days before, through a server, and the first model from its lake."""
    seed_config = settings(options, folder, "closed")
    seed_config["directory"] = str(folder / "seed")
    seed_config["data"]["events"]["paths"] = [str(folder / "source/events.csv")]
    del seed_config["data"]["events"]["columns"]["request_id"]
    seed_config["data"]["max_bad_fraction"] = 0.05
    seed_config["train"]["epochs"] = 1
    (folder / "seed.yaml").write_text(json.dumps(seed_config))
    write_catalog(market, folder, 0)
    for stage in ("prepare", "train", "index"):
        program.run(stage, folder / "seed.yaml")
    arm.start(folder / "seed/bundle")
    for events in history(market, options.history_days, midnight):
        for first in range(0, len(events), 500):
            arm.record(events[first:first + 500])
    arm.rotate()
    arm.stop()
    (arm.folder / "catalog.log").unlink(missing_ok=True)
    report = arm.retrain()
    print(f"first model: {arm.recorded:,} events, {report['wall_seconds']:.0f} s", flush=True)


def installed_packages():
    """Where tools/setup.sh puts the packages of the Python client."""
    digest = hashlib.sha256((ROOT / "tools/setup/python_requirements.txt").read_bytes()).hexdigest()
    installed = os.environ.get("SHORTLIST_DEPS_DIR", pathlib.Path.home() / ".cache/shortlist")
    return pathlib.Path(installed) / f"python-{digest[:8]}"


def install_client(folder, packages):
    """Builds the Python client as pip does and makes it importable here."""
    sources, library = folder / "python", folder / "library"
    shutil.copytree(ROOT / "python", sources, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    shutil.copytree(ROOT / "src/serve/proto", sources / "proto")
    subprocess.run([sys.executable, "-B", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--root-user-action=ignore", "--no-deps", "--no-index", "--no-build-isolation", "--target", library, "."],
                   cwd=sources, env=dict(os.environ, PYTHONPATH=str(packages)), check=True)
    sys.path[:0] = [str(library), str(packages)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--packages", type=pathlib.Path, default=installed_packages(),
                        help="Python packages that tools/setup.sh installed (SHORTLIST_DEPS_DIR/python-...)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/simulated_shop", help="for report.md and report.json")
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--history-days", type=int, default=20, help="before the first day")
    parser.add_argument("--shoppers", type=int, default=600)
    parser.add_argument("--items", type=int, default=500, help="in all, those that come on sale later included")
    parser.add_argument("--new-items", type=int, default=10, help="that come on sale each day")
    parser.add_argument("--epochs", type=int, default=6, help="of each training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--margin", type=float, default=0.05, help="least gain, as a share of the frozen click rate")
    options = parser.parse_args()
    if not (options.packages / "grpc").is_dir():
        print(f"skipped: there are no Python packages in {options.packages}; tools/setup.sh puts them there")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="shortlist_shop_") as temporary:
        folder = pathlib.Path(temporary)
        install_client(folder, options.packages.resolve())
        report = simulate(options, folder, Program(str(options.program.resolve()), folder))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    (options.out / "report.md").write_text(markdown(report))
    print(markdown(report) + f"\n{report['seconds']:.0f} s; reports in {options.out}")
    gain = report["all"]["difference"]
    good = gain["low"] > 0 and gain["value"] >= options.margin * report["all"]["frozen"]["value"]
    if not good:
        print(f"the retrained arm does not beat the frozen one by {options.margin:.0%} and more than noise")
    published = set(report["nights"]) == {"published"}
    if not published:
        print(f"the gates refuse a model that holds up: {report['nights']}")
    refused = all(outcome.startswith("refused") for outcome in report["worse"].values())
    if not refused:
        print(f"the gates let a worse model pass: {report['worse']}")
    return 0 if good and published and refused else 1


if __name__ == "__main__":
    sys.exit(main())
