// Splits PTX text (PTX ISA 9.0, chapter 4) into words, numbers and punctuation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shortlist::simt::ptx {

struct Token {
  enum class Kind { kWord, kNumber, kString, kPunctuation, kEnd };
  Kind kind = Kind::kEnd;
  // A word with its dots and colons: "ld.global.L1::no_allocate.f32", "%r12", "$L__BB0_3", ".reg". A number with its
  // sign. A string without its quotes.
  std::string text;
  int line = 0;

  bool Is(std::string_view expected) const { return text == expected && kind != Kind::kString; }
};

// Ends with a token of kind kEnd. Throws Fault at a character that PTX does not have.
std::vector<Token> Tokens(std::string_view text);

}  // namespace shortlist::simt::ptx
