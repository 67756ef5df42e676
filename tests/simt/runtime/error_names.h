// Names and words of errors, as the real runtime spells them.
#pragma once

#include <driver_types.h>

namespace shortlist::simt {

struct ErrorText {
  const char* name;
  const char* words;
};

ErrorText TextOf(cudaError_t error);

}  // namespace shortlist::simt
