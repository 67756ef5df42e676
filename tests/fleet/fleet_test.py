#!/usr/bin/env python3
"""What happens to a fleet happens under a load of the program's own client, which counts every failed call.

Usage: fleet_test.py PROGRAM     skipped, saying why, where hosts cannot be made

Four servers on hosts with addresses of their own, found by one name. Loads are bounded and go to these hosts only.
"""
import json
import shutil
import signal
import subprocess
import sys
import time
import unittest

import fleet
import hosts
import made_job

PROGRAM = sys.argv[1]

SERVING = {
    "address": "0.0.0.0:50051",
    "security": {"insecure": True},
    "metrics": {"address": "0.0.0.0:9464"},
    "versions": {"poll_seconds": 0.5},
    "connections": {"max_age_seconds": 3},
    "shutdown": {"lame_duck_seconds": 1},
}


def make_bundle(job, epochs):
    job.configure(epochs=epochs)
    for stage in ("train", "evaluate", "index"):
        job.run(stage)
    return json.loads((job.root / "run/bundle/manifest.json").read_text())["version"]


def publish(job, server):
    subprocess.run([PROGRAM, "publish", "--bundle", job.root / "run/bundle", "--models", server.models], check=True,
                   capture_output=True)


def setUpModule():
    global made, job
    if not shutil.which("dnsmasq"):
        raise unittest.SkipTest("there is no dnsmasq; tools/setup.sh installs it")
    job = made_job.Job(PROGRAM)
    unittest.addModuleCleanup(job.scratch.cleanup)
    configuration = job.root / "serve.yaml"
    configuration.write_text(json.dumps({"name": "fleet", "threads": 1, "serve": SERVING}))
    try:
        made = unittest.enterModuleContext(fleet.Fleet(PROGRAM, configuration, job.root))
    except hosts.CannotMakeHosts as reason:
        raise unittest.SkipTest(str(reason)) from None
    make_bundle(job, epochs=1)
    for server in made.servers:
        publish(job, server)


class FleetTest(unittest.TestCase):
    def setUp(self):
        made.start()

    def assert_none_failed(self, load):
        calls = load.end()
        self.assertEqual(list(calls), ["OK"], calls)
        print(f"{calls['OK']} calls, none failed", end=" ... ", flush=True)

    def assert_some_failed(self, load, most):
        calls = load.end()
        failed = sum(calls.values()) - calls["OK"]
        print(f"{calls}", end=" ... ", flush=True)
        self.assertGreater(failed, 0, calls)
        self.assertLessEqual(failed, most, calls)


class LostServer(FleetTest):
    def kill_one(self):
        """With calls that it has taken and will not answer."""
        server = made.servers[0]
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        server.kill()
        made.servers[1].await_calls()

    def cut_one_off(self):
        """Until its connections must have been given up; no packet says so."""
        server = made.servers[0]
        self.addCleanup(server.set_link, "up")
        server.set_link("down")
        time.sleep(5)
        made.servers[1].await_calls()

    def test_fails_no_call_that_may_be_sent_again_when_it_is_killed(self):
        with fleet.Load(made, attempts=4) as load:
            made.await_calls()
            self.kill_one()
            self.assert_none_failed(load)

    def test_fails_the_calls_it_had_when_it_is_killed_and_none_is_sent_again(self):
        with fleet.Load(made, attempts=1) as load:
            made.await_calls()
            self.kill_one()
            self.assert_some_failed(load, most=60)

    def test_fails_no_call_that_may_be_sent_again_when_it_is_cut_off(self):
        with fleet.Load(made, attempts=4) as load:
            made.await_calls()
            self.cut_one_off()
            made.servers[0].set_link("up")
            made.servers[0].await_calls()
            self.assert_none_failed(load)

    def test_fails_calls_of_seconds_when_it_is_cut_off_and_none_is_sent_again(self):
        with fleet.Load(made, attempts=1) as load:
            made.await_calls()
            self.cut_one_off()
            # A quarter of 60 calls per second, for the time after which connections are given up, and some more.
            self.assert_some_failed(load, most=15 * 6)


class ChangingFleet(FleetTest):
    def test_fails_no_call_when_a_server_is_drained(self):
        with fleet.Load(made, attempts=4) as load:
            made.await_calls()
            made.publish(made.servers[1:4])
            self.assertEqual(made.servers[0].stop(), 0)
            for server in made.servers[1:4]:
                server.await_calls()
            self.assert_none_failed(load)

    def test_sends_calls_to_a_server_that_is_added(self):
        added = made.servers[4]
        self.addCleanup(added.stop)
        with fleet.Load(made, attempts=4) as load:
            made.await_calls()
            added.start()
            made.publish(made.servers)
            added.await_calls()
            self.assert_none_failed(load)

    def test_fails_no_call_when_all_servers_are_restarted_in_turn(self):
        with fleet.Load(made, attempts=4) as load:
            for server in made.servers[:4]:
                made.await_calls()
                self.assertEqual(server.stop(), 0)
                server.start()
            made.await_calls()
            self.assert_none_failed(load)

    def test_fails_no_call_when_a_version_is_rolled_over_all_servers(self):
        version = make_bundle(job, epochs=2)
        with fleet.Load(made, attempts=4) as load:
            for server in made.servers[:4]:
                server.await_calls()
                self.assertNotEqual(server.stable_version(), version)
                publish(job, server)
                fleet.wait_for(f"version {version}", lambda server=server: server.stable_version() == version)
            made.await_calls()
            self.assert_none_failed(load)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed then, too
    unittest.main(argv=sys.argv[:1], verbosity=2)
