#include "index/search_structure.h"

#include <exception>
#include <limits>
#include <string>

#include <faiss/Index.h>
#include <faiss/index_io.h>

#include "base/file.h"
#include "index/faiss_layout.h"
#include "index/flat.h"
#include "index/hnsw.h"
#include "index/ivf_flat.h"
#include "index/ivf_pq_fastscan.h"
#include "index/ivf_sq8.h"
#include "index/mapped_lists.h"
#include "index/require.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

std::unique_ptr<faiss::Index> BuildFaiss(IndexKind kind, const VectorIndexSettings& settings,
                                         std::span<const float> vectors, VectorShape shape, const ScanDevice* device) {
  switch (kind) {
    case IndexKind::kFlat:
      return BuildFlat(vectors, shape);
    case IndexKind::kHnsw:
      return BuildHnsw(settings, vectors, shape);
    case IndexKind::kIvfFlat:
      return BuildIvfFlat(settings, vectors, shape, device);
    case IndexKind::kIvfPqFastScan:
      return BuildIvfPqFastScan(settings, vectors, shape, device);
    case IndexKind::kIvfSq8:
      return BuildIvfSq8(settings, vectors, shape, device);
    case IndexKind::kAuto:
      break;
  }
  throw Error(Code::kInternal, "the kind of an index has not been chosen");
}

void Walk(IndexKind kind, const VectorIndexSettings& settings, VectorShape shape, FaissLayout& file) {
  switch (kind) {
    case IndexKind::kFlat:
      return WalkFlat(shape, file);
    case IndexKind::kHnsw:
      return WalkHnsw(shape, file);
    case IndexKind::kIvfFlat:
      return WalkIvfFlat(shape, file);
    case IndexKind::kIvfPqFastScan:
      return WalkIvfPqFastScan(settings, shape, file);
    case IndexKind::kIvfSq8:
      return WalkIvfSq8(shape, file);
    case IndexKind::kAuto:
      break;
  }
  throw Error(Code::kInternal, "the kind of an index has not been chosen");
}

// Nothing of the file is parsed by Faiss before the sizes that it declares have been verified.
void RequireDeclaredSizes(const std::filesystem::path& path, IndexKind kind, const VectorIndexSettings& settings,
                          VectorShape shape) {
  constexpr std::int64_t kWidest = 1 << 20;
  const bool possible = shape.count >= 0 && shape.count <= std::numeric_limits<std::int32_t>::max() &&
                        shape.width > 0 && shape.width <= kWidest;
  RequireStored(possible, "no index has such a shape");
  FaissLayout file(path);
  Walk(kind, settings, shape, file);
  file.End();
}

std::unique_ptr<faiss::Index> Read(const std::filesystem::path& path, IndexKind kind, IndexLoad load) {
  const bool can_be_mapped = kind == IndexKind::kIvfFlat || kind == IndexKind::kIvfSq8;
  if (load == IndexLoad::kMap && can_be_mapped) return ReadWithMappedLists(path);
  return std::unique_ptr<faiss::Index>(faiss::read_index(path.c_str()));
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
    case IndexKind::kIvfSq8:
      return OpenIvfSq8(settings, std::move(index), shape);
    case IndexKind::kAuto:
      break;
  }
  throw Error(Code::kInternal, "the kind of an index has not been chosen");
}

}  // namespace

IndexKind KindInEffect(const VectorIndexSettings& settings, std::int64_t count) {
  return count < kFewestStructured ? IndexKind::kFlat : settings.kind;
}

std::unique_ptr<SearchStructure> BuildStructure(const VectorIndexSettings& settings, std::span<const float> vectors,
                                                VectorShape shape, const ScanDevice* device) {
  const IndexKind kind = KindInEffect(settings, shape.count);
  return Open(kind, settings, BuildFaiss(kind, settings, vectors, shape, device), shape);
}

std::unique_ptr<SearchStructure> Reopen(std::unique_ptr<SearchStructure> structure, const VectorIndexSettings& settings,
                                        VectorShape shape) {
  return Open(KindInEffect(settings, shape.count), settings, structure->Release(), shape);
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
    const IndexKind kind = KindInEffect(settings, shape.count);
    RequireDeclaredSizes(path, kind, settings, shape);
    return Open(kind, settings, Read(path, kind, settings.load), shape);
  } catch (const std::exception& error) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is not the index that it should be: " + error.what());
  }
}

}  // namespace shortlist::index
