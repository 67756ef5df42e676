#include "base/sealed_json.h"

#include <string_view>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

constexpr std::string_view kSpace = " \n\r\t";

std::string Seal(std::string_view sealed) {
  return ",\n  \"sha256\": \"" + Sha256(sealed) + "\"\n}\n";
}

}  // namespace

std::string SealJson(std::string object) {
  const std::size_t end = object.find_last_not_of(kSpace);
  const std::size_t last = end == std::string::npos ? end : object.find_last_not_of(kSpace, end - 1);
  if (last == std::string::npos || last >= end || object[end] != '}' || object[last] == '{') {
    throw Error(Code::kInternal, "only a JSON object with a field can be sealed");
  }
  object.resize(last + 1);
  return object + Seal(object);
}

std::string ReadSealedJson(const std::filesystem::path& path) {
  std::string text = ReadFile(path);
  const std::size_t seal = Seal("").size();
  const bool sound = text.size() > seal && text.ends_with(Seal(std::string_view(text).substr(0, text.size() - seal)));
  if (!sound) {
    throw Error(Code::kDataLoss,
                "'" + path.string() +
                    "' is damaged: its contents differ from its SHA-256; make the artifact again or copy it whole");
  }
  return text;
}

}  // namespace shortlist::base
