#include <algorithm>
#include <deque>

#include <nlohmann/json.hpp>

#include "data/input_stream.h"
#include "data/row_formats.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kRowsPerBatch = 8192;

// One text per cell of a batch, at addresses that stay while the batch grows.
class CellStorage {
 public:
  std::string_view Keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  void Clear() { texts_.clear(); }

 private:
  std::deque<std::string> texts_;
};

std::string TextOf(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  if (!value.is_array()) return value.dump();
  std::string joined;
  for (const nlohmann::json& part : value) joined += (joined.empty() ? "" : "|") + TextOf(part);
  return joined;
}

class JsonRows : public RowReader {
 public:
  JsonRows(const SourceFile& file, const std::vector<std::string>& columns)
      : path_(file.path), columns_(columns), seen_(columns.size(), false), lines_(file) {}

  bool Next(RowBatch& batch) override {
    batch.Clear(columns_.size());
    storage_.Clear();
    std::string_view line;
    while (batch.rows() + batch.malformed.size() < kRowsPerBatch && lines_.Next(line)) ReadRow(line, batch);
    const bool any = batch.rows() + batch.malformed.size() > 0;
    if (!any) CheckColumns();
    return any;
  }

  std::int64_t BytesRead() const override { return lines_.BytesRead(); }

 private:
  void ReadRow(std::string_view line, RowBatch& batch) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return;
    const auto row = nlohmann::json::parse(line, nullptr, false);
    if (!row.is_object()) {
      batch.malformed.push_back({lines_.line_number(), "is not one JSON object"});
      return;
    }
    any_row_ = true;
    batch.lines.push_back(lines_.line_number());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const auto cell = row.find(columns_[c]);
      if (cell != row.end()) seen_[c] = true;
      batch.cells[c].push_back(cell != row.end() ? storage_.Keep(TextOf(*cell)) : std::string_view());
    }
  }

  void CheckColumns() const {
    const auto unseen = std::find(seen_.begin(), seen_.end(), false);
    if (!any_row_ || unseen == seen_.end()) return;
    throw Error(Code::kInvalidArgument, path_ + ": no row has the key '" +
                                            columns_[static_cast<std::size_t>(unseen - seen_.begin())] +
                                            "'. Correct the name in the configuration");
  }

  std::string path_;
  std::vector<std::string> columns_;
  std::vector<bool> seen_;
  bool any_row_ = false;
  LineReader lines_;
  CellStorage storage_;
};

std::string_view TakeWord(std::string_view& text) {
  constexpr std::string_view kSpace = " \t";
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(kSpace)));
  const std::string_view word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  return word;
}

// A line may be as long as a shopper's whole history: it is handed out in pieces of a batch each.
class SequenceRows : public RowReader {
 public:
  SequenceRows(const SourceFile& file, const std::vector<std::string>& columns)
      : places_(FindColumns(file, {"user", "item"}, columns)), lines_(file) {}

  bool Next(RowBatch& batch) override {
    batch.Clear(places_.size());
    storage_.Clear();
    while (batch.rows() + batch.malformed.size() < kRowsPerBatch && (InsideLine() || NextLine(batch))) {
      if (InsideLine()) AppendItems(batch);
    }
    return batch.rows() + batch.malformed.size() > 0;
  }

  std::int64_t BytesRead() const override { return lines_.BytesRead(); }

 private:
  bool InsideLine() const { return !rest_.empty(); }

  bool NextLine(RowBatch& batch) {
    std::string_view line;
    if (!lines_.Next(line)) return false;
    rest_ = line;
    user_ = TakeWord(rest_);
    rest_ = rest_.find_first_not_of(" \t") == std::string::npos ? std::string_view() : rest_;
    if (!user_.empty() && rest_.empty()) batch.malformed.push_back({lines_.line_number(), "has a user without items"});
    return true;
  }

  // Copies the cells, because a batch may span several lines and a line lives until the next one.
  void AppendItems(RowBatch& batch) {
    const std::string_view user = storage_.Keep(std::string(user_));
    while (InsideLine() && batch.rows() < kRowsPerBatch) {
      const std::string_view item = TakeWord(rest_);
      if (item.empty()) continue;
      const std::string_view cells[] = {user, storage_.Keep(std::string(item))};
      for (std::size_t c = 0; c < places_.size(); ++c) batch.cells[c].push_back(cells[places_[c]]);
      batch.lines.push_back(lines_.line_number());
    }
  }

  std::vector<std::size_t> places_;
  LineReader lines_;
  std::string_view user_;
  std::string_view rest_;
  CellStorage storage_;
};

}  // namespace

std::unique_ptr<RowReader> OpenJsonLines(const SourceFile& file, const std::vector<std::string>& columns) {
  return std::make_unique<JsonRows>(file, columns);
}

std::unique_ptr<RowReader> OpenSequences(const SourceFile& file, const std::vector<std::string>& columns) {
  return std::make_unique<SequenceRows>(file, columns);
}

}  // namespace shortlist::data
