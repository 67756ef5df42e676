#include "data/parsed_file.h"

#include <cstring>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::size_t kDigestBytes = 64;  // of hexadecimal digits
constexpr std::size_t kFixedRowBytes = 20;

std::string Head() {
  return "shortlist parsed events " + std::to_string(kParsedFileVersion) + "\n";
}

std::size_t RowBytes(std::size_t slots) {
  return kFixedRowBytes + 8 * slots;
}

bool HasTexts(const CarriedColumn& column) {
  return column.kind == CarriedColumn::Kind::kText;
}

// Reads what the writer put, and never past the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number Take() {
    Number number = 0;
    const std::string_view bytes = TakeBytes(sizeof number);
    if (bytes.size() == sizeof number) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  std::string_view TakeText() { return TakeBytes(Take<std::uint32_t>()); }
  // How many there are of something that takes `least` bytes or more each.
  std::uint64_t TakeCount(std::size_t least) {
    const auto count = Take<std::uint64_t>();
    if (count <= bytes_.size() / least) return count;
    failed_ = true;
    return 0;
  }

  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view TakeBytes(std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

std::vector<std::string_view> TakeTable(ByteReader& reader) {
  std::vector<std::string_view> table(reader.TakeCount(sizeof(std::uint32_t)));
  for (std::string_view& text : table) text = reader.TakeText();
  return table;
}

RefusedRow TakeRefused(ByteReader& reader) {
  RefusedRow row;
  row.events_before = reader.Take<std::uint64_t>();
  row.line = reader.Take<std::int64_t>();
  row.reason = reader.TakeText();
  const std::uint64_t cells = reader.TakeCount(sizeof(std::uint32_t));
  for (std::uint64_t i = 0; i < cells; ++i) row.cells.emplace_back(reader.TakeText());
  return row;
}

std::string_view TextOf(const base::MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

void ReadRow(const char* bytes, ParsedRow& row) {
  std::memcpy(&row.user, bytes, sizeof row.user);
  std::memcpy(&row.item, bytes + 4, sizeof row.item);
  std::memcpy(&row.time, bytes + 8, sizeof row.time);
  std::memcpy(&row.weight, bytes + 16, sizeof row.weight);
  std::memcpy(row.slots.data(), bytes + kFixedRowBytes, 8 * row.slots.size());
}

}  // namespace

ParsedFileWriter::ParsedFileWriter(const std::filesystem::path& path, const EventSchema& schema, std::size_t rules)
    : file_(path), schema_(schema), buffer_(Head()), dropped_(rules, 0) {}

template <class Number>
void ParsedFileWriter::Put(Number number) {
  static_assert(std::is_arithmetic_v<Number>);
  const auto old_size = buffer_.size();
  buffer_.resize(old_size + sizeof number);
  std::memcpy(buffer_.data() + old_size, &number, sizeof number);
}

void ParsedFileWriter::PutText(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(Code::kOutOfRange, "a cell of more than 4 GiB");
  }
  Put(static_cast<std::uint32_t>(text.size()));
  buffer_ += text;
  if (buffer_.size() >= kBuffer) Flush();
}

void ParsedFileWriter::Add(const ParsedEvent& event) {
  Put(users_.Intern(event.user));
  Put(items_.Intern(event.item));
  Put(event.time);
  Put(event.weight);
  for (const std::uint64_t slot : event.slots) Put(slot);
  ++events_;
  if (buffer_.size() >= kBuffer) Flush();
}

void ParsedFileWriter::Refuse(const MalformedRow& row) {
  refused_.push_back({events_, row.line, row.reason, {}});
}

void ParsedFileWriter::Refuse(std::int64_t line, const RowCells& cells) {
  refused_.push_back({events_, line, "", {cells.begin(), cells.end()}});
}

void ParsedFileWriter::PutTable(const IdTable& table) {
  Put(static_cast<std::uint64_t>(table.size()));
  for (std::size_t id = 0; id < table.size(); ++id) PutText(table.Text(static_cast<std::uint32_t>(id)));
}

void ParsedFileWriter::PutRefused() {
  Put(static_cast<std::uint64_t>(refused_.size()));
  for (const RefusedRow& row : refused_) {
    Put(row.events_before);
    Put(row.line);
    PutText(row.reason);
    Put(static_cast<std::uint64_t>(row.cells.size()));
    for (const std::string& cell : row.cells) PutText(cell);
  }
}

void ParsedFileWriter::Flush() {
  digest_.Update(buffer_.data(), buffer_.size());
  file_.stream().write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

void ParsedFileWriter::Commit() {
  PutTable(users_);
  PutTable(items_);
  for (const CarriedColumn& column : schema_.carried) {
    if (HasTexts(column)) PutTable(column.texts);
  }
  Put(static_cast<std::uint64_t>(dropped_.size()));
  for (const std::uint64_t rows : dropped_) Put(rows);
  PutRefused();
  Put(events_);
  Flush();
  file_.stream() << digest_.Finish();
  file_.Commit();
}

std::optional<ParsedFile> ParsedFile::Open(const std::filesystem::path& path, const EventSchema& schema) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  ParsedFile file{base::MappedFile(path)};
  if (!file.Read(schema)) return std::nullopt;
  return file;
}

bool ParsedFile::Read(const EventSchema& schema) {
  const std::string head = Head();
  slots_ = schema.Slots();
  std::string_view bytes = TextOf(file_);
  if (bytes.size() < head.size() + sizeof events_ + kDigestBytes) return false;
  const std::string_view digest = bytes.substr(bytes.size() - kDigestBytes);
  bytes.remove_suffix(kDigestBytes);
  if (!bytes.starts_with(head) || base::Sha256(bytes) != digest) return false;
  events_ = ByteReader(bytes.substr(bytes.size() - sizeof events_)).Take<std::uint64_t>();
  bytes.remove_suffix(sizeof events_);
  bytes.remove_prefix(head.size());
  if (events_ > bytes.size() / RowBytes(slots_)) return false;
  return ReadEnd(bytes.substr(events_ * RowBytes(slots_)), schema);
}

bool ParsedFile::ReadEnd(std::string_view bytes, const EventSchema& schema) {
  ByteReader reader(bytes);
  users_ = TakeTable(reader);
  items_ = TakeTable(reader);
  for (const CarriedColumn& column : schema.carried) {
    texts_.push_back(HasTexts(column) ? TakeTable(reader) : std::vector<std::string_view>());
  }
  dropped_.resize(reader.TakeCount(sizeof(std::uint64_t)));
  for (std::uint64_t& rows : dropped_) rows = reader.Take<std::uint64_t>();
  constexpr std::size_t kLeastOfRefused = 28;
  refused_.resize(reader.TakeCount(kLeastOfRefused));
  for (RefusedRow& row : refused_) row = TakeRefused(reader);
  return !reader.failed() && reader.at_end();
}

void ParsedFile::ForEach(const EventVisitor& event, const RefusedVisitor& refused) const {
  ParsedRow row;
  row.slots.resize(slots_);
  auto next = refused_.begin();
  const char* bytes = TextOf(file_).data() + Head().size();
  for (std::uint64_t number = 0; number < events_; ++number, bytes += RowBytes(slots_)) {
    for (; next != refused_.end() && next->events_before == number; ++next) refused(*next);
    ReadRow(bytes, row);
    event(row);
  }
  for (; next != refused_.end(); ++next) refused(*next);
}

std::int64_t ParsedFile::rows() const {
  return static_cast<std::int64_t>(std::accumulate(dropped_.begin(), dropped_.end(), events_ + refused_.size()));
}

}  // namespace shortlist::data
