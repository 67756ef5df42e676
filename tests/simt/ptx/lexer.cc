#include "simt/ptx/lexer.h"

#include <cctype>

#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

bool IsDigit(char letter) {
  return std::isdigit(static_cast<unsigned char>(letter)) != 0;
}

bool IsWord(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '.' || letter == '$' ||
         letter == '%';
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> Run() {
    std::vector<Token> tokens;
    do {
      SkipSpace();
      tokens.push_back(Next());
    } while (tokens.back().kind != Token::Kind::kEnd);
    return tokens;
  }

 private:
  char At(std::size_t ahead) const { return place_ + ahead < text_.size() ? text_[place_ + ahead] : '\0'; }

  void SkipSpace() {
    while (place_ < text_.size()) {
      if (text_.substr(place_, 2) == "//") {
        SkipUntil("\n");
      } else if (text_.substr(place_, 2) == "/*") {
        SkipUntil("*/");
      } else if (std::isspace(static_cast<unsigned char>(text_[place_])) != 0) {
        Advance(1);
      } else {
        return;
      }
    }
  }

  void SkipUntil(std::string_view mark) {
    const std::size_t end = text_.find(mark, place_);
    Advance(end == std::string_view::npos ? text_.size() - place_ : end + mark.size() - place_);
  }

  void Advance(std::size_t count) {
    for (; count > 0; --count) line_ += text_[place_++] == '\n' ? 1 : 0;
  }

  Token Take(Token::Kind kind, std::size_t length) {
    Token token{kind, std::string(text_.substr(place_, length)), line_};
    Advance(length);
    return token;
  }

  Token Next() {
    if (place_ == text_.size()) return Take(Token::Kind::kEnd, 0);
    const char letter = At(0);
    if (letter == '"') return QuotedString();
    if (IsDigit(letter) || (letter == '-' && IsDigit(At(1)))) return Number();
    if (IsWord(letter)) return Take(Token::Kind::kWord, WordLength());
    if (std::string_view("(){}[]<>,;:+-=!|@").find(letter) != std::string_view::npos) {
      return Take(Token::Kind::kPunctuation, 1);
    }
    throw Fault("PTX line " + std::to_string(line_) + ": unexpected '" + letter + "'");
  }

  Token QuotedString() {
    const std::size_t end = text_.find('"', place_ + 1);
    if (end == std::string_view::npos) throw Fault("PTX line " + std::to_string(line_) + ": string without end");
    Token token = Take(Token::Kind::kString, end + 1 - place_);
    token.text = token.text.substr(1, token.text.size() - 2);
    return token;
  }

  // Also 0f3F800000, 0x1F and version numbers such as 9.0.
  Token Number() {
    std::size_t length = 1;
    while (std::isalnum(static_cast<unsigned char>(At(length))) != 0 || At(length) == '.') ++length;
    return Take(Token::Kind::kNumber, length);
  }

  // "::" belongs to a word, a single ':' ends a label.
  std::size_t WordLength() const {
    std::size_t length = 0;
    while (IsWord(At(length)) || (At(length) == ':' && At(length + 1) == ':')) length += At(length) == ':' ? 2 : 1;
    return length;
  }

  std::string_view text_;
  std::size_t place_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<Token> Tokens(std::string_view text) {
  return Lexer(text).Run();
}

}  // namespace shortlist::simt::ptx
