#include "index/mapped_lists.h"

#include <cstdint>
#include <utility>

#include <faiss/Index.h>
#include <faiss/IndexIVF.h>
#include <faiss/index_io.h>
#include <faiss/invlists/InvertedLists.h>

#include "index/require.h"

namespace shortlist::index {
namespace {

// Faiss's own mapped lists without their prefetching: that starts threads for every search, one of which at a time it
// lets through.
class MappedLists : public faiss::ReadOnlyInvertedLists {
 public:
  explicit MappedLists(std::unique_ptr<faiss::InvertedLists> mapped)
      : faiss::ReadOnlyInvertedLists(mapped->nlist, mapped->code_size), mapped_(std::move(mapped)) {}

  std::size_t list_size(std::size_t list) const override { return mapped_->list_size(list); }
  const std::uint8_t* get_codes(std::size_t list) const override { return mapped_->get_codes(list); }
  const std::int64_t* get_ids(std::size_t list) const override { return mapped_->get_ids(list); }

 private:
  std::unique_ptr<faiss::InvertedLists> mapped_;
};

}  // namespace

std::unique_ptr<faiss::Index> ReadWithMappedLists(const std::filesystem::path& path) {
  std::unique_ptr<faiss::Index> index(faiss::read_index(path.c_str(), faiss::IO_FLAG_MMAP));
  auto* lists = dynamic_cast<faiss::IndexIVF*>(index.get());
  RequireStored(lists != nullptr && lists->own_invlists, "it has no lists");
  std::unique_ptr<faiss::InvertedLists> mapped(std::exchange(lists->invlists, nullptr));
  lists->own_invlists = false;
  lists->replace_invlists(new MappedLists(std::move(mapped)), true);
  return index;
}

}  // namespace shortlist::index
