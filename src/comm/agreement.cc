#include "comm/agreement.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using nlohmann::json;

constexpr const char* kHost = "host";
constexpr const char* kClaims = "claims";

std::string HostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string Write(const std::vector<Claim>& claims) {
  json subjects = json::object();
  for (const Claim& claim : claims) subjects[claim.subject] = claim.value;
  return json{{kHost, HostName()}, {kClaims, subjects}}.dump();
}

std::string ValueOf(const json& claims, const std::string& subject) {
  return claims.contains(subject) ? claims.at(subject).get<std::string>() : "not set";
}

// Subjects of either, in the order of the alphabet.
json AllSubjects(const json& one, json other) {
  other.update(one);
  return other;
}

std::string NameOf(const json& of, int rank) {
  return "rank " + std::to_string(rank) + " on " + of.at(kHost).get<std::string>();
}

// Empty without a difference.
std::string Difference(const json& first, const json& other, int rank) {
  const json& expected = first.at(kClaims);
  const json& found = other.at(kClaims);
  const json subjects = AllSubjects(expected, found);
  for (const auto& [subject, ignored] : subjects.items()) {
    const std::string here = ValueOf(expected, subject);
    std::string there = ValueOf(found, subject);
    if (here == there) continue;
    return NameOf(other, rank) + " disagrees with " + NameOf(first, 0) + " about " + subject + ": " +
           there.append(" there, ").append(here) +
           " here; start every rank with the same program, configuration and dataset";
  }
  return {};
}

}  // namespace

std::vector<std::string> GatherTexts(Communicator& communicator, const std::string& text) {
  const auto ranks = static_cast<std::size_t>(communicator.size());
  const auto own = static_cast<std::int64_t>(text.size());
  std::vector<std::int64_t> sizes(ranks);
  communicator.AllGather(&own, sizeof(own), sizes.data());
  const auto longest = static_cast<std::size_t>(*std::max_element(sizes.begin(), sizes.end()));
  std::string padded = text;
  padded.resize(longest);
  std::string all(longest * ranks, '\0');
  communicator.AllGather(padded.data(), static_cast<std::int64_t>(longest), all.data());
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    texts.push_back(all.substr(rank * longest, static_cast<std::size_t>(sizes[rank])));
  }
  return texts;
}

void RequireAgreement(Communicator& communicator, const std::vector<Claim>& claims) {
  const std::vector<std::string> texts = GatherTexts(communicator, Write(claims));
  const json first = json::parse(texts[0]);
  for (std::size_t rank = 1; rank < texts.size(); ++rank) {
    if (texts[rank] == texts[0]) continue;
    const std::string difference = Difference(first, json::parse(texts[rank]), static_cast<int>(rank));
    if (!difference.empty()) throw Error(Code::kFailedPrecondition, difference);
  }
}

}  // namespace shortlist::comm
