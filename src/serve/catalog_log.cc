#include "serve/catalog_log.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "filter/read_attributes.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kHeading = "shortlist catalog changes 1\n";
constexpr std::size_t kDigestDigits = 16;

std::string DigestOf(std::string_view json) {
  return base::Sha256(json).substr(0, kDigestDigits);
}

Json AttributesOf(const features::Record& attributes) {
  Json json = Json::object();
  for (const auto& [name, value] : attributes) {
    if (const auto* const number = std::get_if<double>(&value)) json[name] = *number;
    if (const auto* const text = std::get_if<std::string>(&value)) json[name] = *text;
    if (const auto* const texts = std::get_if<std::vector<std::string>>(&value)) json[name] = *texts;
  }
  return json;
}

std::string LineOf(const CatalogChange& change) {
  Json json{{"id", change.id}};
  if (change.item != nullptr) {
    json["title"] = change.item->title;
    json["attributes"] = AttributesOf(change.item->attributes);
  }
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return DigestOf(text) + " " + text + "\n";
}

CatalogChange ChangeFrom(std::string_view text) {
  const Json json = Json::parse(text);
  CatalogChange change{json.at("id"), nullptr};
  if (!json.contains("title")) return change;
  change.item = std::make_shared<const CatalogItem>(
      CatalogItem{change.id, json.at("title"), filter::ReadAttributes(json.at("attributes").dump())});
  return change;
}

// Nothing for a line that is not as LineOf writes it.
std::optional<CatalogChange> ParseLine(std::string_view line) {
  if (line.size() <= kDigestDigits || line[kDigestDigits] != ' ') return std::nullopt;
  const std::string_view text = line.substr(kDigestDigits + 1);
  if (line.substr(0, kDigestDigits) != DigestOf(text)) return std::nullopt;
  try {
    return ChangeFrom(text);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

[[noreturn]] void Fail(const std::filesystem::path& path, const char* what) {
  throw Error(Code::kUnavailable, std::string("cannot ") + what + " the log of catalog changes '" + path.string() +
                                      "': " + std::strerror(errno));
}

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

CatalogLog::CatalogLog(std::filesystem::path path) : path_(std::move(path)) {
  Open();
  try {
    Read();
  } catch (...) {
    ::close(file_);
    throw;
  }
}

CatalogLog::~CatalogLog() {
  if (file_ >= 0) ::close(file_);
}

void CatalogLog::Open() {
  constexpr int kOwnerOnly = 0600;
  const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kOwnerOnly);
  if (file < 0) Fail(path_, "open");
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    throw Error(Code::kFailedPrecondition, "another process writes '" + path_.string() +
                                               "'; give every server a file of its own in serve.catalog.log");
  }
  if (file_ >= 0) ::close(file_);
  file_ = file;
}

void CatalogLog::Read() {
  const std::string contents = base::ReadFile(path_);
  if (contents.size() < kHeading.size() && kHeading.starts_with(contents)) {
    CutTo(0);
    if (!WriteAll(file_, kHeading) || ::fdatasync(file_) != 0) Fail(path_, "write");
    size_ = kHeading.size();
    return;
  }
  if (!contents.starts_with(kHeading)) {
    throw Error(Code::kFailedPrecondition, "'" + path_.string() + "' is not a log of catalog changes");
  }
  size_ = kHeading.size();
  for (std::int64_t number = 2; size_ < contents.size(); ++number) {
    const std::size_t end = contents.find('\n', size_);
    const std::optional<CatalogChange> change =
        end == std::string::npos ? std::nullopt : ParseLine(std::string_view(contents).substr(size_, end - size_));
    if (!change) {
      if (end != std::string::npos && end + 1 < contents.size()) {
        throw Error(Code::kDataLoss, "'" + path_.string() + "', line " + std::to_string(number) +
                                         ": damaged; restore the file, or move it away and send the changes again");
      }
      base::LogError("'" + path_.string() + "': the last change was cut off before it was acknowledged; it is dropped");
      return CutTo(size_);
    }
    changes_.insert_or_assign(change->id, *change);
    size_ = end + 1;
  }
}

void CatalogLog::CutTo(std::size_t bytes) {
  if (::ftruncate(file_, static_cast<off_t>(bytes)) != 0) Fail(path_, "shorten");
}

void CatalogLog::Append(std::span<const CatalogChange> changes) {
  std::string lines;
  for (const CatalogChange& change : changes) lines += LineOf(change);
  if (!WriteAll(file_, lines) || ::fdatasync(file_) != 0) {
    const int reason = errno;
    CutTo(size_);
    errno = reason;
    Fail(path_, "write");
  }
  size_ += lines.size();
}

void CatalogLog::Replace(const CatalogChanges& changes) {
  std::string contents(kHeading);
  for (const auto& [id, change] : changes) contents += LineOf(change);
  base::WriteFileAtomically(path_, contents);
  Open();
  size_ = contents.size();
}

}  // namespace shortlist::serve
