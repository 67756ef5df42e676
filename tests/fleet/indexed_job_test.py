#!/usr/bin/env python3
"""Ranks started as the pods of an indexed Kubernetes Job train what one rank trains.

Usage: indexed_job_test.py PROGRAM     skipped, saying why, where hosts cannot be made

Four hosts with addresses of their own know their index, how many they are, and the name of pod 0, which is published
only when others have asked for it in vain.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

import hosts
import made_job
from name_server import NameServer

PROGRAM = sys.argv[1]
RANKS = 4
MASTER = "shop-0.training"


class IndexedJob(unittest.TestCase):
    def setUp(self):
        if not shutil.which("dnsmasq"):
            self.skipTest("there is no dnsmasq; tools/setup.sh installs it")
        try:
            self.hosts = self.enterContext(hosts.Hosts(RANKS + 1))
        except hosts.CannotMakeHosts as reason:
            self.skipTest(str(reason))
        self.job = made_job.Job(PROGRAM)
        self.addCleanup(self.job.scratch.cleanup)
        self.names = NameServer(self.hosts, pathlib.Path(self.job.scratch.name))
        self.addCleanup(self.names.stop)

    def start(self, index):
        environment = os.environ | {"JOB_COMPLETION_INDEX": str(index), "WORLD_SIZE": str(RANKS),
                                    "MASTER_ADDR": MASTER, "MASTER_PORT": str(hosts.PORT)}
        process = subprocess.Popen(self.names.command(index, self.job.command("train", "--resume")), env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process

    def test_trains_what_one_rank_trains(self):
        expected = self.job.train(1)
        self.job.forget_checkpoints()
        self.job.configure(sharding="sharded")
        processes = [self.start(index) for index in range(1, RANKS)]
        time.sleep(3)
        processes.append(self.start(0))
        self.names.publish(MASTER, [self.hosts.address(0)])
        errors = "".join(process.communicate(timeout=made_job.PATIENCE)[1] for process in processes)
        self.assertEqual([process.returncode for process in processes], [0] * RANKS, errors)
        made_job.assert_same_training(self, self.job.report(), expected)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed then, too
    unittest.main(argv=sys.argv[:1], verbosity=2)
