// Inverted lists that stay in their file.
#pragma once

#include <filesystem>
#include <memory>

namespace faiss {
struct Index;
}

namespace shortlist::index {

// Reads an index with lists of codes, but for the lists, which are mapped: loading takes no time per vector, what no
// search visits needs no memory, and processes that map the same file share its pages. They end with a SIGBUS if it is
// cut off in place. The caller has verified the file's layout (faiss_layout.h).
std::unique_ptr<faiss::Index> ReadWithMappedLists(const std::filesystem::path& path);

}  // namespace shortlist::index
