#include "index/search_structure.h"

#include <exception>
#include <string>

#include <faiss/Index.h>
#include <faiss/index_io.h>

#include "base/file.h"
#include "index/flat.h"
#include "index/hnsw.h"
#include "index/ivf_flat.h"
#include "index/ivf_pq_fastscan.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

std::unique_ptr<faiss::Index> BuildFaiss(IndexKind kind, const VectorIndexSettings& settings,
                                         std::span<const float> vectors, VectorShape shape) {
  switch (kind) {
    case IndexKind::kFlat:
      return BuildFlat(vectors, shape);
    case IndexKind::kHnsw:
      return BuildHnsw(settings, vectors, shape);
    case IndexKind::kIvfFlat:
      return BuildIvfFlat(settings, vectors, shape);
    case IndexKind::kIvfPqFastScan:
      return BuildIvfPqFastScan(settings, vectors, shape);
  }
  throw Error(Code::kInternal, "unknown kind of index");
}

std::unique_ptr<SearchStructure> Open(IndexKind kind, const VectorIndexSettings& settings,
                                      std::unique_ptr<faiss::Index> index, VectorShape shape) {
  switch (kind) {
    case IndexKind::kFlat:
      return OpenFlat(std::move(index), shape);
    case IndexKind::kHnsw:
      return OpenHnsw(settings, std::move(index), shape);
    case IndexKind::kIvfFlat:
      return OpenIvfFlat(settings, std::move(index), shape);
    case IndexKind::kIvfPqFastScan:
      return OpenIvfPqFastScan(settings, std::move(index), shape);
  }
  throw Error(Code::kInternal, "unknown kind of index");
}

}  // namespace

IndexKind KindInEffect(const VectorIndexSettings& settings, std::int64_t count) {
  return count < kFewestStructured ? IndexKind::kFlat : settings.kind;
}

std::unique_ptr<SearchStructure> BuildStructure(const VectorIndexSettings& settings, std::span<const float> vectors,
                                                VectorShape shape) {
  const IndexKind kind = KindInEffect(settings, shape.count);
  return Open(kind, settings, BuildFaiss(kind, settings, vectors, shape), shape);
}

void SaveStructure(const SearchStructure& structure, const std::filesystem::path& path) {
  base::AtomicFile file(path);
  try {
    faiss::write_index(&structure.faiss_index(), file.temporary_path().c_str());
  } catch (const std::exception& error) {
    throw Error(Code::kUnavailable, "cannot write '" + path.string() + "': " + error.what());
  }
  file.Commit();
}

std::unique_ptr<SearchStructure> LoadStructure(const std::filesystem::path& path, const VectorIndexSettings& settings,
                                               VectorShape shape) {
  try {
    std::unique_ptr<faiss::Index> index(faiss::read_index(path.c_str()));
    return Open(KindInEffect(settings, shape.count), settings, std::move(index), shape);
  } catch (const std::exception& error) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is not the index that it should be: " + error.what());
  }
}

}  // namespace shortlist::index
