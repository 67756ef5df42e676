// Stands in for libcuda.so.1, of which the program asks only that it opens.
// NOLINTNEXTLINE(readability-identifier-naming): named as the symbols of C libraries are.
extern "C" int shortlist_simulated_driver() {
  return 0;
}
