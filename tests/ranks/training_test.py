#!/usr/bin/env python3
"""The program trains on ranks that are processes what it trains on one.

Usage: training_test.py PROGRAM [MPIRUN]     without MPIRUN the tests of MPI are skipped
"""
import json
import shutil
import sys
import unittest

import made_job

PROGRAM = sys.argv[1]
MPIRUN = sys.argv[2:]

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
        last = self.job.root / "run/checkpoints/last"
        saved = shutil.copytree(last, self.job.root / "saved")
        self.job.configure(sharding="sharded")
        for ranks in (1, 3, 8):
            with self.subTest(ranks=ranks):
                shutil.rmtree(last)
                shutil.copytree(saved, last)
                made_job.assert_same_training(self, self.job.train(ranks, "--resume"), self.expected)

    @unittest.skipUnless(MPIRUN, "the MPI plug-in is not built")
    def test_a_plan_measures_the_machines_it_runs_on(self):
        plan = self.job.root / "plan.json"
        self.job.configure()
        self.job.run_by_mpi(2, "plan", "--measure", "--json", str(plan))
        measured = json.loads(plan.read_text())
        self.assertEqual(measured["devices"], 2)
        for rate, assumed in [("memory_rate", 3e12), ("compute_rate", 1e14), ("link_rate", 4.5e11)]:
            self.assertGreater(measured[rate], 0)
            self.assertLess(measured[rate], assumed, "that is a GPU's, which is what a plan assumes without measuring")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
