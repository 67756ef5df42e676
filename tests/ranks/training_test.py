#!/usr/bin/env python3
"""The program trains on ranks that are processes what it trains on one.

Usage: training_test.py PROGRAM [MPIRUN]     without MPIRUN the tests of MPI are skipped
"""
import os
import subprocess
import sys
import unittest

import made_job

PROGRAM = sys.argv[1]
MPIRUN = sys.argv[2:]

HOSTS = 4
NETWORK = "10.213.77"


# Parameters and optimizer state after 200 steps differ by the rounding of sums.
STEPS = 200
AGREEMENT = 1e-5


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.job = made_job.Job(PROGRAM, MPIRUN)
        cls.addClassCleanup(cls.job.scratch.cleanup)
        cls.job.configure(max_steps=STEPS)
        cls.job.train(1)
        cls.parameters = cls.job.parameters()
        cls.job.configure()
        cls.expected = cls.job.train(1)

    def expect_the_parameters_of_one_rank(self, train, ranks, sharding):
        with self.subTest(ranks=ranks, sharding=sharding):
            self.job.configure(max_steps=STEPS, sharding=sharding)
            self.assertEqual(train(ranks)["steps"], STEPS)
            made_job.assert_same_parameters(self, self.job.parameters(), self.parameters, AGREEMENT)

    def test_ranks_over_tcp(self):
        for ranks, sharding in [(2, "replicated"), (3, "sharded"), (4, "hybrid")]:
            self.expect_the_parameters_of_one_rank(self.job.train, ranks, sharding)
        self.job.run("evaluate")

    @unittest.skipUnless(MPIRUN, "the MPI plug-in is not built")
    def test_ranks_over_mpi(self):
        for ranks in (2, 4):
            for sharding in ("replicated", "sharded", "hybrid"):
                self.expect_the_parameters_of_one_rank(self.job.train_by_mpi, ranks, sharding)

    def test_other_numbers_of_ranks_resume(self):
        self.job.configure(max_steps=20, sharding="sharded")
        self.job.train(4)
        self.job.configure(sharding="sharded")
        made_job.assert_same_training(self, self.job.train(3, "--resume"), self.expected)


class Hosts(unittest.TestCase):
    """Each rank in a network namespace with an address of its own."""

    def setUp(self):
        self.names = [f"shortlist{os.getpid()}-{host}" for host in range(HOSTS)]
        self.bridge = f"slb{os.getpid()}"[:15]
        self.addCleanup(self.remove)
        try:
            self.make()
        except (OSError, subprocess.CalledProcessError) as problem:
            self.skipTest(f"no right to make network namespaces: {problem}")

    def ip(self, *arguments):
        subprocess.run(["ip", *arguments], check=True, capture_output=True)

    def make(self):
        self.ip("link", "add", self.bridge, "type", "bridge")
        self.ip("link", "set", self.bridge, "up")
        for host, name in enumerate(self.names):
            self.ip("netns", "add", name)
            outside, inside = f"slv{os.getpid() % 100000}-{host}", f"slh{os.getpid() % 100000}-{host}"
            self.ip("link", "add", outside, "type", "veth", "peer", "name", inside)
            self.ip("link", "set", inside, "netns", name)
            self.ip("link", "set", outside, "master", self.bridge, "up")
            self.ip("-n", name, "address", "add", f"{NETWORK}.{host + 1}/24", "dev", inside)
            self.ip("-n", name, "link", "set", inside, "up")
            self.ip("-n", name, "link", "set", "lo", "up")

    def remove(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)
        subprocess.run(["ip", "link", "delete", self.bridge], capture_output=True)

    def test_four_hosts_train_what_one_rank_trains(self):
        job = made_job.Job(PROGRAM)
        self.addCleanup(job.scratch.cleanup)
        expected = job.train(1)
        job.configure(sharding="sharded")
        processes = [
            subprocess.Popen(["ip", "netns", "exec", name, *job.command("train")], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True, env=os.environ | {
                                 "RANK": str(host), "WORLD_SIZE": str(HOSTS), "MASTER_ADDR": f"{NETWORK}.1",
                                 "MASTER_PORT": "29500"})
            for host, name in enumerate(self.names)]
        self.addCleanup(lambda: [process.kill() for process in processes])
        for process in processes:
            errors = process.communicate(timeout=made_job.PATIENCE)[1]
            self.assertEqual(process.returncode, 0, errors)
        made_job.assert_same_training(self, job.report(), expected)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
