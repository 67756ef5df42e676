"""What counts as a barrier and as a bound, and how each is changed."""
import sys
import unittest

sys.dont_write_bytecode = True

from mutants import mutants  # noqa: E402

SOURCE = """\
// Threads meet in __syncthreads();
template <int kWidth>
__global__ void Kernel(const float* in, float* out, int size) {
  const int i = threadIdx.x;
  if (i >= size) return;
  __syncthreads();
  for (int k = 0; k < 4 && k < size; ++k) out[i] += in[k];
  if constexpr (kWidth < 4) __syncwarp(0xFFU);
}

bool OnTheHost(int i, int size) {
  return i < size;
}
"""


class MutantsTest(unittest.TestCase):
    def lines(self, kind):
        return [(mutant.line, mutant.text.strip()) for mutant in mutants(SOURCE, kind)]

    def test_barriers_are_removed(self):
        self.assertEqual(self.lines("barrier"), [(6, ";"), (8, "if constexpr (kWidth < 4) ;")])

    def test_bounds_of_device_code_are_weakened_one_by_one(self):
        self.assertEqual(
            self.lines("bound"),
            [
                (5, "if (i > size) return;"),
                (7, "for (int k = 0; k <= 4 && k < size; ++k) out[i] += in[k];"),
                (7, "for (int k = 0; k < 4 && k <= size; ++k) out[i] += in[k];"),
            ],
        )

    def test_a_mutant_changes_one_line(self):
        changed = next(mutants(SOURCE, "barrier")).apply(SOURCE).split("\n")
        self.assertEqual([i for i, (a, b) in enumerate(zip(SOURCE.split("\n"), changed), 1) if a != b], [6])


if __name__ == "__main__":
    unittest.main()
