// Over random sequences of grants, withdrawals, erasures, identifications, events and calls, nothing of what a shopper
// did reaches what the shopper denied: every event carries a tracer, and where a tracer may be found is what a model of
// the rules says.
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "consent/model_shopper.h"
#include "data/prepare.h"
#include "profile/made_decisions.h"
#include "profile/made_events.h"
#include "serve/decision_recorder.h"
#include "serve/live_shopper.h"
#include "serve/made_bundle.h"
#include "serve/retrieval.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;
using profile::Entry;
using profile::Purpose;
using profile::Recorded;

constexpr std::string_view kTracerMark = "tracer-";
constexpr std::size_t kTracerDigits = 8;
constexpr int kShoppersAtOnce = 200;
constexpr int kModelShoppers = 8;  // of those at once, whom the model knows
constexpr int kSteps = 12;
constexpr std::uint64_t kAllPurposes = 15;
constexpr std::int64_t kDecisionAge = 604800;  // of the journal, so that it is rotated when the test says so alone

std::string TracerOf(int number) {
  const std::string digits = std::to_string(number);
  return std::string(kTracerMark) + std::string(kTracerDigits - digits.size(), '0') + digits;
}

bool IsTracer(std::string_view text) {
  return text.size() == kTracerMark.size() + kTracerDigits &&
         text.substr(kTracerMark.size()).find_first_not_of("0123456789") == std::string_view::npos;
}

void AddTracersIn(const std::string& bytes, Tracers& found) {
  for (std::size_t at = bytes.find(kTracerMark); at != std::string::npos; at = bytes.find(kTracerMark, at + 1)) {
    const std::string text = bytes.substr(at, kTracerMark.size() + kTracerDigits);
    if (IsTracer(text)) found.insert(text);
  }
}

// Those in the bytes of the files below a folder. RocksDB may have compressed one, which then is none.
Tracers TracersBelow(const fs::path& folder) {
  Tracers found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) AddTracersIn(base::ReadFile(entry.path()), found);
  }
  return found;
}

std::vector<std::string> Beyond(const Tracers& found, const Tracers& allowed) {
  std::vector<std::string> beyond;
  std::ranges::set_difference(found, allowed, std::back_inserter(beyond));
  return beyond;
}

class ConsentSequences {
 public:
  ConsentSequences(const fs::path& folder, std::uint32_t seed) : folder_(folder), random_(seed) {
    settings_.directory = folder / "events";
    settings_.consent = ConsentRule::kRequired;
    settings_.rotate_seconds = 1;
    settings_.max_events = 10000;
    decision_settings_.fraction = 1;
    decision_settings_.rotate_seconds = kDecisionAge;
    decision_settings_.retention_days = 36500;
    Open();
    RecommendRequest visitor;
    visitor.k = 5;
    popular_ = IdsOf(service_->Recommend(visitor).items);
  }

  void Run(int sequences) {
    for (int done = 0; done < sequences && !::testing::Test::HasFailure(); done += kShoppersAtOnce) RunAtOnce(done);
    RotateAll();
    CheckFiles();
    CheckDataset();
  }

 private:
  void Open() {
    if (recorder_) FlushDecisions();
    recorder_.reset();
    service_.reset();
    profiles_.reset();
    decisions_.reset();
    decisions_.emplace(settings_.directory, decision_settings_, profile::MadeDecisionFiles());
    profiles_.emplace(settings_, profile::MadeEventFiles(), &*decisions_);
    recorder_.emplace(decision_settings_, *profiles_, *decisions_, metrics_);
    service_.emplace(LimitSettings(), Traffic{snapshot_}, std::make_shared<NoObserver>(), SeenRule::kMask, &*profiles_);
  }

  static std::vector<std::string> IdsOf(const std::vector<ScoredEntry>& entries) {
    std::vector<std::string> ids;
    for (const ScoredEntry& entry : entries) ids.emplace_back(entry.id);
    return ids;
  }

