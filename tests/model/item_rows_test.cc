#include "model/item_rows.h"

#include <string>

#include <gtest/gtest.h>

#include "model/initialize.h"
#include "model/tiny_model.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

class ItemRowsTest : public testing::Test {
 protected:
  ItemRowsTest() { Initialize(spec_, layout_, 1, *backend_, parameters_); }

  // x of one item by the definition.
  std::vector<double> Expected(std::int32_t item) {
    const ItemInputs items = FullItems();
    std::vector<double> x(4);
    for (std::size_t d = 0; d < 4; ++d) {
      x[d] = parameters_.table(0).data[static_cast<std::size_t>(item) * 4 + d];
      for (std::size_t f = 0; f < 2; ++f) {
        const base::Bags& bags = items.features.categorical[f];
        for (auto i = bags.offsets[item]; i < bags.offsets[item + 1]; ++i) {
          x[d] += bags.weights[i] * parameters_.table(1 + f).data[static_cast<std::size_t>(bags.ids[i]) * 4 + d];
        }
      }
      for (std::size_t c = 0; c < 2; ++c) {
        x[d] += items.features.dense[static_cast<std::size_t>(item) * 2 + c] *
                parameters_.dense(layout_.item_dense).data[c * 4 + d];
      }
    }
    return x;
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  TwoTowerSpec spec_ = FullSpec();
  ParameterLayout layout_ = ParameterLayout(spec_);
  Parameters parameters_ = Parameters(layout_, *backend_);
};

TEST_F(ItemRowsTest, SumsIdFeaturesAndDenseColumns) {
  const std::vector<std::int32_t> selected = {5, 2, 3};
  ItemRows rows(layout_, *backend_);
  rows.Select(selected, SelectRows(FullItems().features, selected));
  std::vector<float> out(12);
  rows.Forward(parameters_, {out.data(), 3, 4});
  for (std::size_t r = 0; r < 3; ++r) {
    const std::vector<double> expected = Expected(selected[r]);
    for (std::size_t d = 0; d < 4; ++d) EXPECT_NEAR(out[r * 4 + d], expected[d], 1e-6) << selected[r];
  }
}

TEST_F(ItemRowsTest, WithoutIdsTheFeaturesRemain) {
  const std::vector<std::int32_t> selected = {5};
  ItemRows rows(layout_, *backend_);
  rows.SelectWithoutIds(SelectRows(FullItems().features, selected));
  std::vector<float> out(4);
  rows.Forward(parameters_, {out.data(), 1, 4});
  const std::vector<double> expected = Expected(5);
  for (std::size_t d = 0; d < 4; ++d) EXPECT_NEAR(out[d], expected[d] - parameters_.table(0).data[20 + d], 1e-6);
}

TEST_F(ItemRowsTest, SelectsRowsInTheOrderAskedFor) {
  const std::vector<std::int32_t> selected = {2, 0};
  const base::EncodedFeatures rows = SelectRows(FullItems().features, selected);
  EXPECT_EQ(rows.rows, 2);
  EXPECT_EQ(rows.categorical[1].ids, (std::vector<std::int32_t>{2, 3, 4, 0, 4}));
  EXPECT_EQ(rows.categorical[1].offsets, (std::vector<std::int64_t>{0, 3, 5}));
  EXPECT_EQ(rows.dense[0], FullItems().features.dense[4]);
}

TEST_F(ItemRowsTest, NamesTheFeatureThatDoesNotFit) {
  base::EncodedFeatures features = FullItems().features;
  features.categorical[1].ids[0] = 5;
  try {
    CheckFeatures("item features", spec_.item_features, 2, features, kTinyItems);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'words'"), std::string::npos) << error.what();
  }
  features = FullItems().features;
  features.categorical[0].offsets[3] = 99;
  EXPECT_THROW(CheckFeatures("item features", spec_.item_features, 2, features, kTinyItems), Error);
  features = FullItems().features;
  EXPECT_THROW(CheckFeatures("item features", spec_.item_features, 3, features, kTinyItems), Error);
}

}  // namespace
}  // namespace shortlist::model
