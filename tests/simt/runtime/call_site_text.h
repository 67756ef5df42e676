#pragma once

#include <string>
#include <string_view>

#include "simt/device/call_site.h"

namespace shortlist::simt {

// "file.cu:12", without folders.
inline std::string Text(const CallSite& site) {
  const std::string_view path = site.file;
  return std::string(path.substr(path.rfind('/') + 1)) + ":" + std::to_string(site.line);
}

}  // namespace shortlist::simt