  void RunAtOnce(int first) {
    std::vector<std::string> users;
    for (int i = 0; i < kShoppersAtOnce; ++i) {
      users.push_back(i < kModelShoppers ? UserName(i + 1) : "stranger-" + std::to_string(first + i));
    }
    for (int step = 0; step < kSteps; ++step) {
      clock_ += 10;
      RecordStep(users);
      for (const std::string& user : users) CheckAnswers(user);
      if (Draw(2) == 0) FlushDecisions();
      if (Draw(6) == 0) RotateAll();
      if (Draw(40) == 0) Open();
    }
    if (first / kShoppersAtOnce % 2 == 0) CheckFiles();
  }

  int Draw(int below) { return static_cast<int>(random_() % static_cast<std::uint32_t>(below)); }

  // One to three entries of each shopper, those of all of them in one call.
  void RecordStep(const std::vector<std::string>& users) {
    std::vector<Entry> entries;
    std::vector<Recorded> expected;
    for (const std::string& user : users) {
      for (int left = 1 + Draw(3); left > 0; --left) {
        entries.push_back(Next(user, users));
        expected.push_back(Expect(entries.back()));
      }
    }
    ASSERT_EQ(profiles_->Record(std::move(entries), clock_), expected);
  }

  Entry Next(const std::string& user, const std::vector<std::string>& users) {
    const int draw = Draw(100);
    if (draw < 53) return NextEvent(user);
    if (draw < 55) return profile::Identification{users[static_cast<std::size_t>(Draw(kShoppersAtOnce))], user, {}};
    if (draw < 75) return profile::MadeConsent(user, static_cast<std::uint64_t>(Draw(16)), clock_);
    if (draw < 88) return profile::MadeConsent(user, kAllPurposes, clock_);
    if (draw < 93) return profile::MadeConsent(user, 0, clock_);
    if (draw < 99) return profile::MadeConsent(user, kAllPurposes, clock_ - 1 - Draw(100));
    return profile::Erasure{user};
  }

  profile::Event NextEvent(const std::string& user) {
    const std::string tracer = TracerOf(next_tracer_++);
    const bool search = Draw(4) == 0;
    profile::Event event =
        profile::MadeEvent(tracer, user, search ? "" : tracer, clock_, search ? EventKind::kSearch : EventKind::kView);
    if (search) event.query = tracer;
    return event;
  }

  // Whom an id stands for now.
  std::string Known(const std::string& user) const {
    const auto known = known_as_.find(user);
    return known == known_as_.end() ? user : known->second;
  }

  Recorded ExpectIdentification(const std::string& visitor, const std::string& user) {
    if (Known(visitor) == user) return Recorded::kDuplicate;
    if (known_as_.contains(visitor)) return Recorded::kTaken;
    shoppers_[user].Identify(shoppers_[visitor]);
    for (auto& [other, known_as] : known_as_) {
      if (known_as == visitor) known_as = user;
    }
    known_as_[visitor] = user;
    return Recorded::kDone;
  }

  Recorded Expect(const Entry& entry) {
    const std::string user = Known(std::string(profile::ShopperOf(entry)));
    if (const auto* found = std::get_if<profile::Identification>(&entry)) {
      return ExpectIdentification(found->visitor, user);
    }
    ModelShopper& shopper = shoppers_[user];
    if (const auto* event = std::get_if<profile::Event>(&entry)) {
      if (!shopper.Event(event->id, !event->item.empty())) return Recorded::kDenied;
      kept_.insert(event->id);
      if (shopper.Agrees(Purpose::kPersonalization)) personal_.insert(event->id);
      return Recorded::kDone;
    }
    if (std::holds_alternative<profile::Erasure>(entry)) {
      shopper.Erase(clock_);
      for (const auto& [visitor, known_as] : known_as_) {
        if (known_as == user) shoppers_[visitor].Return(clock_);
      }
      std::erase_if(known_as_, [&](const auto& known) { return known.second == user; });
      is_erasing_ = true;
      return Recorded::kDone;
    }
    const auto& consent = std::get<profile::ConsentChange>(entry).consent;
    const bool outdated = consent.time < shopper.consent_time();
    shopper.Consent(consent.purposes, consent.time);
    return outdated ? Recorded::kOutdated : Recorded::kDone;
  }

