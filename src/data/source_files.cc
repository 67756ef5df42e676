#include "data/source_files.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fnmatch.h>
#include <string_view>
#include <utility>

#include <arrow/filesystem/filesystem.h>

#include "data/arrow_result.h"

namespace shortlist::data {
namespace {

constexpr std::string_view kWildcards = "*?[";

[[noreturn]] void ThrowInvalid(const SourceSyntax& syntax, const std::string& message) {
  throw Error(Code::kInvalidArgument, syntax.field + ": " + message);
}

[[noreturn]] void ThrowUnset(const SourceSyntax& syntax, const std::string& path, const std::string& variable) {
  ThrowInvalid(syntax, "path '" + path + "' names the environment variable " + variable + ", which is not set");
}

std::string ExpandEnvironment(std::string text, const SourceSyntax& syntax) {
  for (std::size_t begin = text.find("${"); begin != std::string::npos; begin = text.find("${", begin)) {
    const std::size_t end = text.find('}', begin);
    if (end == std::string::npos) ThrowInvalid(syntax, "a path has ${ without its }: " + text);
    const std::string name = text.substr(begin + 2, end - begin - 2);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) ThrowUnset(syntax, text, name);
    text.replace(begin, end - begin + 1, value);
    begin += std::string_view(value).size();
  }
  return text;
}

std::string Resolve(const std::string& path, const std::filesystem::path& base) {
  if (path.find("://") != std::string::npos) return path;
  return (std::filesystem::current_path() / base / path).lexically_normal().string();
}

bool EndsWithAny(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

SourceFormat FormatOfName(std::string_view name) {
  for (const std::string_view compression : {".zst", ".gz", ".bz2", ".lz4"}) {
    if (name.ends_with(compression)) name.remove_suffix(compression.size());
  }
  if (EndsWithAny(name, {".csv"})) return SourceFormat::kCsv;
  if (EndsWithAny(name, {".tsv", ".tab"})) return SourceFormat::kTsv;
  if (EndsWithAny(name, {".parquet", ".pq"})) return SourceFormat::kParquet;
  if (EndsWithAny(name, {".jsonl", ".ndjson", ".json"})) return SourceFormat::kJsonLines;
  return SourceFormat::kAuto;
}

char Delimiter(const SourceSyntax& syntax, SourceFormat format) {
  if (syntax.delimiter.empty()) return format == SourceFormat::kTsv ? '\t' : ',';
  if (syntax.delimiter == "\\t") return '\t';
  if (syntax.delimiter.size() != 1) ThrowInvalid(syntax, "delimiter '" + syntax.delimiter + "' is not one character");
  return syntax.delimiter.front();
}

SourceFile MakeFile(const arrow::fs::FileInfo& info, const std::string& uri_prefix, const SourceSyntax& syntax) {
  SourceFormat format = syntax.format;
  if (format == SourceFormat::kAuto) format = FormatOfName(info.path());
  if (format == SourceFormat::kAuto) {
    ThrowInvalid(syntax, "the ending of '" + info.path() + "' tells no format; set " + syntax.field + ".format");
  }
  return {uri_prefix + info.path(), format, Delimiter(syntax, format), info.size(),
          info.mtime().time_since_epoch().count()};
}

bool IsHidden(std::string_view path, std::size_t folder_size) {
  const std::string_view below = path.substr(std::min(path.size(), folder_size));
  return below.starts_with('.') || below.find("/.") != std::string_view::npos;
}

// One configured path on its file system.
class Location {
 public:
  Location(std::string path, const SourceSyntax& syntax) : syntax_(syntax), given_(std::move(path)) {
    system_ = ArrowValue(arrow::fs::FileSystemFromUriOrPath(given_, &path_), syntax.field + ": '" + given_ + "'");
    if (given_.ends_with(path_)) uri_prefix_ = given_.substr(0, given_.size() - path_.size());
  }

  std::vector<SourceFile> Files() const {
    if (path_.find_first_of(kWildcards) != std::string::npos) return Glob();
    const arrow::fs::FileInfo info = ArrowValue(system_->GetFileInfo(path_), given_);
    if (info.IsFile()) return {MakeFile(info, uri_prefix_, syntax_)};
    if (info.IsDirectory()) return Directory();
    ThrowInvalid(syntax_, "there is no file or directory '" + given_ + "'");
  }

 private:
  std::vector<SourceFile> Directory() const {
    return Select(path_, true, [&](const std::string& path) {
      const bool known = syntax_.format != SourceFormat::kAuto || FormatOfName(path) != SourceFormat::kAuto;
      return known && !IsHidden(path, path_.size());
    });
  }

  std::vector<SourceFile> Glob() const {
    const std::size_t wildcard = path_.find_first_of(kWildcards);
    const std::string folder = path_.substr(0, path_.rfind('/', wildcard));
    const bool below = path_.find('/', wildcard) != std::string::npos;
    return Select(folder.empty() ? "/" : folder, below, [&](const std::string& path) {
      return fnmatch(path_.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
    });
  }

  template <class Predicate>
  std::vector<SourceFile> Select(const std::string& folder, bool recursive, Predicate wanted) const {
    arrow::fs::FileSelector selector;
    selector.base_dir = folder;
    selector.recursive = recursive;
    selector.allow_not_found = true;
    std::vector<SourceFile> files;
    for (const arrow::fs::FileInfo& info : ArrowValue(system_->GetFileInfo(selector), given_)) {
      if (info.IsFile() && wanted(info.path())) files.push_back(MakeFile(info, uri_prefix_, syntax_));
    }
    if (files.empty()) ThrowInvalid(syntax_, "no file matches '" + given_ + "'");
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
  }

  const SourceSyntax& syntax_;
  std::string given_;
  std::string path_;
  std::string uri_prefix_;
  std::shared_ptr<arrow::fs::FileSystem> system_;
};

}  // namespace

std::vector<SourceFile> ExpandSources(const std::vector<std::string>& paths, const SourceSyntax& syntax,
                                      const std::filesystem::path& base) {
  std::vector<SourceFile> files;
  for (const std::string& path : paths) {
    const std::string resolved = Resolve(ExpandEnvironment(path, syntax), base);
    std::vector<SourceFile> found = Location(resolved, syntax).Files();
    files.insert(files.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  return files;
}

}  // namespace shortlist::data
