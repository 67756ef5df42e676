// Device arrays in safetensors files, by name.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "base/safetensors.h"
#include "model/parameters.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Downloads arrays and keeps them until they have been written.
class ArrayWriter {
 public:
  explicit ArrayWriter(tensor::Backend& backend) : backend_(&backend) {}

  void Add(const std::string& name, tensor::ConstMatrix values);
  // Every table and dense array of `parameters`, each name after `prefix`.
  void Add(const std::string& prefix, const ParameterLayout& layout, const Parameters& parameters);
  void SetMetadata(const std::string& key, const std::string& value) { writer_.SetMetadata(key, value); }
  void Write(const std::filesystem::path& path) { writer_.Write(path); }

 private:
  tensor::Backend* backend_;
  base::SafetensorsWriter writer_;
  std::deque<std::vector<float>> host_;
};

class ArrayReader {
 public:
  ArrayReader(const std::filesystem::path& path, tensor::Backend& backend);

  // Throw Error{kDataLoss} naming file and array if it is missing or of another shape.
  void Read(const std::string& name, tensor::Matrix target) const;
  void Read(const std::string& prefix, const ParameterLayout& layout, const Parameters& parameters) const;
  // A number of the file's metadata that counts something.
  std::int64_t Count(const std::string& key) const;

 private:
  std::filesystem::path path_;
  base::SafetensorsReader reader_;
  tensor::Backend* backend_;
};

}  // namespace shortlist::model
