#include "simt/runtime/kernel_name.h"

#include <cstdlib>
#include <cxxabi.h>
#include <dlfcn.h>
#include <memory>

namespace shortlist::simt {
namespace {

std::string Demangle(const char* name) {
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name, nullptr, nullptr, nullptr), std::free);
  return text ? text.get() : name;
}

// Drops the return type and namespaces that stand before the name, and the parameters behind it.
std::string Shorten(const std::string& signature) {
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < signature.size(); ++i) {
    const char c = signature[i];
    if (c == '(' && depth == 0) return signature.substr(begin, i - begin);
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if ((c == ' ' || c == ':') && depth == 0) begin = i + 1;
  }
  return signature.substr(begin);
}

}  // namespace

std::string KernelName(const void* function) {
  Dl_info info{};
  if (dladdr(function, &info) == 0 || info.dli_sname == nullptr) return "kernel";
  return Shorten(Demangle(info.dli_sname));
}

}  // namespace shortlist::simt
