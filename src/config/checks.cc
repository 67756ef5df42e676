#include "config/checks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/settings_kind.h"
#include "config/nearest_name.h"
#include "shortlist/device.h"

namespace shortlist::config {
namespace {

template <class T>
std::optional<T> ParseWhole(std::string_view text) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::sys_days> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = ParseWhole<int>(text.substr(0, 4));
  const auto month = ParseWhole<unsigned>(text.substr(5, 2));
  const auto day = ParseWhole<unsigned>(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return date;
}

class Checker {
 public:
  Checker(const Settings& settings, Problems& problems) : settings_(settings), problems_(problems) {}

  void Check() {
    RequireText("name", settings_.name);
    RequireText("directory", settings_.directory);
    CheckDevice();
    if (problems_.Has("data")) CheckData();
    CheckFeatures();
    CheckModel();
    CheckTrain();
    CheckTune();
    CheckEvaluate();
    CheckServe();
  }

 private:
  void CheckDevice() {
    if (ParseDeviceName(settings_.device)) return;
    problems_.Add("device", fmt::format("'{}' is none of auto, cpu, cuda:0, cuda:1 and so on", settings_.device));
  }

  void CheckData() {
    const EventSource& events = settings_.data.events;
    RequirePaths("data.events.paths", events.paths);
    RequireText("data.events.columns.user", events.columns.user);
    RequireText("data.events.columns.item", events.columns.item);
    CheckDelimiter("data.events.delimiter", events.delimiter);
    CheckDelimiter("data.catalog.delimiter", settings_.data.catalog.delimiter);
    RequireUnique("data.events.columns.context", events.columns.context);
    RequireUnique("data.catalog.attributes", settings_.data.catalog.attributes);
    RequireText("data.catalog.item", settings_.data.catalog.item);
    RequireText("data.consent.user", settings_.data.consent.user);
    RequireText("data.consent.purposes", settings_.data.consent.purposes);
    if (events.deduplicate == Deduplication::kUserItemDay) RequireTimes("data.events.deduplicate");
    CheckRules("data.events.rules", events.rules);
    CheckRules("data.catalog.rules", settings_.data.catalog.rules);
    CheckSplit();
  }

  void CheckRules(const std::string& list, const std::vector<RowRule>& rules) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const RowRule& rule = rules[i];
      const std::string field = fmt::format("{}[{}]", list, i);
      RequireText(field + ".name", rule.name);
      RequireText(field + ".column", rule.column);
      CheckOperand(field + ".value", rule);
      names.push_back(rule.name);
    }
    RequireUnique(list, names);
  }

  void CheckOperand(const std::string& field, const RowRule& rule) {
    const std::string_view name = base::NameOf(rule.is);
    const std::size_t count = rule.value.size();
    if (rule.is == RuleOperator::kNotEmpty) {
      if (count != 0) problems_.Add(field, "not_empty takes no value");
    } else if (rule.is == RuleOperator::kIn) {
      if (count == 0) problems_.Add(field, "in needs at least one value");
    } else if (count != 1) {
      problems_.Add(field, fmt::format("{} needs exactly one value, found {}", name, count));
    } else if (rule.is == RuleOperator::kMatches) {
      CheckRegularExpression(field, rule.value.front());
    } else if (rule.is >= RuleOperator::kGreater && !ParseWhole<double>(rule.value.front())) {
      problems_.Add(field, fmt::format("{} needs a number, found '{}'", name, rule.value.front()));
    }
  }

  void CheckRegularExpression(const std::string& field, const std::string& text) {
    try {
      const std::regex compiled(text, std::regex::ECMAScript);
    } catch (const std::regex_error& failure) {
      problems_.Add(field, fmt::format("'{}' is not a regular expression: {}", text, failure.what()));
    }
  }

  void CheckSplit() {
    const SplitSettings& split = settings_.data.split;
    if (split.rule == SplitRule::kFiles) RequirePaths("data.split.test_paths", split.test_paths);
    if (split.rule != SplitRule::kTime) return;
    RequireTimes("data.split.rule");
    if (split.test_days > 0) return CheckDays(split);
    if (split.validation_days > 0) problems_.Add("data.split.validation_days", "needs data.split.test_days");
    const auto validation = RequireDate("data.split.validation_start", split.validation_start);
    const auto test = RequireDate("data.split.test_start", split.test_start);
    if (validation && test && *validation >= *test) {
      problems_.Add("data.split.validation_start", "must lie before test_start");
    }
  }

