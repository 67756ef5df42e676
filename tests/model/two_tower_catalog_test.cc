#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "model/item_rows.h"
#include "model/tiny_model.h"
#include "model/two_tower.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

class TwoTowerCatalogTest : public testing::Test {
 protected:
  static std::vector<float> Vectors(const TwoTower& model) {
    std::vector<float> vectors(static_cast<std::size_t>(model.spec().items * model.vector_width()));
    model.EncodeItems(0, model.spec().items, vectors);
    return vectors;
  }

  static std::vector<float> Row(const std::vector<float>& vectors, std::int64_t row, std::int64_t width) {
    return {vectors.begin() + row * width, vectors.begin() + (row + 1) * width};
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  TwoTower model_{FullSpec(), FullItems(), *backend_, 3};
};

TEST_F(TwoTowerCatalogTest, KeepsWhatIsKeptAndPlacesWhatIsAddedByItsFeatures) {
  ItemInputs added{SelectRows(FullItems().features, std::vector<std::int32_t>{4, 1}), {}};
  const std::vector<std::int32_t> rows = {2, -1, 0, -1, 3};
  const TwoTower next = model_.WithCatalog(rows, added);
  ASSERT_EQ(next.spec().items, 5);
  const std::int64_t width = model_.vector_width();
  const std::vector<float> before = Vectors(model_);
  const std::vector<float> after = Vectors(next);
  for (const std::size_t row : {0, 2, 4}) {
    EXPECT_EQ(Row(after, static_cast<std::int64_t>(row), width), Row(before, rows[row], width)) << row;
  }
  std::vector<float> placed(static_cast<std::size_t>(2 * width));
  model_.EncodeNewItems(added, placed);
  EXPECT_EQ(Row(after, 1, width), Row(placed, 0, width));
  EXPECT_EQ(Row(after, 3, width), Row(placed, 1, width));
}

TEST_F(TwoTowerCatalogTest, AHistoryMeansWhatItDid) {
  // The rows in another order, and the same items in the histories.
  const std::vector<std::int32_t> rows = {6, 5, 4, 3, 2, 1, 0};
  const TwoTower next = model_.WithCatalog(rows, {SelectRows(FullItems().features, {}), {}});
  base::QueryBatch batch = FullBatch().queries;
  std::vector<float> before(static_cast<std::size_t>(batch.rows() * model_.vector_width()));
  model_.EncodeUsers(batch, before);
  for (base::Bags& pool : batch.pools) {
    for (std::int32_t& item : pool.ids) item = rows[static_cast<std::size_t>(item)];
  }
  std::vector<float> after(before.size());
  next.EncodeUsers(batch, after);
  EXPECT_EQ(before, after);
}

TEST_F(TwoTowerCatalogTest, RefusesPlacesThatDoNotFit) {
  const ItemInputs added{SelectRows(FullItems().features, std::vector<std::int32_t>{4}), {}};
  EXPECT_THROW(model_.WithCatalog(std::vector<std::int32_t>{0, 1}, added), Error);
  EXPECT_THROW(model_.WithCatalog(std::vector<std::int32_t>{-1, -1}, added), Error);
  EXPECT_THROW(model_.WithCatalog(std::vector<std::int32_t>{-1, 5000}, added), Error);
}

}  // namespace
}  // namespace shortlist::model
