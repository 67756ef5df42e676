#include "data/item_features_table.h"

#include <algorithm>

#include <arrow/array/array_nested.h>
#include <arrow/array/array_primitive.h>
#include <arrow/buffer.h>

#include "data/arrow_table.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

constexpr char kDense[] = "dense";

template <class T>
std::shared_ptr<arrow::Buffer> View(const std::vector<T>& values) {
  return arrow::Buffer::Wrap(values);
}

std::shared_ptr<arrow::Array> BagsArray(const base::Bags& bags) {
  const auto count = static_cast<std::int64_t>(bags.ids.size());
  const auto type =
      arrow::struct_({arrow::field("id", arrow::int32(), false), arrow::field("weight", arrow::float32(), false)});
  const arrow::ArrayVector fields = {std::make_shared<arrow::Int32Array>(count, View(bags.ids)),
                                     std::make_shared<arrow::FloatArray>(count, View(bags.weights))};
  const auto values = std::make_shared<arrow::StructArray>(type, count, fields);
  return std::make_shared<arrow::LargeListArray>(arrow::large_list(arrow::field("entry", type, false)), bags.rows(),
                                                 View(bags.offsets), values);
}

std::shared_ptr<arrow::Array> DenseArray(const base::EncodedFeatures& rows) {
  const auto type =
      arrow::fixed_size_list(arrow::field("item", arrow::float32(), false), static_cast<int>(rows.dense_width));
  const auto values =
      std::make_shared<arrow::FloatArray>(static_cast<std::int64_t>(rows.dense.size()), View(rows.dense));
  return std::make_shared<arrow::FixedSizeListArray>(type, rows.rows, values);
}

base::Bags ReadBags(const arrow::Array& array, const features::CategoricalFeature& feature,
                    const std::filesystem::path& path) {
  const ListView list = ListValues(array, path);
  const auto id_array = ArrowFieldOf(*list.values, "id", path);
  const auto weight_array = ArrowFieldOf(*list.values, "weight", path);
  const auto ids = Int32Values(*id_array, path);
  const auto weights = FloatValues(*weight_array, path);
  const bool inside = std::ranges::all_of(ids, [&](std::int32_t id) { return id >= 0 && id < feature.cardinality; });
  if (!inside) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' has ids of '" + feature.name +
                                     "' beyond its cardinality; prepare the dataset again");
  }
  return {{ids.begin(), ids.end()}, {weights.begin(), weights.end()}, {list.offsets.begin(), list.offsets.end()}};
}

}  // namespace

void WriteItemFeatures(const std::filesystem::path& path, const features::FeatureGraph& graph,
                       const base::EncodedFeatures& rows) {
  std::vector<ArrowColumn> columns;
  for (std::size_t f = 0; f < rows.categorical.size(); ++f) {
    columns.push_back({graph.categorical()[f].name, BagsArray(rows.categorical[f])});
  }
  if (rows.dense_width > 0) columns.push_back({kDense, DenseArray(rows)});
  WriteArrowTable(path, rows.rows, columns);
}

base::EncodedFeatures ReadItemFeatures(const std::filesystem::path& path, const features::FeatureGraph& graph) {
  const auto table = MapArrowTable(path);
  base::EncodedFeatures rows = graph.EmptyRows();
  rows.rows = table->num_rows();
  for (std::size_t f = 0; f < rows.categorical.size(); ++f) {
    const auto column = ArrowColumnOf(*table, graph.categorical()[f].name, path);
    rows.categorical[f] = ReadBags(*column, graph.categorical()[f], path);
  }
  if (rows.dense_width > 0) {
    const auto column = ArrowColumnOf(*table, kDense, path);
    const auto dense = MatrixValues(*column, rows.dense_width, path);
    rows.dense.assign(dense.begin(), dense.end());
  }
  return rows;
}

}  // namespace shortlist::data
