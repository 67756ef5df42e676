#include "data/dataset_writer.h"

#include <algorithm>
#include <limits>

#include "data/item_features_table.h"
#include "data/vocabulary_table.h"

namespace shortlist::data {
namespace {

using Role = CarriedColumn::Role;

constexpr std::array<const char*, 3> kPartFiles = {"train.arrow", "validation.arrow", "test.arrow"};

std::optional<std::size_t> SlotOf(Role role, const EventSchema& schema) {
  for (std::size_t c = 0; c < schema.carried.size(); ++c) {
    if (schema.carried[c].role == role) return schema.FirstCarried() + c;
  }
  return std::nullopt;
}

// Reads what a part stores of an event from its record.
class PartEventReader {
 public:
  explicit PartEventReader(const EventSchema& schema)
      : event_type_(SlotOf(Role::kEventType, schema)),
        quantity_(SlotOf(Role::kQuantity, schema)),
        price_(SlotOf(Role::kPrice, schema)),
        from_answer_(SlotOf(Role::kFromAnswer, schema)) {}

  PartColumns Columns(const features::FeatureGraph& context) const {
    PartColumns columns{
        event_type_.has_value(), quantity_.has_value(), price_.has_value(), from_answer_.has_value(), {}, 0};
    for (const features::CategoricalFeature& feature : context.categorical()) columns.context.push_back(feature.name);
    columns.context_dense = static_cast<std::int64_t>(context.dense().size());
    return columns;
  }

  PartEvent Read(const KeptEvent& event) const {
    PartEvent row{event.item, event.time, event.weight, 0, 0, 0, 0};
    if (event_type_) row.event_type = static_cast<std::int32_t>(Slot(event.record, *event_type_));
    if (quantity_) row.quantity = static_cast<float>(SlotToNumber(Slot(event.record, *quantity_)));
    if (price_) row.price = static_cast<float>(SlotToNumber(Slot(event.record, *price_)));
    if (from_answer_) row.from_answer = static_cast<std::int32_t>(Slot(event.record, *from_answer_));
    return row;
  }

 private:
  std::optional<std::size_t> event_type_;
  std::optional<std::size_t> quantity_;
  std::optional<std::size_t> price_;
  std::optional<std::size_t> from_answer_;
};

void DescribeCarried(const EventSchema& schema, DatasetDescription& description) {
  for (const CarriedColumn& column : schema.carried) {
    description.has_quantities |= column.role == Role::kQuantity;
    description.has_prices |= column.role == Role::kPrice;
    description.has_answers |= column.role == Role::kFromAnswer;
    if (column.role != Role::kEventType) continue;
    for (std::size_t id = 0; id < column.texts.size(); ++id) {
      description.event_types.push_back(column.texts.Text(static_cast<std::uint32_t>(id)));
    }
  }
}

}  // namespace

features::FeatureGraph FitItems(const std::vector<FeatureSettings>& settings, const Catalog& catalog,
                                std::size_t items) {
  features::FeatureFitter fitter(settings);
  for (std::size_t item = 0; item < items && !settings.empty(); ++item) fitter.Observe(catalog.RecordOf(item));
  return fitter.Finish();
}

void WriteParts(const KeptEvents& events, const EventSchema& schema, const features::FeatureGraph& context,
                const std::filesystem::path& directory, const std::filesystem::path& scratch,
                DatasetDescription& description) {
  const PartEventReader reader(schema);
  ContextEncoder encoder(context, schema);
  std::vector<PartWriter> parts;
  for (const char* file : kPartFiles) parts.emplace_back(directory / file, scratch, reader.Columns(context));
  std::array<std::int64_t, 3> starts;
  starts.fill(std::numeric_limits<std::int64_t>::max());
  std::vector<std::int32_t> ids(context.categorical().size());
  events.ForEach([&](const KeptEvent& event) {
    const auto part = static_cast<std::size_t>(event.part);
    encoder.Encode(event);
    for (std::size_t f = 0; f < ids.size(); ++f) ids[f] = encoder.Id(f);
    parts[part].Append(event.user, reader.Read(event), ids, encoder.Dense());
    starts[part] = std::min(starts[part], event.time);
  });
  for (std::size_t part = 0; part < parts.size(); ++part) {
    parts[part].Finish(static_cast<std::int64_t>(events.users().size()));
    description.counts.part_events[part] = parts[part].events();
    description.part_starts[part] = parts[part].events() > 0 ? starts[part] : 0;
  }
  DescribeCarried(schema, description);
  description.context_graph = context.ToJson();
}

void WriteItems(const std::vector<std::string>& ids, const Catalog& catalog, const features::FeatureGraph& graph,
                const std::filesystem::path& directory, DatasetDescription& description) {
  base::EncodedFeatures rows = graph.EmptyRows();
  TextColumn titles{"title", {}};
  TextColumn attributes{"attributes", {}};
  for (std::size_t item = 0; item < ids.size(); ++item) {
    graph.Encode(catalog.RecordOf(item), rows);
    titles.texts.emplace_back(catalog.Title(item));
    attributes.texts.push_back(catalog.AttributesJson(item));
  }
  WriteVocabulary(directory / "items.arrow", ids, {titles, attributes});
  WriteItemFeatures(directory / "item_features.arrow", graph, rows);
  description.item_digest = VocabularyDigest(ids);
  description.item_graph = graph.ToJson();
}

void WriteUsers(const std::vector<std::string>& ids, const std::filesystem::path& directory,
                DatasetDescription& description) {
  WriteVocabulary(directory / "users.arrow", ids, {});
  description.user_digest = VocabularyDigest(ids);
}

}  // namespace shortlist::data
