#include "features/history_sequences.h"

#include <algorithm>

namespace shortlist::features {
namespace {

// First row of the last sequence, or of the next one if there is none.
std::int64_t LastStart(const base::Sequences& sequences) {
  const std::vector<std::int64_t>& offsets = sequences.offsets;
  return offsets.size() == 1 ? offsets.front() : offsets[offsets.size() - 2];
}

void AppendItems(std::span<const std::int32_t> items, base::Sequences& sequences) {
  for (const std::int32_t item : items) {
    sequences.items.Append(item, 1.0F);
    sequences.items.EndRow();
  }
}

}  // namespace

void AppendHistory(std::span<const std::int32_t> items, base::Sequences& sequences) {
  std::int64_t start = LastStart(sequences);
  const std::span<const std::int32_t> last = std::span(sequences.items.ids).subspan(static_cast<std::size_t>(start));
  const std::size_t common = std::min(last.size(), items.size());
  const bool shares = common > 0 && std::ranges::equal(last.first(common), items.first(common));
  if (shares) {
    AppendItems(items.subspan(common), sequences);
    sequences.offsets.back() = sequences.items.rows();
  } else if (!items.empty()) {
    start = sequences.items.rows();
    AppendItems(items, sequences);
    sequences.offsets.push_back(sequences.items.rows());
  }
  if (!items.empty()) {
    sequences.newest.Append(static_cast<std::int32_t>(start + static_cast<std::int64_t>(items.size()) - 1), 1.0F);
  }
  sequences.newest.EndRow();
}

base::Sequences LastSequence(const base::Sequences& sequences) {
  base::Sequences last;
  last.first_item = LastStart(sequences);
  AppendItems(std::span(sequences.items.ids).subspan(static_cast<std::size_t>(last.first_item)), last);
  if (last.items.rows() > 0) last.offsets.push_back(last.items.rows());
  return last;
}

}  // namespace shortlist::features
