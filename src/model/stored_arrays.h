// Device arrays in safetensors files, by name.
//
// One set of arrays is one file or several parts, one per rank that wrote it: part p of n holds rows p, p + n, p + 2n …
// of every table, and part 0 holds all that is no table. Who reads need not know how many there are.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "base/safetensors.h"
#include "model/held_rows.h"
#include "model/parameters.h"
#include "tensor/backend.h"

namespace shortlist::model {

struct FilePart {
  int index = 0;
  int count = 1;
};

// `path` itself if there is one part, else "<stem>-00002-of-00004<extension>" for index 1 of 4.
std::filesystem::path PathOf(const std::filesystem::path& path, FilePart part);

// Matrices that stand where a rank's held tables stand: their rows of parameters, or of optimizer state.
using HeldMatrices = std::vector<tensor::Matrix>;
HeldMatrices TablesOf(const Parameters& parameters);

// Downloads arrays and keeps them until they have been written.
class ArrayWriter {
 public:
  explicit ArrayWriter(tensor::Backend& backend, FilePart part = {}) : backend_(&backend), part_(part) {}

  // An array that is no table; only part 0 keeps it.
  void Add(const std::string& name, tensor::ConstMatrix values);
  // The part's rows of a table of `rows` rows; the rank must hold them.
  void AddTable(const std::string& name, std::int64_t rows, const std::vector<RowRun>& runs, const HeldMatrices& held);
  // Every table and dense array of `parameters`, each name after `prefix`.
  void Add(const std::string& prefix, const ParameterLayout& layout, const HeldRows& held,
           const Parameters& parameters);
  void SetMetadata(const std::string& key, const std::string& value) { writer_.SetMetadata(key, value); }
  // Writes this part of the file `path`.
  void Write(const std::filesystem::path& path) const { writer_.Write(PathOf(path, part_)); }

 private:
  void Download(tensor::ConstMatrix values, std::vector<float>& host) const;
  std::vector<float> Download(tensor::ConstMatrix values) const;
  void CopyRun(const RowRun& run, tensor::ConstMatrix rows, std::vector<float>& part) const;

  tensor::Backend* backend_;
  FilePart part_;
  base::SafetensorsWriter writer_;
  std::deque<std::vector<float>> host_;
};

class ArrayReader {
 public:
  // Opens the file `path` or all of its parts. Throws Error{kDataLoss} if a part is missing.
  ArrayReader(const std::filesystem::path& path, tensor::Backend& backend);

  // Throw Error{kDataLoss} naming file and array if it is missing or of another shape.
  void Read(const std::string& name, tensor::Matrix target) const;
  void ReadTable(const std::string& name, std::int64_t rows, const std::vector<RowRun>& runs,
                 const HeldMatrices& held) const;
  void Read(const std::string& prefix, const ParameterLayout& layout, const HeldRows& held,
            const Parameters& parameters) const;
  // A number of the files' metadata that counts something.
  std::int64_t Count(const std::string& key) const;

 private:
  std::span<const float> Values(std::size_t part, const std::string& name, std::int64_t rows,
                                std::int64_t columns) const;
  void ReadRun(const std::vector<std::span<const float>>& parts, const RowRun& run, tensor::Matrix target) const;

  std::filesystem::path path_;
  std::vector<base::SafetensorsReader> parts_;
  tensor::Backend* backend_;
};

}  // namespace shortlist::model
