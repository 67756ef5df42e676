#include "base/progress.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <unistd.h>

#include <fmt/format.h>

#include "base/log.h"

namespace shortlist::base {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBarInterval{200};
constexpr std::chrono::milliseconds kLineInterval{5000};
constexpr int kBarWidth = 24;

std::string FormatCount(double value) {
  if (value >= 1e9) return fmt::format("{:.2f}G", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.2f}M", value / 1e6);
  if (value >= 1e4) return fmt::format("{:.1f}k", value / 1e3);
  return fmt::format("{:.0f}", value);
}

std::string FormatDuration(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string Bar(double share) {
  const int filled = static_cast<int>(share * kBarWidth);
  return "[" + std::string(filled, '=') + std::string(kBarWidth - filled, ' ') + "]";
}

}  // namespace

struct Progress::State {
  std::mutex mutex;
  std::string task;
  std::string unit;
  std::string note;
  std::int64_t total = 0;
  std::int64_t count = 0;
  Clock::time_point start = Clock::now();
  Clock::time_point last = start;
  bool terminal = isatty(STDERR_FILENO) == 1;
  bool finished = false;

  double Seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }

  std::string Describe() const {
    const double rate = static_cast<double>(count) / std::max(1e-9, Seconds());
    std::string text = fmt::format("{} {}", FormatCount(static_cast<double>(count)), unit);
    if (total > 0)
      text = fmt::format("{} of {}", FormatCount(static_cast<double>(count)), FormatCount(static_cast<double>(total))) +
             " " + unit;
    text += fmt::format(", {}/s", FormatCount(rate));
    if (total > count && count > 0) {
      text += ", " + FormatDuration(static_cast<double>(total - count) / std::max(1e-9, rate)) + " left";
    }
    return note.empty() ? text : text + ", " + note;
  }

  void Draw() {
    if (terminal) {
      const double share = total > 0 ? std::min(1.0, static_cast<double>(count) / static_cast<double>(total)) : 0;
      std::fputs(fmt::format("\r\x1b[K{} {} {}", task, total > 0 ? Bar(share) : "", Describe()).c_str(), stderr);
      std::fflush(stderr);
    } else {
      LogInfo(task + ": " + Describe());
    }
    last = Clock::now();
  }

  void DrawIfDue() {
    if (Clock::now() - last >= (terminal ? kBarInterval : kLineInterval)) Draw();
  }
};

Progress::Progress(std::string_view task, std::int64_t total, std::string_view unit)
    : state_(std::make_unique<State>()) {
  state_->task = task;
  state_->unit = unit;
  state_->total = total;
}

Progress::~Progress() {
  Finish();
}

void Progress::Advance(std::int64_t count) {
  const std::lock_guard lock(state_->mutex);
  state_->count += count;
  state_->DrawIfDue();
}

void Progress::SetNote(std::string_view note) {
  const std::lock_guard lock(state_->mutex);
  state_->note = note;
}

void Progress::Finish() {
  const std::lock_guard lock(state_->mutex);
  if (state_->finished) return;
  state_->finished = true;
  if (state_->terminal) std::fputs("\r\x1b[K", stderr);
  std::string line = fmt::format("{}: {} {} in {}", state_->task, FormatCount(static_cast<double>(state_->count)),
                                 state_->unit, FormatDuration(state_->Seconds()));
  if (!state_->note.empty()) line += ", " + state_->note;
  LogInfo(line);
}

}  // namespace shortlist::base
