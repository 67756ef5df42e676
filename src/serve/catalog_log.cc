#include "serve/catalog_log.h"

#include <fcntl.h>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "filter/read_attributes.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using Json = nlohmann::ordered_json;

// Followed by the name of the log; logs of the first format have neither names nor numbers.
constexpr std::string_view kHeading = "shortlist catalog changes 2 ";
constexpr std::string_view kFirstHeading = "shortlist catalog changes 1\n";
constexpr std::size_t kDigestDigits = 16;
constexpr std::size_t kNameDigits = 16;

std::string DrawName() {
  std::random_device random;
  const std::string drawn = std::to_string(random()) + " " + std::to_string(random());
  return base::Sha256(drawn).substr(0, kNameDigits);
}

std::string HeadingOf(const std::string& name) {
  return std::string(kHeading) + name + "\n";
}

std::string DigestOf(std::string_view json) {
  return base::Sha256(json).substr(0, kDigestDigits);
}

std::string LineOf(const CatalogChange& change) {
  Json json{{"number", change.number}, {"id", change.id}};
  if (change.item != nullptr) {
    json["title"] = change.item->title;
    json["attributes"] = Json::parse(filter::WriteAttributes(change.item->attributes));
  }
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return DigestOf(text) + " " + text + "\n";
}

CatalogChange ChangeFrom(std::string_view text, std::int64_t after) {
  const Json json = Json::parse(text);
  CatalogChange change{json.at("id"), nullptr, json.value("number", after + 1)};
  if (!json.contains("title")) return change;
  change.item = std::make_shared<const CatalogItem>(
      CatalogItem{change.id, json.at("title"), filter::ReadAttributes(json.at("attributes").dump())});
  return change;
}

// Nothing for a line that is not as LineOf writes it, or whose number does not follow.
std::optional<CatalogChange> ParseLine(std::string_view line, std::int64_t after) {
  if (line.size() <= kDigestDigits || line[kDigestDigits] != ' ') return std::nullopt;
  const std::string_view text = line.substr(kDigestDigits + 1);
  if (line.substr(0, kDigestDigits) != DigestOf(text)) return std::nullopt;
  try {
    CatalogChange change = ChangeFrom(text, after);
    if (change.number <= after) return std::nullopt;
    return change;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// A log as far as it is whole.
struct ParsedLog {
  CatalogLogContents contents;  // without a name in the first format
  std::size_t whole_bytes = 0;  // 0 if not even the heading is
  bool is_cut_off = false;
};

// Of the heading; 0 if it is cut off.
std::size_t ParseHeading(std::string_view text, const std::filesystem::path& path, std::string& name) {
  if (text.starts_with(kFirstHeading)) return kFirstHeading.size();
  const std::size_t size = kHeading.size() + kNameDigits + 1;
  const bool begins = text.starts_with(kHeading.substr(0, text.size()));
  if (begins && text.size() < size) return 0;
  if (!begins || text[size - 1] != '\n') {
    throw Error(Code::kFailedPrecondition, "'" + path.string() + "' is not a log of catalog changes");
  }
  name = text.substr(kHeading.size(), kNameDigits);
  return size;
}

ParsedLog ParseLog(std::string_view text, const std::filesystem::path& path) {
  ParsedLog log;
  CatalogLogContents& contents = log.contents;
  log.whole_bytes = ParseHeading(text, path, contents.name);
  if (log.whole_bytes == 0) return log;
  for (std::int64_t line = 2; log.whole_bytes < text.size(); ++line) {
    const std::size_t end = text.find('\n', log.whole_bytes);
    const bool ends = end != std::string_view::npos;
    const std::optional<CatalogChange> change =
        ends ? ParseLine(text.substr(log.whole_bytes, end - log.whole_bytes), contents.last_number) : std::nullopt;
    if (!change && ends && end + 1 < text.size()) {
      throw Error(Code::kDataLoss, "'" + path.string() + "', line " + std::to_string(line) +
                                       ": damaged; restore the file, or move it away and send the changes again");
    }
    log.is_cut_off = !change;
    if (log.is_cut_off) return log;
    contents.last_number = change->number;
    contents.changes.insert_or_assign(change->id, *change);
    log.whole_bytes = end + 1;
  }
  return log;
}

}  // namespace

CatalogLogContents ReadCatalogLog(const std::filesystem::path& path) {
  ParsedLog log = ParseLog(base::ReadFile(path), path);
  if (log.whole_bytes > 0 && log.contents.name.empty()) {
    throw Error(Code::kFailedPrecondition, "'" + path.string() +
                                               "' was written by an earlier release; start a server of this one on it, "
                                               "which numbers its changes");
  }
  // What was read may have been written and not yet be on disk, from where its writer would not read it again.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fdatasync(file) == 0;
  if (file >= 0) ::close(file);
  if (!synced) throw Error(Code::kUnavailable, "cannot flush '" + path.string() + "' to disk");
  return std::move(log.contents);
}

CatalogLog::CatalogLog(const std::filesystem::path& path) : file_(path) {
  Read();
}

void CatalogLog::Read() {
  ParsedLog log = ParseLog(base::ReadFile(file_.path()), file_.path());
  contents_ = std::move(log.contents);
  if (log.is_cut_off) {
    base::LogError("'" + file_.path().string() +
                   "': the last change was cut off before it was acknowledged; it is dropped");
    file_.CutTo(log.whole_bytes);
  }
  if (!contents_.name.empty()) return;
  contents_.name = DrawName();
  Replace(contents_.changes);
}

void CatalogLog::Number(std::span<CatalogChange> changes) {
  for (CatalogChange& change : changes) change.number = ++contents_.last_number;
}

void CatalogLog::Append(std::span<const CatalogChange> changes) {
  std::string lines;
  for (const CatalogChange& change : changes) lines += LineOf(change);
  file_.Append(lines);
}

void CatalogLog::Replace(const CatalogChanges& changes) {
  std::map<std::int64_t, const CatalogChange*> by_number;
  for (const auto& [id, change] : changes) by_number.emplace(change.number, &change);
  std::string text = HeadingOf(contents_.name);
  for (const auto& [number, change] : by_number) text += LineOf(*change);
  base::WriteFileAtomically(file_.path(), text);
  file_ = base::AppendFile(file_.path());
}

}  // namespace shortlist::serve
