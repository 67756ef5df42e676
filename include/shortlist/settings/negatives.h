// What a positive is told apart from in the softmax, beside the items of the batch.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

// Items that the model itself takes for good.
struct HardNegativeSettings {
  std::int64_t per_example = 0;
  double share_of_examples = 0.1;
  std::int64_t first_rank = 20;
  std::int64_t last_rank = 200;
  std::int64_t refresh_steps = 0;
  std::int64_t first_epoch = 1;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("per_example", per_example, "Items taken for each example that is searched for; 0 for no hard negatives.",
          Bounds{0, 1000});
    visit("share_of_examples", share_of_examples, "Share of a batch's examples that are searched for.", Bounds{0, 1});
    visit(
        "first_rank", first_rank,
        "Items are drawn from the ranks [first_rank, last_rank) of the model's own order, counted from 0, without all "
        "that the shopper has in training. The best ranks hold what the shopper would have liked too.",
        Bounds{0, 1e6});
    visit("last_rank", last_rank, "End of the ranks; see first_rank.", Bounds{1, 1e6});
    visit("refresh_steps", refresh_steps, "Steps between searches with the model as it is then; 0 for one per epoch.",
          Bounds{0, 1e9});
    visit("first_epoch", first_epoch, "Epochs before this one, counted from 0, have no hard negatives.",
          Bounds{0, 1e6});
  }
};

struct NegativeSettings {
  std::int64_t uniform = 0;
  std::int64_t popular = 0;
  double popularity_exponent = 0.75;
  HardNegativeSettings hard;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("uniform", uniform, "Candidates per step that are drawn from the items with a training event, all alike.",
          Bounds{0, 1 << 20});
    visit("popular", popular,
          "Candidates per step that are drawn from the items of the training examples, by their number of examples to "
          "the power of popularity_exponent.",
          Bounds{0, 1 << 20});
    visit("popularity_exponent", popularity_exponent, "1 draws as batches do, 0 all items with an example alike.",
          Bounds{0, 2});
    visit("hard", hard, "Candidates per step that the model takes for good. One rank only.");
  }
};

}  // namespace shortlist
