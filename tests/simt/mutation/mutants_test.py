"""What counts as a barrier and as a bound, and how each is changed."""
import sys
import unittest

sys.dont_write_bytecode = True

from mutants import mutants, with_switches  # noqa: E402

SOURCE = """\
// Threads meet in __syncthreads();
template <int kWidth>
__global__ void Kernel(const float* in, float* out, int size) {
  const int i = threadIdx.x;
  if (i >= size) return;
  __syncthreads();
  for (int k = 0; k < 4 && k + 4 <= size; ++k) out[i] += in[k];
  if constexpr (kWidth < 4) __syncwarp(0xFFU);
}

bool OnTheHost(int i, int size) {
  return i < size;
}
"""


class MutantsTest(unittest.TestCase):
    def planted(self, kind):
        return [(mutant.line, mutant.planted(SOURCE)) for mutant in mutants(SOURCE) if mutant.kind == kind]

    def test_barriers_are_removed(self):
        self.assertEqual(self.planted("barrier"), [(6, ";"), (8, "if constexpr (kWidth < 4) ;")])

    def test_bounds_of_device_code_are_weakened_one_by_one(self):
        self.assertEqual(
            self.planted("bound"),
            [
                (5, "if (i > size) return;"),
                (7, "for (int k = 0; k <= 4 && k + 4 <= size; ++k) out[i] += in[k];"),
                (7, "for (int k = 0; k < 4 && k + 4 <= 1 + size; ++k) out[i] += in[k];"),
            ],
        )

    def test_each_mutant_has_a_switch_of_its_own_number(self):
        changed = {
            number: text
            for number, (text, original) in enumerate(
                zip(with_switches(SOURCE, 11).split("\n"), SOURCE.split("\n")), 1)
            if text != original
        }
        self.assertEqual(
            changed,
            {
                5: "  if (i >= shortlist::simt::WeakenedIf(13) >= size) return;",
                6: "  if (!shortlist::simt::IsPlanted(11)) __syncthreads();",
                7: "  for (int k = 0; k < shortlist::simt::WeakenedIf(14) > 4 && "
                   "k + 4 <= shortlist::simt::WeakenedIf(15) <= size; ++k) out[i] += in[k];",
                8: "  if constexpr (kWidth < 4) if (!shortlist::simt::IsPlanted(12)) __syncwarp(0xFFU);",
            },
        )


if __name__ == "__main__":
    unittest.main()
