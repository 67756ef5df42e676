#include "profile/redis_profile_store.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret_key.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using std::chrono::milliseconds;

// In front of the bytes of each profile.
constexpr std::size_t kVersionBytes = 16;
// After which everything is in the append-only file that is flushed every second.
constexpr milliseconds kFlushed{2000};
constexpr milliseconds kBetweenLooks{20};
constexpr std::int64_t kMicrosecondsPerSecond = 1000000;
constexpr const char* kAnnouncementsAtOnce = "1000";
constexpr std::chrono::minutes kLongestRewrite{10};

// KEYS: applied; of announcements; of profiles; of events; of erasures. ARGV: follows, applied, numbers of profiles and
// events, seconds for which events and erasures are remembered, number of erasures, the time in microseconds; for each
// profile the version that was read and what is to be there, nothing for none; of events who recorded them; of erasures
// their times; announcements.
const std::string& CommitScript() {
  static const std::string script = R"lua(
local applied = redis.call('GET', KEYS[1]) or '0'
if applied == ARGV[2] and ARGV[1] ~= ARGV[2] then return 'done' end
if applied ~= ARGV[1] then return 'behind' end
local profiles, events, erasures = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[7])
for i = 1, profiles do
  if redis.call('GETRANGE', KEYS[2 + i], 0, 15) ~= ARGV[7 + 2 * i] then return 'overtaken' end
end
local key, value = 2 + profiles, 8 + 2 * profiles
for i = 1, events do
  if redis.call('EXISTS', KEYS[key + i]) == 1 then return 'overtaken' end
end
for i = 1, profiles do
  local bytes = ARGV[8 + 2 * i]
  if bytes == '' then redis.call('DEL', KEYS[2 + i]) else redis.call('SET', KEYS[2 + i], bytes) end
end
for i = 1, events do redis.call('SET', KEYS[key + i], ARGV[value + i], 'EX', ARGV[5]) end
key, value = key + events, value + events
for i = 1, erasures do
  if tonumber(redis.call('GET', KEYS[key + i]) or '-1') < tonumber(ARGV[value + i]) then
    redis.call('SET', KEYS[key + i], ARGV[value + i], 'EX', ARGV[6])
  end
end
value = value + erasures
if #ARGV > value then
  local now = tonumber(ARGV[8])
  local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] or '0'
  local place = math.max(now, tonumber(last) + 1)
  for i = value + 1, #ARGV do
    redis.call('ZADD', KEYS[2], string.format('%.0f', place), ARGV[i])
    place = place + 1
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - ARGV[6] * 1000000))
end
redis.call('SET', KEYS[1], ARGV[2])
return 'done'
)lua";
  return script;
}

std::int64_t NumberFrom(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && end == text.data() + text.size()) return number;
  throw Error(Code::kDataLoss, "Redis has '" + std::string(text) + "' where the profiles of shoppers need a number");
}

// As a pattern that matches the text alone.
std::string Literal(std::string_view text) {
  std::string pattern;
  for (const char letter : text) {
    if (std::string_view("*?[]^\\").find(letter) != std::string_view::npos) pattern += '\\';
    pattern += letter;
  }
  return pattern;
}

StoredProfile ProfileOf(const RedisReply& reply) {
  if (!reply.text) return {};
  if (reply.text->size() < kVersionBytes) throw Error(Code::kDataLoss, "Redis has a profile that is cut off");
  const std::string_view bytes = *reply.text;
  return {ProfileFrom(bytes.substr(kVersionBytes)), std::string(bytes.substr(0, kVersionBytes))};
}

// As a commit has it.
Announcement AnnouncementFrom(std::string_view text) {
  const std::size_t end_of_server = text.find(':');
  const std::size_t end = end_of_server == std::string_view::npos ? end_of_server : text.find(':', end_of_server + 1);
  if (end == std::string_view::npos) throw Error(Code::kDataLoss, "Redis has an announcement that is cut off");
  const std::string_view sequence = text.substr(end_of_server + 1, end - end_of_server - 1);
  return {{std::string(text.substr(0, end_of_server)), static_cast<std::uint64_t>(NumberFrom(sequence))},
          std::string(text.substr(end + 1))};
}

[[noreturn]] void ThrowUnending(const std::string& address) {
  throw Error(Code::kUnavailable, "Redis at " + address + " does not come to an end with its files");
}

}  // namespace

RedisProfileStore::RedisProfileStore(const EventStoreSettings& settings, std::string server, const std::string& key,
                                     StoreMemory memory)
    : settings_(settings), server_(std::move(server)), memory_(memory), redis_(settings) {
  RequireKeepsKeys();
  RequireSameKey(key);
}

