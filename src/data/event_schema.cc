#include "data/event_schema.h"

#include <algorithm>

#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using Kind = CarriedColumn::Kind;
using Role = CarriedColumn::Role;

Kind KindRead(TransformKind transform) {
  switch (transform) {
    case TransformKind::kQuantile:
    case TransformKind::kLog:
    case TransformKind::kZScore:
      return Kind::kNumber;
    case TransformKind::kHourOfDay:
    case TransformKind::kDayOfWeek:
    case TransformKind::kRecency:
      return Kind::kTime;
    default:
      return Kind::kText;
  }
}

void CheckContextFeature(const FeatureSettings& feature, const EventColumns& columns) {
  const std::string where =
      "features.context: feature '" + (feature.name.empty() ? feature.column : feature.name) + "'";
  if (feature.transform == TransformKind::kWordNgrams) {
    throw Error(Code::kInvalidArgument, where + ": word_ngrams is for items; an event has one id per context feature");
  }
  if (feature.column == "time" && !columns.time.empty()) return;
  if (feature.column == "time") {
    throw Error(Code::kInvalidArgument, where + " reads the time, but data.events.columns.time is not set");
  }
  if (std::ranges::find(columns.context, feature.column) == columns.context.end()) {
    throw Error(Code::kInvalidArgument,
                where + " reads '" + feature.column + "', which is not listed in data.events.columns.context");
  }
}

void Carry(Role role, const std::string& name, Kind kind, EventSchema& schema) {
  CarriedColumn& column = schema.carried.emplace_back(CarriedColumn{role, name, kind, {}});
  column.texts.Intern("");
}

void CarryContext(const std::string& name, const std::vector<FeatureSettings>& context, EventSchema& schema) {
  bool any = false;
  Kind kind = Kind::kText;
  for (const FeatureSettings& feature : context) {
    if (feature.column != name) continue;
    const Kind read = KindRead(feature.transform);
    kind = any && kind != read ? Kind::kText : read;
    any = true;
  }
  if (any) Carry(Role::kContext, name, kind, schema);
}

}  // namespace

EventSchema MakeEventSchema(const EventColumns& columns, const std::vector<FeatureSettings>& context) {
  EventSchema schema;
  schema.has_event_ids = !columns.event_id.empty();
  if (!columns.event_type.empty()) Carry(Role::kEventType, columns.event_type, Kind::kText, schema);
  if (!columns.quantity.empty()) Carry(Role::kQuantity, columns.quantity, Kind::kNumber, schema);
  if (!columns.price.empty()) Carry(Role::kPrice, columns.price, Kind::kNumber, schema);
  if (!columns.request_id.empty()) Carry(Role::kFromAnswer, columns.request_id, Kind::kPresence, schema);
  for (const FeatureSettings& feature : context) CheckContextFeature(feature, columns);
  for (const std::string& name : columns.context) CarryContext(name, context, schema);
  return schema;
}

}  // namespace shortlist::data
