#include "filter/condition_scanner.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "features/value.h"
#include "filter/condition.h"

namespace shortlist::filter {
namespace {

constexpr std::array<std::string_view, 5> kWords = {"and", "or", "not", "in", "exists"};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool StartsName(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool ContinuesName(char c) {
  return StartsName(c) || IsDigit(c) || c == '.' || c == '-';
}

bool ContinuesNumber(char c) {
  return IsDigit(c) || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E';
}

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string ConditionScanner::PlaceOf(std::size_t position) const {
  return "where, at character " + std::to_string(position + 1);
}

Token ConditionScanner::Take() {
  Token taken = std::move(next_);
  Advance();
  return taken;
}

bool ConditionScanner::IsNext(std::string_view word) const {
  return (next_.kind == TokenKind::kWord || next_.kind == TokenKind::kSymbol) && next_.text == word;
}

bool ConditionScanner::TakeIf(std::string_view word) {
  if (!IsNext(word)) return false;
  Advance();
  return true;
}

void ConditionScanner::Advance() {
  position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size());
  next_ = {TokenKind::kEnd, {}, 0, PlaceOf(position_)};
  if (position_ == text_.size()) return;
  const char first = text_[position_];
  if (first == '"' || first == '\'') {
    ScanQuoted(first, TokenKind::kText);
  } else if (first == '`') {
    ScanQuoted(first, TokenKind::kName);
  } else if (IsDigit(first) || first == '-' || first == '+' || first == '.') {
    ScanNumber();
  } else if (StartsName(first)) {
    ScanWord();
  } else {
    ScanSymbol();
  }
}

void ConditionScanner::ScanQuoted(char quote, TokenKind kind) {
  next_.kind = kind;
  for (++position_; position_ < text_.size(); ++position_) {
    if (text_[position_] == quote) {
      ++position_;
      if (position_ == text_.size() || text_[position_] != quote) return;
    }
    next_.text += text_[position_];
  }
  Refuse(next_.place, std::string("the quote ") + quote + " is not closed");
}

void ConditionScanner::ScanNumber() {
  const std::size_t begin = position_;
  while (position_ < text_.size() && ContinuesNumber(text_[position_])) ++position_;
  next_.kind = TokenKind::kNumber;
  next_.text = text_.substr(begin, position_ - begin);
  const auto number = features::ParseNumber(next_.text);
  if (!number) Refuse(next_.place, "'" + next_.text + "' is not a number");
  next_.number = *number;
}

void ConditionScanner::ScanWord() {
  const std::size_t begin = position_;
  while (position_ < text_.size() && ContinuesName(text_[position_])) ++position_;
  next_.text = text_.substr(begin, position_ - begin);
  const std::string lower = LowerCase(next_.text);
  const bool is_word = std::ranges::find(kWords, lower) != kWords.end();
  next_.kind = is_word ? TokenKind::kWord : TokenKind::kName;
  if (is_word) next_.text = lower;
}

void ConditionScanner::ScanSymbol() {
  constexpr std::array<std::string_view, 10> kSymbols = {"<=", ">=", "!=", "==", "<", ">", "=", "(", ")", ","};
  next_.kind = TokenKind::kSymbol;
  for (const std::string_view symbol : kSymbols) {
    if (!text_.substr(position_).starts_with(symbol)) continue;
    next_.text = symbol == "==" ? "=" : symbol;
    position_ += symbol.size();
    return;
  }
  Refuse(next_.place, std::string("'") + text_[position_] + "' has no meaning here; put texts in quotes");
}

}  // namespace shortlist::filter
