#include "profile/decision.h"

#include "profile/bytes.h"

namespace shortlist::profile {
namespace {

void Write(const ShownItem& shown, ByteWriter& writer) {
  writer.Text(shown.item);
  writer.Double(shown.score);
  writer.Text(shown.reason);
  writer.Number(shown.probability ? 1 : 0);
  if (shown.probability) writer.Double(*shown.probability);
}

ShownItem ReadShownItem(ByteReader& reader) {
  ShownItem shown;
  shown.item = reader.Text();
  shown.score = static_cast<float>(reader.Double());
  shown.reason = reader.Text();
  if (reader.Number() != 0) shown.probability = reader.Double();
  return shown;
}

}  // namespace

std::string ToBytes(const Decision& decision) {
  ByteWriter writer;
  writer.Text(decision.request);
  writer.Text(decision.user);
  writer.Signed(decision.time);
  for (const std::string* text : {&decision.bundle, &decision.policy, &decision.reason}) writer.Text(*text);
  writer.Signed(decision.wanted);
  writer.Signed(decision.history_events);
  writer.Text(decision.context);
  writer.Number(decision.items.size());
  for (const ShownItem& shown : decision.items) Write(shown, writer);
  return writer.bytes();
}

Decision DecisionFrom(std::string_view bytes) {
  ByteReader reader(bytes);
  Decision decision;
  decision.request = reader.Text();
  decision.user = reader.Text();
  decision.time = reader.Signed();
  for (std::string* text : {&decision.bundle, &decision.policy, &decision.reason}) *text = reader.Text();
  decision.wanted = reader.Signed();
  decision.history_events = reader.Signed();
  decision.context = reader.Text();
  for (std::uint64_t left = reader.Number(); left > 0; --left) decision.items.push_back(ReadShownItem(reader));
  return decision;
}

}  // namespace shortlist::profile
