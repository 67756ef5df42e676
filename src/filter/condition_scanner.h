// The words of a condition's text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shortlist::filter {

enum class TokenKind { kEnd, kName, kWord, kText, kNumber, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  // of a kWord in lower case, of a kText or kName without quotes
  double number = 0;
  std::string place;  // "where, at character 7"
};

// Reads a text from left to right. The text must outlive it.
class ConditionScanner {
 public:
  explicit ConditionScanner(std::string_view text) : text_(text) { Advance(); }

  const Token& next() const { return next_; }
  // The token that was next; then the one behind it is. Throws Error{kInvalidArgument} if that is none.
  Token Take();
  // Takes the next token if it is this word or symbol.
  bool TakeIf(std::string_view word);
  bool IsNext(std::string_view word) const;

 private:
  void Advance();
  void ScanQuoted(char quote, TokenKind kind);
  void ScanNumber();
  void ScanWord();
  void ScanSymbol();
  std::string PlaceOf(std::size_t position) const;

  std::string_view text_;
  std::size_t position_ = 0;
  Token next_;
};

}  // namespace shortlist::filter
