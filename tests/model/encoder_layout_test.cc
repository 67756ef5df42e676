#include "model/encoder_layout.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "model/parameters.h"
#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

ParameterLayout LayoutWith(EncoderKind kind) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.history.encoder.kind = kind;
  spec.settings.history.encoder.feed_forward = 6;
  spec.settings.history.max_length = 9;
  return ParameterLayout(spec);
}

TEST(EncoderLayout, APooledTowerHasNoFurtherArrays) {
  EXPECT_EQ(LayoutWith(EncoderKind::kPooled).dense.size(), 1U) << "the scale";
}

TEST(EncoderLayout, MatricesDecayAndVectorsDoNot) {
  for (const EncoderKind kind : {EncoderKind::kAttention, EncoderKind::kGru, EncoderKind::kTransformer}) {
    const ParameterLayout layout = LayoutWith(kind);
    std::set<std::string> names;
    for (const DenseShape& shape : layout.dense) {
      const bool matrix = shape.name.ends_with(".weight");
      EXPECT_EQ(shape.offset < layout.matrices_end, matrix) << shape.name;
      EXPECT_TRUE(names.insert(shape.name).second) << shape.name;
    }
  }
}

TEST(EncoderLayout, ArraysHaveTheShapesOfTheSettings) {
  const ParameterLayout transformer = LayoutWith(EncoderKind::kTransformer);
  ASSERT_EQ(transformer.encoder.attentions.size(), 2U);
  EXPECT_EQ(transformer.dense[transformer.encoder.feed_forwards[1].wide].columns, 6);
  EXPECT_EQ(transformer.dense[transformer.encoder.attentions[1].distance_bias].rows, 2);
  EXPECT_EQ(transformer.dense[transformer.encoder.attentions[1].distance_bias].columns, 9);
  const ParameterLayout gru = LayoutWith(EncoderKind::kGru);
  ASSERT_EQ(gru.encoder.grus.size(), 2U);
  EXPECT_EQ(gru.dense[gru.encoder.grus[1].recurrent].columns, 12);
  const ParameterLayout attention = LayoutWith(EncoderKind::kAttention);
  ASSERT_EQ(attention.encoder.attentions.size(), 1U);
  EXPECT_EQ(attention.encoder.attentions[0].value, kAbsent);
  EXPECT_EQ(attention.encoder.output, kAbsent);
}

}  // namespace
}  // namespace shortlist::model
