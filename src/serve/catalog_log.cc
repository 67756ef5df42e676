#include "serve/catalog_log.h"

#include <optional>
#include <string>
#include <string_view>
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

}  // namespace

CatalogLog::CatalogLog(std::filesystem::path path) : file_(std::move(path)) {
  Read();
}

void CatalogLog::Read() {
  const std::string name = "'" + file_.path().string() + "'";
  const std::string contents = base::ReadFile(file_.path());
  if (contents.size() < kHeading.size() && kHeading.starts_with(contents)) {
    file_.CutTo(0);
    return file_.Append(kHeading);
  }
  if (!contents.starts_with(kHeading)) {
    throw Error(Code::kFailedPrecondition, name + " is not a log of catalog changes");
  }
  std::size_t begin = kHeading.size();
  for (std::int64_t number = 2; begin < contents.size(); ++number) {
    const std::size_t end = contents.find('\n', begin);
    const std::optional<CatalogChange> change =
        end == std::string::npos ? std::nullopt : ParseLine(std::string_view(contents).substr(begin, end - begin));
    if (!change) {
      if (end != std::string::npos && end + 1 < contents.size()) {
        throw Error(Code::kDataLoss, name + ", line " + std::to_string(number) +
                                         ": damaged; restore the file, or move it away and send the changes again");
      }
      base::LogError(name + ": the last change was cut off before it was acknowledged; it is dropped");
      return file_.CutTo(begin);
    }
    changes_.insert_or_assign(change->id, *change);
    begin = end + 1;
  }
}

void CatalogLog::Append(std::span<const CatalogChange> changes) {
  std::string lines;
  for (const CatalogChange& change : changes) lines += LineOf(change);
  file_.Append(lines);
}

void CatalogLog::Replace(const CatalogChanges& changes) {
  std::string contents(kHeading);
  for (const auto& [id, change] : changes) contents += LineOf(change);
  base::WriteFileAtomically(file_.path(), contents);
  file_ = base::AppendFile(file_.path());
}

}  // namespace shortlist::serve