  void CheckAnswers(const std::string& user) {
    ModelShopper& shopper = shoppers_[Known(user)];
    const LiveShopper live = ReadLiveShopper(&*profiles_, user);
    Tracers known;
    for (const profile::ItemEvent& event : live.events) known.insert(event.item);
    ASSERT_EQ(known, shopper.known()) << user;
    RecommendRequest request;
    request.user_id = user;
    request.k = 5;
    request.return_history = 5;
    const Recommendation answer = service_->Recommend(request);
    const std::string tracer = TracerOf(next_tracer_++);
    recorder_->Offer(tracer, request, answer, clock_);
    shopper.Show(tracer, clock_);
    if (shopper.Agrees(Purpose::kPersonalization)) {
      ASSERT_NE(answer.reason, Reason::kNoConsent) << user;
    } else {
      ASSERT_EQ(answer.reason, Reason::kNoConsent) << user;
      ASSERT_TRUE(answer.history.empty()) << user;
      ASSERT_EQ(IdsOf(answer.items), popular_) << user;
    }
    if (snapshot_->bundle().FindUser(user) >= 0) CheckAlike(user);
  }

  void CheckAlike(const std::string& user) {
    SimilarRequest request;
    request.id = user;
    request.k = kUsers;
    try {
      for (const std::string& other : IdsOf(service_->SimilarUsers(request).entries)) {
        ASSERT_TRUE(shoppers_[other].Agrees(Purpose::kGroupProfiling)) << other;
      }
      ASSERT_TRUE(shoppers_[user].Agrees(Purpose::kGroupProfiling)) << user;
    } catch (const Error& error) {
      if (error.code() == Code::kNotFound) return;  // erased, or another shopper
      ASSERT_EQ(error.code(), Code::kFailedPrecondition) << error.what();
      ASSERT_FALSE(shoppers_[user].Agrees(Purpose::kGroupProfiling)) << error.what();
    }
  }

  void RotateAll() {
    profiles_->Rotate(clock_);  // after an opening the age of a segment counts from here
    clock_ += 10;
    profiles_->Rotate(clock_);
    for (auto& [user, shopper] : shoppers_) shopper.Rotate();
    FlushDecisions();
    decisions_->Rotate(clock_ + kDecisionAge, [&](auto& decision) { return profiles_->Admit(decision); });
    for (auto& [user, shopper] : shoppers_) shopper.RotateDecisions();
    is_erasing_ = false;
  }

  void FlushDecisions() {
    recorder_->Flush(clock_);
    for (auto& [user, shopper] : shoppers_) shopper.FlushDecisions();
  }

  Tracers DecisionTracers() const {
    Tracers tracers;
    for (const auto& [user, shopper] : shoppers_) shopper.AddDecisions(tracers);
    return tracers;
  }

  void CheckDecisionFiles() const {
    Tracers found = TracersBelow(folder_ / "events/decisions");
    found.merge(TracersBelow(folder_ / "events/lake/decisions"));
    Tracers allowed = DecisionTracers();
    if (!is_erasing_) {
      EXPECT_EQ(Beyond(allowed, found), std::vector<std::string>());
    }
    for (const auto& [user, shopper] : shoppers_) shopper.AddPossibleDecisions(allowed);
    EXPECT_EQ(Beyond(found, allowed), std::vector<std::string>());
  }

  Tracers LakeTracers() const {
    Tracers tracers;
    for (const auto& [user, shopper] : shoppers_) shopper.AddLake(tracers);
    return tracers;
  }

