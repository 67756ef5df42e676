#include "simt/ptx/evaluate.h"

#include <bit>
#include <cstring>

#include "simt/ptx/decoder.h"
#include "simt/ptx/execution.h"
#include "simt/ptx/parser.h"

namespace shortlist::simt::ptx {
namespace {

const OpcodeTable& Table() {
  static const OpcodeTable table;
  return table;
}

std::string RegisterType(const TypedBits& value) {
  return value.is_predicate ? ".pred" : ".b" + std::to_string(value.bytes * 8);
}

// Declares register %x<number> and loads it from parameter p<number>.
std::string LoadArgument(const TypedBits& argument, const std::string& number) {
  const std::string name = "%x" + number;
  const std::string declaration = ".reg " + RegisterType(argument) + " " + name + ";";
  if (!argument.is_predicate)
    return declaration + "ld.param" + RegisterType(argument) + " " + name + ", [p" + number + "];";
  return declaration + "ld.param.u8 %wide, [p" + number + "]; setp.ne.u32 " + name + ", %wide, 0;";
}

std::string StoreResult(const TypedBits& result) {
  if (result.is_predicate) return "selp.u32 %wide, 1, 0, %result; st.global.u8 [%address], %wide;";
  return "st.global" + RegisterType(result) + " [%address], %result;";
}

}  // namespace

std::uint64_t ArrayMemory::AddBytes(std::span<std::byte> array) {
  const auto start = reinterpret_cast<std::uint64_t>(array.data());
  arrays_[start] = array.size();
  return start;
}

std::byte* ArrayMemory::Find(std::uint64_t address, std::size_t bytes, Access /*access*/) {
  const auto next = arrays_.upper_bound(address);
  if (next == arrays_.begin()) return nullptr;
  const auto [start, size] = *std::prev(next);
  return address + bytes <= start + size ? std::bit_cast<std::byte*>(address) : nullptr;
}

Kernel DecodeOnly(const std::string& text) {
  const ModuleSyntax module = Parse(text);
  return Decode(module, module.kernels.at(0), Table());
}

void AppendParameter(std::vector<std::byte>& parameters, std::uint64_t bits, std::size_t bytes) {
  parameters.resize((parameters.size() + bytes - 1) / bytes * bytes + bytes);
  std::memcpy(&parameters[parameters.size() - bytes], &bits, bytes);
}

std::uint64_t RunBodyAt(const std::string& body, std::uint32_t threads, std::uint64_t in, std::uint64_t out,
                        ArrayMemory& memory, std::size_t dynamic_shared_bytes) {
  const Kernel kernel = DecodeOnly(R"(
.version 9.0
.target sm_80
.address_size 64
.extern .shared .align 16 .b8 dynamic[];
.visible .entry test(.param .u64 test_in, .param .u64 test_out)
{
  .reg .pred %p<8>; .reg .b16 %h<8>; .reg .b32 %a<8>, %d; .reg .b64 %q<8>, %in, %out;
  ld.param.u64 %in, [test_in];
  ld.param.u64 %out, [test_out];
)" + body + "\n}");
  std::vector<std::byte> parameters;
  AppendParameter(parameters, in, sizeof in);
  AppendParameter(parameters, out, sizeof out);
  return Execute(kernel, {.threads = {threads, 1, 1}, .dynamic_shared_bytes = dynamic_shared_bytes}, parameters,
                 memory);
}

std::uint64_t EvaluateBits(const std::string& opcode, TypedBits result, const std::vector<TypedBits>& arguments) {
  std::string parameters = ".param .u64 out";
  std::string body = ".reg .b64 %address; .reg .b32 %wide; .reg " + RegisterType(result) + " %result;";
  std::string instruction = opcode + " %result";
  std::vector<std::uint64_t> out(1);
  ArrayMemory memory;
  std::vector<std::byte> values;
  AppendParameter(values, memory.Add(out), sizeof(std::uint64_t));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string number = std::to_string(i);
    AppendParameter(values, arguments[i].bits, arguments[i].bytes);
    parameters += ", .param .b" + std::to_string(arguments[i].bytes * 8) + " p" + number;
    body += LoadArgument(arguments[i], number);
    instruction += ", %x" + number;
  }
  const Kernel kernel = DecodeOnly(".entry test(" + parameters + ") {" + body + instruction +
                                   "; ld.param.u64 %address, [out];" + StoreResult(result) + " ret; }");
  Execute(kernel, {}, values, memory);
  return out[0];
}

}  // namespace shortlist::simt::ptx
