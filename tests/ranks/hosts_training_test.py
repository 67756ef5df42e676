#!/usr/bin/env python3
"""Four hosts with addresses of their own train what one rank trains.

Usage: hosts_training_test.py PROGRAM [--mpirun]     skipped, saying why, where hosts cannot be made
"""
import subprocess
import sys
import unittest

import hosts
import made_job

PROGRAM = sys.argv[1]
BY_MPIRUN = sys.argv[2:] == ["--mpirun"]

HOSTS = 4


class HostsTraining(unittest.TestCase):
    def setUp(self):
        try:
            self.hosts = self.enterContext(hosts.Hosts(HOSTS))
        except hosts.CannotMakeHosts as reason:
            self.skipTest(str(reason))
        self.job = made_job.Job(PROGRAM)
        self.addCleanup(self.job.scratch.cleanup)

    def train_alone(self):
        """The report that all are held to; what follows is sharded."""
        expected = self.job.train(1)
        self.job.configure(sharding="sharded")
        return expected

    def test_four_hosts_by_mpirun_train_what_one_rank_trains(self):
        if not BY_MPIRUN:
            return  # without a plug-in for MPI; a skipped test would hide the other one
        expected = self.train_alone()
        command = self.hosts.command(0, hosts.mpirun(self.hosts, self.job.command("train")))
        subprocess.run(command, check=True, timeout=made_job.PATIENCE, stdout=subprocess.DEVNULL)
        made_job.assert_same_training(self, self.job.report(), expected)

    def test_four_hosts_train_what_one_rank_trains(self):
        expected = self.train_alone()
        processes = hosts.start(self.hosts, self.job.command("train"), stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: [process.kill() for process in processes])
        for process in processes:
            errors = process.communicate(timeout=made_job.PATIENCE)[1]
            self.assertEqual(process.returncode, 0, errors)
        made_job.assert_same_training(self, self.job.report(), expected)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
