// What stops the interpreter: text that it cannot read, an opcode that it does not know, or a kernel that does what the
// machine forbids. The message says where.
#pragma once

#include <stdexcept>

namespace shortlist::simt::ptx {

class Fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace shortlist::simt::ptx
