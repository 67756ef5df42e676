// From syntax to what is executed.
#pragma once

#include "simt/ptx/instruction.h"
#include "simt/ptx/opcodes.h"
#include "simt/ptx/syntax.h"

namespace shortlist::simt::ptx {

// Throws Fault, with kernel and line, at an opcode that is not in the table and at a name that was not declared.
Kernel Decode(const ModuleSyntax& module, const KernelSyntax& syntax, const OpcodeTable& table);

}  // namespace shortlist::simt::ptx