std::string RedisProfileStore::KeyOf(std::string_view kind, std::string_view name) const {
  return settings_.key_prefix + std::string(kind) + ":" + std::string(name);
}

std::string RedisProfileStore::InfoField(const std::string& section, const std::string& field) const {
  const std::string info = redis_.RunOne({"INFO", section}).text.value_or("");
  const std::string mark = "\n" + field + ":";
  const std::size_t place = info.find(mark);
  if (place == std::string::npos) return "";
  const std::size_t start = place + mark.size();
  return info.substr(start, info.find('\r', start) - start);
}

std::optional<std::string> RedisProfileStore::Directive(const std::string& name) const {
  const RedisCommand command{"CONFIG", "GET", name};
  RedisReply reply = std::move(redis_.Run({&command, 1}).front());
  return reply.elements.size() == 2 ? std::move(reply.elements[1].text) : std::nullopt;
}

void RedisProfileStore::RequireKeepsKeys() const {
  const std::string policy = InfoField("memory", "maxmemory_policy");
  if (InfoField("memory", "maxmemory") != "0" && policy != "noeviction") {
    throw Error(Code::kFailedPrecondition, "Redis at " + settings_.address + " forgets keys when its memory is full (" +
                                               policy + "), also who was erased; set maxmemory-policy noeviction");
  }
  if (InfoField("persistence", "aof_enabled") == "1") return;
  base::LogError("Redis at " + settings_.address +
                 " keeps no append-only file: what it loses is made again only from what the logs of servers still "
                 "have; set appendonly yes");
}

void RedisProfileStore::RequireSameKey(const std::string& key) const {
  const std::string place = settings_.key_prefix + "key";
  const std::vector<RedisReply> replies =
      redis_.RunAll(std::vector<RedisCommand>{{"SET", place, key, "NX"}, {"GET", place}});
  if (replies.back().text == key) return;
  throw Error(Code::kFailedPrecondition,
              "what Redis at " + settings_.address + " has below '" + settings_.key_prefix +
                  "' was written with another key (serve.events.key_file); give all servers the same");
}

std::optional<Profile> RedisProfileStore::Find(std::string_view shopper) const {
  const RedisReply reply = redis_.RunOne({"GET", KeyOf("profile", shopper)});
  if (!reply.text) return std::nullopt;
  return ProfileOf(reply).profile;
}

std::vector<StoredProfile> RedisProfileStore::Read(std::span<const std::string> shoppers) const {
  std::vector<RedisCommand> commands;
  for (const std::string& shopper : shoppers) commands.push_back({"GET", KeyOf("profile", shopper)});
  std::vector<StoredProfile> profiles;
  for (const RedisReply& reply : redis_.RunAll(commands)) profiles.push_back(ProfileOf(reply));
  return profiles;
}

void RedisProfileStore::ForEachShopper(std::size_t most, const VisitShoppers& visit) const {
  const std::string mark = KeyOf("profile", "");
  const std::string pattern = Literal(mark) + "*";
  std::string cursor = "0";
  do {
    RedisReply reply = redis_.RunOne({"SCAN", cursor, "MATCH", pattern, "COUNT", std::to_string(most)});
    if (reply.elements.size() != 2) throw Error(Code::kDataLoss, "Redis answers SCAN with something else than keys");
    cursor = reply.elements[0].text.value_or("0");
    std::set<std::string> names;  // SCAN may give one twice
    for (const RedisReply& key : reply.elements[1].elements) names.insert(key.text.value_or("").substr(mark.size()));
    const std::vector<std::string> shoppers(names.begin(), names.end());
    for (std::span<const std::string> rest = shoppers; !rest.empty();) {
      const std::span<const std::string> some = rest.first(std::min(most, rest.size()));
      visit(some);
      rest = rest.subspan(some.size());
    }
  } while (cursor != "0");
}

std::vector<Recorder> RedisProfileStore::RecordersOf(std::span<const std::string> event_ids) const {
  std::vector<RedisCommand> commands;
  for (const std::string& id : event_ids) commands.push_back({"GET", KeyOf("event", id)});
  std::vector<Recorder> recorders;
  for (const RedisReply& reply : redis_.RunAll(commands)) {
    const bool here = reply.text == server_;
    recorders.push_back(!reply.text ? Recorder::kNobody : here ? Recorder::kThisServer : Recorder::kOtherServer);
  }
  return recorders;
}

std::optional<std::int64_t> RedisProfileStore::ErasedAt(std::string_view erased) const {
  const RedisReply reply = redis_.RunOne({"GET", KeyOf("erased", erased)});
  if (!reply.text) return std::nullopt;
  return NumberFrom(*reply.text);
}

