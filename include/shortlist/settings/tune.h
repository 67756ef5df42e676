// Which settings `shortlist tune` may change, and how it looks for better ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class RangeScale { kLinear, kLog };
template <>
struct EnumNames<RangeScale> {
  static constexpr std::array<std::string_view, 2> kNames = {"linear", "log"};
};

struct RangeSettings {
  std::string setting;
  std::vector<std::string> values;
  double least = 0;
  double most = 0;
  RangeScale scale = RangeScale::kLinear;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("setting", setting,
          "Which setting of `model` or `train`, for example `train.optimizer.dense_rate` or "
          "`model.history.pools[0].decay`.");
    visit("values", values, "The values to choose from, each as in YAML, for example `0.3` or `\"[256, 128]\"`.");
    visit("least", least, "Without `values`: the least number to try.");
    visit("most", most, "Without `values`: the greatest number to try.");
    visit("scale", scale, "How numbers between them are drawn; `log` for those whose ratio matters, such as rates.");
  }
};

struct TuneSettings {
  std::vector<RangeSettings> ranges;
  std::int64_t configurations = 27;
  std::int64_t first_epochs = 1;
  std::int64_t keep_one_in = 3;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("ranges", ranges, "The settings that may change.");
    visit("configurations", configurations, "Configurations that start; the first is the present one.", Bounds{2, 1e6});
    visit("first_epochs", first_epochs,
          "Epochs after which they are compared for the first time; each time after that, after `keep_one_in` times as "
          "many, up to `train.epochs`.",
          Bounds{1, 1e6});
    visit("keep_one_in", keep_one_in, "Share of the configurations that goes on after each comparison.",
          Bounds{2, 1000});
  }
};

}  // namespace shortlist
