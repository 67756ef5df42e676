#include "profile/event.h"

#include <cmath>
#include <string_view>
#include <utility>

#include "profile/bytes.h"

namespace shortlist::profile {
namespace {

constexpr std::size_t kMaxIdBytes = 512;
constexpr std::size_t kMaxTextBytes = 1024;
// What is added to the kind of an entry that another server was told.
constexpr std::size_t kOfOtherServer = 2;

Error Invalid(const std::string& message) {
  return {Code::kInvalidArgument, message};
}

std::optional<Error> TextProblem(std::string_view text, std::size_t least, std::size_t most, const std::string& place) {
  if (text.size() < least) return Invalid(place + " is empty");
  if (text.size() <= most) return std::nullopt;
  return Invalid(place + " has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(most) +
                 " are taken");
}

std::optional<Error> AmountProblem(double amount, const std::string& place) {
  if (std::isfinite(amount) && amount >= 0) return std::nullopt;
  return Invalid(place + " is not a finite number from 0 on");
}

void Write(const Event& event, ByteWriter& writer) {
  writer.Text(event.id);
  writer.Text(event.user);
  writer.Number(static_cast<std::uint64_t>(event.kind));
  writer.Text(event.item);
  writer.Signed(event.time);
  for (const double amount : {event.quantity, event.price, event.dwell_seconds}) writer.Double(amount);
  for (const std::string* text : {&event.query, &event.device, &event.channel, &event.locale}) writer.Text(*text);
  writer.Number(event.purposes);
  writer.Text(event.request);
}

Event ReadEvent(ByteReader& reader) {
  Event event;
  event.id = reader.Text();
  event.user = reader.Text();
  const std::uint64_t kind = reader.Number();
  if (kind >= EnumNames<EventKind>::kNames.size()) throw Error(Code::kDataLoss, "an event is of a kind not known here");
  event.kind = static_cast<EventKind>(kind);
  event.item = reader.Text();
  event.time = reader.Signed();
  for (double* amount : {&event.quantity, &event.price, &event.dwell_seconds}) *amount = reader.Double();
  for (std::string* text : {&event.query, &event.device, &event.channel, &event.locale}) *text = reader.Text();
  event.purposes = reader.Number();
  if (!reader.at_end()) event.request = reader.Text();  // absent in the first logs
  return event;
}

void Write(const ConsentChange& change, ByteWriter& writer) {
  writer.Text(change.user);
  Write(change.consent, writer);
}

void Write(const Erasure& erasure, ByteWriter& writer) {
  writer.Text(erasure.user);
  for (const std::string& visitor : erasure.visitors) writer.Text(visitor);
}

Erasure ReadErasure(ByteReader& reader) {
  Erasure erasure{std::string(reader.Text())};
  while (!reader.at_end()) erasure.visitors.emplace_back(reader.Text());  // absent in the first logs
  return erasure;
}

void Write(const Identification& identification, ByteWriter& writer) {
  writer.Text(identification.user);
  writer.Text(identification.visitor);
  writer.Number(identification.consent ? 1 : 0);
  if (identification.consent) Write(*identification.consent, writer);
}

void Write(const Origin& origin, ByteWriter& writer) {
  writer.Text(origin.server);
  writer.Number(origin.sequence);
}

Origin ReadOrigin(ByteReader& reader) {
  Origin origin;
  origin.server = reader.Text();
  origin.sequence = reader.Number();
  return origin;
}

Identification ReadIdentification(ByteReader& reader) {
  Identification identification;
  identification.user = reader.Text();
  identification.visitor = reader.Text();
  if (reader.Number() != 0) identification.consent = ReadConsent(reader);
  return identification;
}

ConsentChange ReadConsentChange(ByteReader& reader) {
  ConsentChange change;
  change.user = reader.Text();
  change.consent = ReadConsent(reader);
  return change;
}

}  // namespace

std::vector<std::string_view> PurposesOf(const Consent& consent) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
    if (consent.Allows(static_cast<Purpose>(i))) names.push_back(kPurposeNames[i]);
  }
  return names;
}

void Write(const Consent& consent, ByteWriter& writer) {
  writer.Number(consent.purposes);
  writer.Text(consent.version);
  writer.Text(consent.source);
  writer.Signed(consent.time);
}