Announcements RedisProfileStore::AnnouncedAfter(std::uint64_t place) const {
  const RedisReply reply = redis_.RunOne({"ZRANGEBYSCORE", KeyOf("announced", ""), "(" + std::to_string(place), "+inf",
                                          "WITHSCORES", "LIMIT", "0", kAnnouncementsAtOnce});
  Announcements announcements{{}, place};
  for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    Announcement announcement = AnnouncementFrom(reply.elements[i].text.value_or(""));
    announcements.place = static_cast<std::uint64_t>(NumberFrom(reply.elements[i + 1].text.value_or("")));
    if (announcement.origin.server != server_) announcements.of_others.push_back(std::move(announcement));
  }
  return announcements;
}

std::uint64_t RedisProfileStore::applied() const {
  return static_cast<std::uint64_t>(NumberFrom(redis_.RunOne({"GET", KeyOf("applied", server_)}).text.value_or("0")));
}

Committed RedisProfileStore::Commit(const StoreChanges& changes) {
  const std::size_t keys = 2 + changes.profiles.size() + changes.event_ids.size() + changes.erased.size();
  RedisCommand command{"EVAL", CommitScript(), std::to_string(keys), KeyOf("applied", server_), KeyOf("announced", "")};
  for (const auto& [shopper, changed] : changes.profiles) command.push_back(KeyOf("profile", shopper));
  for (const auto& [id, received] : changes.event_ids) command.push_back(KeyOf("event", id));
  for (const auto& [erased, received] : changes.erased) command.push_back(KeyOf("erased", erased));
  for (const std::uint64_t number :
       {changes.follows, changes.applied, changes.profiles.size(), changes.event_ids.size()}) {
    command.push_back(std::to_string(number));
  }
  for (const std::int64_t seconds : {memory_.event_id_seconds, memory_.erasure_seconds}) {
    command.push_back(std::to_string(seconds));
  }
  command.push_back(std::to_string(changes.erased.size()));
  command.push_back(std::to_string(base::UnixSeconds() * kMicrosecondsPerSecond));
  const std::string version = base::RandomBytes(kVersionBytes);
  for (const auto& [shopper, changed] : changes.profiles) {
    command.push_back(changed.version);
    command.push_back(changed.profile == Profile() ? "" : version + ToBytes(changed.profile));
  }
  command.insert(command.end(), changes.event_ids.size(), server_);
  for (const auto& [erased, received] : changes.erased) command.push_back(std::to_string(received));
  for (const auto& [sequence, sealed] : changes.announced) {
    command.push_back(server_ + ":" + std::to_string(sequence) + ":" + sealed);
  }
  const std::string outcome = redis_.RunOne(command).text.value_or("");
  if (outcome == "done") return Committed::kDone;
  return outcome == "overtaken" ? Committed::kOvertaken : Committed::kBehind;
}

void RedisProfileStore::Sync() {
  if (InfoField("persistence", "aof_enabled") != "1" || Directive("appendfsync") == "always") return;
  std::this_thread::sleep_for(kFlushed);
}

void RedisProfileStore::Scrub() {
  if (InfoField("persistence", "aof_enabled") == "1") Rewrite("BGREWRITEAOF");
  if (Directive("save") != "") Rewrite("BGSAVE");
}

void RedisProfileStore::Rewrite(const std::string& command) const {
  const auto deadline = std::chrono::steady_clock::now() + kLongestRewrite;
  for (bool begun = false; !begun;) {
    AwaitFiles();
    const RedisCommand alone{command};
    const std::string refusal = redis_.Run({&alone, 1}).front().error;
    // Another server may have begun the same in between, perhaps before what is to leave was deleted.
    begun = refusal.find("in progress") == std::string::npos;
    if (begun && !refusal.empty()) {
      base::LogError(
          fmt::format("Redis at {} keeps what was erased in its files until it is told {}, which it refused: {}",
                      settings_.address, command, refusal));
    }
    if (!begun && std::chrono::steady_clock::now() > deadline) ThrowUnending(settings_.address);
  }
  AwaitFiles();
}

void RedisProfileStore::AwaitFiles() const {
  const auto deadline = std::chrono::steady_clock::now() + kLongestRewrite;
  for (const char* field : {"aof_rewrite_scheduled", "aof_rewrite_in_progress", "rdb_bgsave_in_progress"}) {
    while (InfoField("persistence", field) == "1") {
      if (std::chrono::steady_clock::now() > deadline) ThrowUnending(settings_.address);
      std::this_thread::sleep_for(kBetweenLooks);
    }
  }
}

}  // namespace shortlist::profile
