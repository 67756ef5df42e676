// Stands in for libcuda.so.1, of which the program asks only that it opens.
extern "C" int shortlist_simulated_driver() {
  return 0;
}
