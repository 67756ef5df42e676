#include "profile/decision_log.h"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "profile/byte_scan.h"
#include "profile/forked.h"
#include "profile/live_profiles.h"
#include "profile/made_decisions.h"
#include "profile/made_events.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;
constexpr std::int64_t kDay = 86400;

bool KeepAll(const Decision& /*decision*/) {
  return true;
}

std::vector<std::string> RequestsOf(const std::vector<Decision>& decisions) {
  std::vector<std::string> requests;
  for (const Decision& decision : decisions) requests.push_back(decision.request);
  return requests;
}

class DecisionLogTest : public ::testing::Test {
 protected:
  DecisionLogTest() {
    settings_.rotate_seconds = 10;
    settings_.retention_days = 2;
    Open();
  }

  void Open() {
    log_.reset();
    log_.emplace(folder_, settings_, MadeDecisionFiles());
  }
  void Append(const std::string& request, const std::string& user, std::int64_t time) {
    log_->Append(std::vector{MadeDecision(request, user, time)}, time);
  }
  std::vector<std::string> InLake() const { return RequestsOf(DecisionsInLake(folder_)); }
  std::filesystem::path Journal() const {
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "decisions")) return file.path();
    return {};
  }

  ScratchDirectory scratch_;
  const std::filesystem::path folder_ = scratch_ / "events";
  DecisionSettings settings_;
  std::optional<DecisionLog> log_;
};

TEST_F(DecisionLogTest, BecomesAFileWhenItIsOld) {
  Append("r-1", "ann", kNow);
  Append("r-2", "bob", kNow + 9);
  log_->Rotate(kNow + 9, KeepAll);
  EXPECT_THAT(InLake(), IsEmpty());
  log_->Rotate(kNow + 10, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-1", "r-2"));
  EXPECT_EQ(DecisionsInLake(folder_).front(), MadeDecision("r-1", "ann", kNow));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "decisions"));
}