  // For who has the folder and the key file.
  Tracers LogTracers() const {
    const fs::path copy = folder_ / "copy";
    fs::remove_all(copy);
    fs::create_directories(copy);
    for (const char* part : {"log", "keys"}) fs::copy(fs::path(settings_.directory) / part, copy / part);
    const profile::KeyedIds names(base::SecretKey::FromFile(settings_.directory + ".key"));
    Tracers found;
    profile::EventLog(copy, names.LogSecret()).Replay(1, [&](const profile::LoggedEntry& logged) {
      AddTracersIn(profile::ToBytes(logged.entry), found);
    });
    return found;
  }

  void CheckFiles() const {
    Tracers logged;
    for (const auto& [user, shopper] : shoppers_) shopper.AddLogged(logged);
    EXPECT_EQ(Beyond(LogTracers(), logged), std::vector<std::string>());
    EXPECT_EQ(TracersBelow(folder_ / "events/log"), Tracers());
    EXPECT_EQ(Beyond(TracersBelow(folder_ / "events/profiles"), personal_), std::vector<std::string>());
    if (!is_erasing_) {
      EXPECT_EQ(TracersBelow(folder_ / "events/lake/events"), LakeTracers());
    }
    CheckDecisionFiles();
    for (const char* place : {"events/profiles", "events/lake/events", "events/lake/consents"}) {
      EXPECT_EQ(Beyond(TracersBelow(folder_ / place), kept_), std::vector<std::string>()) << place;
    }
  }

  // As `prepare` makes it of the lake: of those alone who agree to the end.
  void CheckDataset() const {
    WriteLakeAsRows(folder_ / "lake.csv");
    Settings settings;
    settings.data.events.paths = {folder_ / "lake.csv"};
    settings.data.events.columns.time = "time";
    settings.data.consent.paths = {folder_ / "events/lake/consents"};
    data::Prepare(settings, folder_, folder_ / "dataset");
    Tracers allowed;
    for (const auto& [user, shopper] : shoppers_) {
      if (shopper.Agrees(Purpose::kTraining)) shopper.AddLake(allowed);
    }
    const Tracers found = TracersBelow(folder_ / "dataset");
    EXPECT_GT(found.size(), allowed.size() / 2);
    EXPECT_LT(found.size(), LakeTracers().size());
    EXPECT_EQ(Beyond(found, allowed), std::vector<std::string>());
  }

  void WriteLakeAsRows(const fs::path& path) const {
    std::ofstream rows(path);
    rows << "user,item,time\n";
    for (const auto& file : fs::directory_iterator(folder_ / "events/lake/events")) {
      for (const profile::Event& event : profile::ReadMadeFile(file.path())) {
        if (!event.item.empty()) rows << event.user << "," << event.item << "," << event.time << "\n";
      }
    }
  }

  const fs::path folder_;
  const std::shared_ptr<const ServingSnapshot> snapshot_ =
      ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder_));
  LiveEventSettings settings_;
  DecisionSettings decision_settings_;
  telemetry::ServingMetrics metrics_;
  std::optional<profile::DecisionLog> decisions_;
  std::optional<profile::LiveProfiles> profiles_;
  std::optional<RetrievalService> service_;
  std::optional<DecisionRecorder> recorder_;
  std::vector<std::string> popular_;
  std::mt19937 random_;
  std::int64_t clock_ = base::UnixSeconds();
  int next_tracer_ = 0;
  std::map<std::string, ModelShopper> shoppers_;
  std::map<std::string, std::string> known_as_;  // visitors
  Tracers kept_;                                 // that the log ever had
  Tracers personal_;                             // that profiles ever had
  bool is_erasing_ = false;                      // whether the lake may have erased ones until then
};

TEST(ConsentTest, NothingReachesWhatAShopperDenied) {
  const ScratchFolder folder;
  ConsentSequences(folder.path(), 1).Run(400);
}

TEST(ConsentSlowTest, NothingReachesWhatAShopperDeniedInTenThousandSequences) {
  for (std::uint32_t seed = 1; seed <= 10 && !HasFailure(); ++seed) {
    const ScratchFolder folder;
    ConsentSequences(folder.path(), seed).Run(1000);
  }
}

}  // namespace
}  // namespace shortlist::serve
