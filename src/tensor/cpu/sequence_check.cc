#include "tensor/cpu/sequence_check.h"

#include <string>

#include "shortlist/error.h"

namespace shortlist::tensor::cpu {
namespace {

[[noreturn]] void Fail(const char* operation, const std::string& what) {
  throw Error(Code::kInvalidArgument, std::string(operation) + ": sequences.offsets" + what);
}

}  // namespace

void CheckSequences(const char* operation, const SequencesView& sequences) {
  if (sequences.sequences == 0) return;
  const std::int64_t* offsets = sequences.offsets;
  if (offsets[0] != 0) Fail(operation, "[0] is " + std::to_string(offsets[0]) + ", expected 0");
  for (std::int64_t s = 0; s < sequences.sequences; ++s) {
    const std::int64_t length = offsets[s + 1] - offsets[s];
    if (length >= 0 && length <= sequences.longest) continue;
    Fail(operation, ": sequence " + std::to_string(s) + " has " + std::to_string(length) + " rows, expected 0 to " +
                        std::to_string(sequences.longest));
  }
  const std::int64_t last = offsets[sequences.sequences];
  if (last == sequences.rows) return;
  Fail(operation, " end with " + std::to_string(last) + ", expected " + std::to_string(sequences.rows));
}

}  // namespace shortlist::tensor::cpu