TEST_F(DecisionLogTest, BecomesAFileWhenItIsLarge) {
  settings_.segment_mib = 1;
  Open();
  Decision large = MadeDecision("r-1", "ann", kNow);
  large.context = std::string(1 << 20, ' ');
  log_->Append(std::vector{large}, kNow);
  log_->Rotate(kNow, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-1"));
}

// A folder in the place of the journal is what the file system refuses to remove as a file.
TEST_F(DecisionLogTest, LosesNothingIfAJournalThatIsInTheLakeCannotBeRemoved) {
  Append("r-1", "ann", kNow);
  const std::filesystem::path journal = Journal();
  const std::string contents = base::ReadFile(journal);
  const auto block = [&](const Decision& /*decision*/) {
    std::filesystem::remove(journal);
    std::filesystem::create_directories(journal / "in the way");
    return true;
  };
  EXPECT_THROW(log_->Rotate(kNow + 10, block), Error);
  EXPECT_THROW(Append("r-2", "ann", kNow + 11), Error);
  EXPECT_THAT(RequestsOf(log_->Read({"ann"})), ElementsAre("r-1"));

  std::filesystem::remove_all(journal);
  base::WriteFileAtomically(journal, contents);
  Append("r-3", "ann", kNow + 12);
  EXPECT_THAT(RequestsOf(log_->Read({"ann"})), ElementsAre("r-1", "r-3"));
  Open();
  EXPECT_THAT(RequestsOf(log_->Read({"ann"})), ElementsAre("r-1", "r-3"));
}

TEST_F(DecisionLogTest, KeepsOnlyWhatMayBeKept) {
  Append("r-1", "ann", kNow);
  Append("r-2", "bob", kNow);
  log_->Rotate(kNow + 10, [](const Decision& decision) { return decision.user == "bob"; });
  EXPECT_THAT(InLake(), ElementsAre("r-2"));
  Append("r-3", "ann", kNow + 11);
  log_->Rotate(kNow + 21, [](const Decision&) { return false; });
  EXPECT_THAT(InLake(), ElementsAre("r-2"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "decisions"));
}

TEST_F(DecisionLogTest, GoesOnAfterAStart) {
  Append("r-1", "ann", kNow);
  Open();
  Append("r-2", "ann", kNow + 1);
  EXPECT_THAT(RequestsOf(log_->Read({"ann"})), ElementsAre("r-1", "r-2"));
  log_->Rotate(kNow + 11, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-1", "r-2"));
}

TEST_F(DecisionLogTest, DropsWhatWasCutOffAndGoesOn) {
  Append("r-1", "ann", kNow);
  const std::string whole = base::ReadFile(Journal());
  Append("r-2", "ann", kNow);
  const std::string both = base::ReadFile(Journal());
  for (std::size_t length = 0; length < both.size(); ++length) {
    log_.reset();
    base::WriteFileAtomically(Journal(), both.substr(0, length));
    Open();
    Append("r-3", "ann", kNow);
    const std::vector<std::string> requests = RequestsOf(log_->Read({"ann"}));
    if (length < whole.size()) {
      ASSERT_THAT(requests, ElementsAre("r-3")) << length;
    } else {
      ASSERT_THAT(requests, ElementsAre("r-1", "r-3")) << length;
    }
  }
}

TEST_F(DecisionLogTest, AJournalThatIsInTheLakeIsNotTakenTwice) {
  Append("r-1", "ann", kNow);
  const std::filesystem::path journal = Journal();
  const std::string bytes = base::ReadFile(journal);
  log_->Rotate(kNow + 10, KeepAll);
  log_.reset();
  base::WriteFileAtomically(journal, bytes);  // as a kill before its removal leaves it
  Open();
  EXPECT_THAT(RequestsOf(log_->Read({"ann"})), ElementsAre("r-1"));
  Append("r-2", "ann", kNow);
  log_->Rotate(kNow + 30, KeepAll);
  log_->Rotate(kNow + 40, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-1", "r-2"));
}

TEST_F(DecisionLogTest, RemovesOnlyTheJournalThatIsInTheLake) {
  Append("r-1", "ann", kNow);
  const std::filesystem::path older = Journal();
  const std::string bytes = base::ReadFile(older);
  log_->Rotate(kNow + 10, KeepAll);
  Append("r-2", "bob", kNow + 11);
  log_->Rotate(kNow + 21, KeepAll);
  base::WriteFileAtomically(older, bytes);
  base::WriteFileAtomically(folder_ / "decisions/99999999999999999999.decisions", "of another hand");
  Open();
  EXPECT_FALSE(std::filesystem::exists(older));
  EXPECT_THAT(InLake(), ElementsAre("r-1", "r-2"));
}

TEST_F(DecisionLogTest, ErasesFromJournalAndFiles) {
  Append("r-1", "ann-of-many", kNow);
  Append("r-2", "bob", kNow);
  log_->Rotate(kNow + 10, KeepAll);
  Append("r-3", "ann-of-many", kNow + 11);
  Append("r-4", "bob", kNow + 11);
  log_->GiveRows({{"ann-of-many", std::nullopt}});
  EXPECT_THAT(FilesWith("ann-of-many", folder_), IsEmpty());
  EXPECT_THAT(log_->Read({"ann-of-many"}), IsEmpty());
  EXPECT_THAT(RequestsOf(log_->Read({"bob"})), ElementsAre("r-2", "r-4"));
  log_->GiveRows({{"bob", std::nullopt}});
  Append("r-5", "cem", kNow + 12);
  EXPECT_THAT(InLake(), IsEmpty());
  EXPECT_THAT(RequestsOf(log_->Read({"cem"})), ElementsAre("r-5"));
}

TEST_F(DecisionLogTest, GivesDecisionsOfJournalAndFilesToAnother) {
  Append("r-1", "v", kNow);
  log_->Rotate(kNow + 10, KeepAll);
  Append("r-2", "v", kNow + 11);
  Append("r-3", "bob", kNow + 11);
  EXPECT_THAT(RequestsOf(log_->Read({"v", "bob"})), ElementsAre("r-1", "r-2", "r-3"));
  for (int times = 0; times < 2; ++times) {
    log_->GiveRows({{"v", "ann"}});
    EXPECT_THAT(RequestsOf(log_->Read({"ann"})), ElementsAre("r-1", "r-2"));
    EXPECT_THAT(log_->Read({"v"}), IsEmpty());
    EXPECT_THAT(RequestsOf(log_->Read({"bob"})), ElementsAre("r-3"));
  }
}

TEST_F(DecisionLogTest, RemovesWhatIsTooOld) {
  Append("r-1", "ann", kNow);
  log_->Rotate(kNow + 10, KeepAll);
  Append("r-2", "ann", kNow + kDay);
  log_->Rotate(kNow + kDay + 10, KeepAll);
  log_->Rotate(kNow + 2 * kDay, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-1", "r-2"));
  log_->Rotate(kNow + 3 * kDay + 1, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-2"));
  log_->Rotate(kNow + 3 * kDay + 100, KeepAll);
  EXPECT_THAT(InLake(), IsEmpty());
}

TEST_F(DecisionLogTest, AFailedFileIsWrittenTheNextTime) {
  bool fails = true;
  DecisionFiles files = MadeDecisionFiles();
  files.write = [&](const auto& path, auto decisions) {
    if (fails) throw Error(Code::kUnavailable, "the disk is full");
    WriteMadeDecisions(path, decisions);
  };
  log_.reset();
  log_.emplace(folder_, settings_, files);
  Append("r-1", "ann", kNow);
  EXPECT_THROW(log_->Rotate(kNow + 10, KeepAll), Error);
  fails = false;
  log_->Rotate(kNow + 11, KeepAll);
  EXPECT_THAT(InLake(), ElementsAre("r-1"));
}

TEST_F(DecisionLogTest, IsOfOneProcess) {
  EXPECT_THROW(DecisionLog(folder_, settings_, MadeDecisionFiles()), Error);
}

// Decisions among events, consents and erasures.
class KeptDecisionsTest : public DecisionLogTest {
 protected:
  void OpenProfiles(ConsentRule consent) {
    LiveEventSettings events;
    events.directory = folder_;
    events.consent = consent;
    events.rotate_seconds = 1;
    events.erasure_days = 3650;  // by the clock of the machine, which is far ahead of kNow
    profiles_.emplace(events, MadeEventFiles(), &*log_);
  }
  void AppendOf(const std::string& request, const std::string& id, std::int64_t time) {
    Append(request, profiles_->NameOf(id), time);
  }

  std::optional<LiveProfiles> profiles_;
};

TEST_F(KeptDecisionsTest, NeedTheConsentToTrain) {
  OpenProfiles(ConsentRule::kRequired);
  const auto may_keep = [&](const std::string& id) {
    return profiles_->MayKeep(MadeDecision("r", id.empty() ? "" : profiles_->NameOf(id), kNow));
  };
  EXPECT_FALSE(may_keep("ann"));
  EXPECT_FALSE(may_keep(""));
  profiles_->Record({MadeConsent("ann", 15 - Bit(Purpose::kTraining), kNow)}, kNow);
  EXPECT_FALSE(may_keep("ann"));
  profiles_->Record({MadeConsent("ann", Bit(Purpose::kTraining), kNow + 1)}, kNow + 1);
  EXPECT_TRUE(may_keep("ann"));
}

TEST_F(KeptDecisionsTest, NeedNoneWhereNoneIsAskedFor) {
  OpenProfiles(ConsentRule::kIgnored);
  EXPECT_TRUE(profiles_->MayKeep(MadeDecision("r", "", kNow)));
  EXPECT_TRUE(profiles_->MayKeep(MadeDecision("r", profiles_->NameOf("ann"), kNow)));
}

TEST_F(KeptDecisionsTest, GoWithTheirShopper) {
  OpenProfiles(ConsentRule::kIgnored);
  AppendOf("r-1", "ann", kNow);
  log_->Rotate(kNow + 10, KeepAll);
  AppendOf("r-2", "ann", kNow + 11);
  AppendOf("r-3", "bob", kNow + 11);
  EXPECT_THAT(RequestsOf(profiles_->Export("ann").decisions), ElementsAre("r-1", "r-2"));
  EXPECT_THAT(profiles_->Erase("ann", kNow + 12), HasSubstr("\"decisions\": 2"));
  EXPECT_FALSE(profiles_->MayKeep(MadeDecision("r-4", profiles_->NameOf("ann"), kNow + 12)));  // it was under way
  EXPECT_TRUE(profiles_->MayKeep(MadeDecision("r-5", profiles_->NameOf("ann"), kNow + 13)));
  EXPECT_THAT(profiles_->Erase("ann", kNow + 12), HasSubstr("\"decisions\": 0"));
  profiles_->Rotate(kNow + 20);
  EXPECT_THAT(FilesWith(profiles_->NameOf("ann"), folder_), IsEmpty());
  EXPECT_THAT(RequestsOf(profiles_->Export("bob").decisions), ElementsAre("r-3"));
  EXPECT_THAT(ToJson(profiles_->Export("bob")), HasSubstr("\"request_id\": \"r-3\""));
}

TEST_F(KeptDecisionsTest, OfAVisitorAreTheShoppers) {
  OpenProfiles(ConsentRule::kIgnored);
  AppendOf("r-1", "v", kNow);
  log_->Rotate(kNow + 10, KeepAll);
  AppendOf("r-2", "v", kNow + 11);
  profiles_->Record({Identification{"ann", "v", std::nullopt}}, kNow + 12);
  AppendOf("r-3", "ann", kNow + 13);
  Decision late = MadeDecision("r-4", profiles_->NameOf("v"), kNow + 11);  // it was under way
  EXPECT_TRUE(profiles_->Admit(late));
  EXPECT_EQ(late.user, profiles_->NameOf("ann"));
  for (const char* id : {"v", "ann"}) {
    EXPECT_THAT(RequestsOf(profiles_->Export(id).decisions), ElementsAre("r-1", "r-2", "r-3")) << id;
  }
  EXPECT_THAT(FilesWith(profiles_->NameOf("v"), folder_ / "lake"), IsEmpty());
  EXPECT_THAT(FilesWith(profiles_->NameOf("v"), folder_ / "decisions"), IsEmpty());
}

TEST_F(KeptDecisionsTest, OfAVisitorGoWithTheShopper) {
  for (const bool rotated_before : {false, true}) {
    const std::string visitor = rotated_before ? "v" : "w";
    const std::string user = rotated_before ? "ann" : "bea";
    OpenProfiles(ConsentRule::kIgnored);
    AppendOf("r-1", visitor, kNow);
    log_->Rotate(kNow + 20, KeepAll);
    AppendOf("r-2", visitor, kNow + 21);
    AppendOf("r-3", user, kNow + 21);
    profiles_->Record({Identification{user, visitor, std::nullopt}}, kNow + 22);
    if (rotated_before) profiles_->Rotate(kNow + 30);
    EXPECT_THAT(profiles_->Erase(user, kNow + 31), HasSubstr("\"decisions\": 3"));
    EXPECT_FALSE(profiles_->MayKeep(MadeDecision("r-4", profiles_->NameOf(visitor), kNow + 31)));
    profiles_->Rotate(kNow + 40);
    for (const std::string& id : {visitor, user}) {
      EXPECT_THAT(FilesWith(profiles_->NameOf(id), folder_), IsEmpty()) << id;
      EXPECT_THAT(profiles_->Export(id).decisions, IsEmpty()) << id;
    }
    profiles_.reset();
  }
}

TEST_F(KeptDecisionsTest, OfAVisitorGoIfTheShopperDidNotAgree) {
  OpenProfiles(ConsentRule::kRequired);
  profiles_->Record({MadeConsent("v", 15, kNow), MadeConsent("ann", 15 - Bit(Purpose::kTraining), kNow)}, kNow);
  AppendOf("r-1", "v", kNow);
  log_->Rotate(kNow + 10, KeepAll);
  AppendOf("r-2", "v", kNow + 11);
  profiles_->Record({Identification{"ann", "v", std::nullopt}}, kNow + 12);
  Decision late = MadeDecision("r-3", profiles_->NameOf("v"), kNow + 11);
  EXPECT_FALSE(profiles_->Admit(late));
  for (const char* id : {"v", "ann"}) EXPECT_THAT(profiles_->Export(id).decisions, IsEmpty()) << id;
  EXPECT_THAT(log_->Read({profiles_->NameOf("v"), profiles_->NameOf("ann")}), IsEmpty());
}

// Writes decisions and says which of them are on disk.
void WriteUntilKilled(const std::filesystem::path& folder, const std::string& name, int lines) {
  DecisionSettings settings;
  settings.retention_days = 36500;
  DecisionLog log(folder, settings, MadeDecisionFiles());
  for (int number = 0;; ++number) {
    const std::string request = name + "-" + std::to_string(number);
    log.Append(std::vector{MadeDecision(request, "ann", kNow)}, kNow);
    const std::string line = request + "\n";
    if (write(lines, line.data(), line.size()) < 0) std::abort();
    if (number % 5 == 4) log.Rotate(kNow + 3600 * (1 + number), KeepAll);
  }
}

TEST(DecisionLogCrashTest, LosesAndDoublesNothingThatWasOnDisk) {
  const ScratchDirectory scratch;
  const std::filesystem::path folder = scratch / "events";
  std::mt19937 random(7);
  std::vector<std::string> written;
  for (int round = 0; round < 8; ++round) {
    const std::chrono::microseconds life(random() % 60000);
    for (const std::string& request :
         LinesUntilKilled([&](int lines) { WriteUntilKilled(folder, "r" + std::to_string(round), lines); },
                          LifeBegins::kAtFirstLine, life)) {
      written.push_back(request);
    }
    const DecisionLog log(folder, {}, MadeDecisionFiles());
    const std::vector<std::string> requests = RequestsOf(log.Read({"ann"}));
    const std::set<std::string> found(requests.begin(), requests.end());
    EXPECT_EQ(found.size(), requests.size()) << "some are there twice";
    for (const std::string& request : written) ASSERT_TRUE(found.contains(request)) << request;
  }
  EXPECT_GT(written.size(), 8);
}

}  // namespace
}  // namespace shortlist::profile