  void CheckDays(const SplitSettings& split) {
    if (!split.validation_start.empty() || !split.test_start.empty()) {
      problems_.Add("data.split.test_days",
                    "stands in the place of validation_start and test_start; name one or the other");
    }
  }

  void CheckFeatures() {
    const CatalogSource& catalog = settings_.data.catalog;
    std::vector<std::string> item_columns = catalog.attributes;
    if (!catalog.title.empty()) item_columns.emplace_back("title");
    if (!catalog.price.empty()) item_columns.emplace_back("price");
    CheckFeatureList("features.item", settings_.features.item, item_columns,
                     "a catalog with a title, a price or attributes (data.catalog)");

    std::vector<std::string> context_columns = settings_.data.events.columns.context;
    if (!settings_.data.events.columns.time.empty()) context_columns.emplace_back("time");
    CheckFeatureList("features.context", settings_.features.context, context_columns,
                     "data.events.columns.context or data.events.columns.time");
  }

  void CheckFeatureList(const std::string& list, const std::vector<FeatureSettings>& features,
                        const std::vector<std::string>& columns, const std::string& source) {
    const std::vector<std::string_view> known(columns.begin(), columns.end());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < features.size(); ++i) {
      const FeatureSettings& feature = features[i];
      const std::string field = fmt::format("{}[{}].column", list, i);
      names.push_back(feature.name.empty() ? feature.column : feature.name);
      if (!RequireText(field, feature.column) || !problems_.Has("data")) continue;
      if (known.empty()) {
        problems_.Add(field, "needs " + source);
      } else if (std::find(known.begin(), known.end(), feature.column) == known.end()) {
        problems_.Add(field, "unknown column '" + feature.column + "'; " + SuggestName(feature.column, known));
      }
    }
    RequireUnique(list, names);
  }

  void CheckModel() {
    const ModelSettings& model = settings_.model;
    if (model.history.pools.empty()) problems_.Add("model.history.pools", "needs at least one pool");
    CheckEncoder(model);
    if (IsClosedForm(model.kind)) CheckClosedForm(model);
    if (!problems_.Has("data")) return;
    for (std::size_t i = 0; i < model.history.pools.size(); ++i) {
      const bool by_time = model.history.pools[i].weighting == PoolWeighting::kTimeDecay;
      if (by_time) RequireTimes(fmt::format("model.history.pools[{}].weighting", i));
    }
    if (model.prior.kind == PriorKind::kRecentDemand) RequireTimes("model.prior.kind");
    if (model.repeat.kind != RepeatKind::kNone) RequireTimes("model.repeat.kind");
  }

  void CheckClosedForm(const ModelSettings& model) {
    const std::string only = fmt::format("needs model.kind: two_tower, and it is {}", base::NameOf(model.kind));
    if (model.repeat.kind != RepeatKind::kNone) problems_.Add("model.repeat.kind", only);
    if (!settings_.tune.ranges.empty()) problems_.Add("tune.ranges", only);
  }

  void CheckEncoder(const ModelSettings& model) {
    const EncoderSettings& encoder = model.history.encoder;
    const bool attends = encoder.kind == EncoderKind::kAttention || encoder.kind == EncoderKind::kTransformer;
    if (attends && model.dimension % encoder.heads != 0) {
      problems_.Add("model.history.encoder.heads",
                    fmt::format("{} heads do not divide model.dimension, {}", encoder.heads, model.dimension));
    }
  }

  void CheckTrain() {
    const std::string& metric = settings_.train.early_stop.metric;
    const std::size_t at = metric.find('@');
    const std::set<std::string> names = {"recall", "ndcg", "hit_rate", "mrr"};
    const auto k = at == std::string::npos ? std::nullopt : ParseWhole<std::int64_t>(metric.substr(at + 1));
    if (!names.contains(metric.substr(0, at)) || !k || *k < 1 || *k > 10000) {
      problems_.Add("train.early_stop.metric",
                    "expected recall@k, ndcg@k, hit_rate@k or mrr@k with k from 1 to 10000, "
                    "found '" +
                        metric + "'");
    }
    const bool by_time = settings_.train.batch_order == BatchOrder::kTimeCoherent;
    if (by_time && problems_.Has("data")) RequireTimes("train.batch_order");
  }

  void CheckTune() {
    std::vector<std::string> tuned;
    for (std::size_t i = 0; i < settings_.tune.ranges.size(); ++i) {
      const RangeSettings& range = settings_.tune.ranges[i];
      const std::string field = fmt::format("tune.ranges[{}]", i);
      CheckTunedSetting(field + ".setting", range.setting);
      if (range.values.empty()) CheckInterval(field, range);
      tuned.push_back(range.setting);
    }
    RequireUnique("tune.ranges", tuned);
  }

  // Only what a training changes and the validation metric tells apart.
  void CheckTunedSetting(const std::string& field, const std::string& setting) {
    const auto below = [&](std::string_view group) { return setting.starts_with(group); };
    constexpr std::array<std::string_view, 8> kFixed = {
        "model.repeat",           "train.communication", "train.early_stop", "train.include_validation",
        "train.checkpoint_steps", "train.max_steps",     "train.memory_gb",  "train.epochs"};
    if (!below("model.") && !below("train.")) {
      problems_.Add(field, "expected a setting of model or train, found '" + setting + "'");
    } else if (std::any_of(kFixed.begin(), kFixed.end(), below)) {
      problems_.Add(field, "'" + setting + "' is not among those that a search by the validation metric can choose");
    }
  }

  void CheckInterval(const std::string& field, const RangeSettings& range) {
    if (range.least >= range.most) problems_.Add(field, "needs values, or least below most");
    if (range.scale == RangeScale::kLog && range.least <= 0) {
      problems_.Add(field + ".least", "must lie above 0 on a log scale");
    }
  }

  void CheckEvaluate() {
    if (settings_.evaluate.k.empty()) problems_.Add("evaluate.k", "needs at least one length");
    if (settings_.evaluate.seen.empty()) problems_.Add("evaluate.seen", "needs at least one of mask and allow");
  }

  void CheckServe() {
    CheckAddress("serve.address", settings_.serve.address);
    if (!settings_.serve.admin.address.empty()) CheckAddress("serve.admin.address", settings_.serve.admin.address);
    const VersionSettings& versions = settings_.serve.versions;
    if (versions.policy != VersionPolicy::kLatest) RequireText("serve.versions.stable", versions.stable);
  }

  void CheckAddress(const std::string& field, const std::string& address) {
    const std::size_t colon = address.rfind(':');
    const auto port =
        colon == std::string::npos || colon == 0 ? std::nullopt : ParseWhole<int>(address.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) {
      problems_.Add(field, "expected host:port with a port from 0 to 65535, found '" + address + "'");
    }
  }

  bool RequireText(const std::string& field, const std::string& value) {
    if (value.empty()) problems_.Add(field, "must not be empty");
    return !value.empty();
  }

  void RequirePaths(const std::string& field, const std::vector<std::string>& paths) {
    if (paths.empty()) problems_.Add(field, "needs at least one path");
    for (std::size_t i = 0; i < paths.size(); ++i) RequireText(fmt::format("{}[{}]", field, i), paths[i]);
  }

  void RequireUnique(const std::string& field, const std::vector<std::string>& values) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (seen.insert(values[i]).second) continue;
      problems_.Add(fmt::format("{}[{}]", field, i), "'" + values[i] + "' stands in the list a second time");
    }
  }

  void RequireTimes(const std::string& field) {
    if (settings_.data.events.columns.time.empty()) problems_.Add(field, "needs data.events.columns.time");
  }

  std::optional<std::chrono::sys_days> RequireDate(const std::string& field, const std::string& text) {
    const auto date = ParseDate(text);
    if (!date) problems_.Add(field, "expected a date YYYY-MM-DD, found '" + text + "'");
    return date;
  }

  void CheckDelimiter(const std::string& field, const std::string& text) {
    if (text.size() > 1) problems_.Add(field, "must be one character, found '" + text + "'");
  }

  const Settings& settings_;
  Problems& problems_;
};

}  // namespace

void CheckSettings(const Settings& settings, Problems& problems) {
  Checker(settings, problems).Check();
}

}  // namespace shortlist::config