Consent ReadConsent(ByteReader& reader) {
  Consent consent;
  consent.purposes = reader.Number();
  consent.version = reader.Text();
  consent.source = reader.Text();
  consent.time = reader.Signed();
  return consent;
}

std::optional<Error> FindProblem(const Event& event, const std::string& place) {
  const bool search = event.kind == EventKind::kSearch;
  if (auto problem = TextProblem(event.id, 1, kMaxIdBytes, place + ".event_id")) return problem;
  if (auto problem = TextProblem(event.user, 1, kMaxIdBytes, place + ".user_id")) return problem;
  if (auto problem = TextProblem(event.item, search ? 0 : 1, kMaxIdBytes, place + ".item_id")) return problem;
  if (auto problem = TextProblem(event.query, search ? 1 : 0, kMaxTextBytes, place + ".query")) return problem;
  if (auto problem = TextProblem(event.device, 0, kMaxIdBytes, place + ".device")) return problem;
  if (auto problem = TextProblem(event.channel, 0, kMaxIdBytes, place + ".channel")) return problem;
  if (auto problem = TextProblem(event.locale, 0, kMaxIdBytes, place + ".locale")) return problem;
  if (auto problem = TextProblem(event.request, 0, kMaxIdBytes, place + ".request_id")) return problem;
  if (event.time < 0) return Invalid(place + ".time is negative; it is in Unix seconds");
  if (auto problem = AmountProblem(event.quantity, place + ".quantity")) return problem;
  if (auto problem = AmountProblem(event.price, place + ".price")) return problem;
  return AmountProblem(event.dwell_seconds, place + ".dwell_seconds");
}

std::optional<Error> FindProblem(const ConsentChange& change) {
  if (auto problem = FindProblemOfShopper(change.user)) return problem;
  if (auto problem = TextProblem(change.consent.version, 0, kMaxTextBytes, "version")) return problem;
  if (auto problem = TextProblem(change.consent.source, 0, kMaxTextBytes, "source")) return problem;
  if (change.consent.time < 0) return Invalid("time is negative; it is in Unix seconds");
  return std::nullopt;
}

std::optional<Error> FindProblem(const Identification& identification) {
  if (auto problem = TextProblem(identification.visitor, 1, kMaxIdBytes, "visitor_id")) return problem;
  return FindProblemOfShopper(identification.user);
}

std::optional<Error> FindProblemOfShopper(std::string_view user) {
  return TextProblem(user, 1, kMaxIdBytes, "user_id");
}

std::string_view ShopperOf(const Entry& entry) {
  return std::visit([](const auto& known) -> std::string_view { return known.user; }, entry);
}

const Origin* OriginOf(const Entry& entry) {
  const std::optional<Origin>* origin = nullptr;
  if (const auto* erasure = std::get_if<Erasure>(&entry)) origin = &erasure->origin;
  if (const auto* found = std::get_if<Identification>(&entry)) origin = &found->origin;
  return origin != nullptr && *origin ? &**origin : nullptr;
}

// Kinds of entries of other servers follow those of this one, with the origin in front.
std::string ToBytes(const Entry& entry) {
  ByteWriter writer;
  const Origin* origin = OriginOf(entry);
  writer.Number(entry.index() + (origin != nullptr ? kOfOtherServer : 0));
  if (origin != nullptr) Write(*origin, writer);
  std::visit([&](const auto& known) { Write(known, writer); }, entry);
  return writer.bytes();
}

Entry EntryFrom(std::string_view bytes) {
  ByteReader reader(bytes);
  switch (reader.Number()) {
    case 0:
      return ReadEvent(reader);
    case 1:
      return ReadConsentChange(reader);
    case 2:
      return ReadErasure(reader);
    case 3:
      return ReadIdentification(reader);
    case 2 + kOfOtherServer: {
      Origin origin = ReadOrigin(reader);
      Erasure erasure = ReadErasure(reader);
      erasure.origin = std::move(origin);
      return erasure;
    }
    case 3 + kOfOtherServer: {
      Origin origin = ReadOrigin(reader);
      Identification identification = ReadIdentification(reader);
      identification.origin = std::move(origin);
      return identification;
    }
    default:
      throw Error(Code::kDataLoss, "an entry is of a kind not known here");
  }
}

}  // namespace shortlist::profile
