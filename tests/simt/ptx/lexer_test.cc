#include "simt/ptx/lexer.h"

#include <gmock/gmock.h>

#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

std::vector<std::string> Texts(std::string_view text) {
  std::vector<std::string> texts;
  for (const Token& token : Tokens(text)) texts.push_back(token.text);
  texts.pop_back();
  return texts;
}

using ::testing::ElementsAre;

TEST(Lexer, SplitsAnInstruction) {
  EXPECT_THAT(Texts("@!%p1 ld.global.L1::no_allocate.v2.f32 {%f1,%f2}, [%rd1+-8];"),
              ElementsAre("@", "!", "%p1", "ld.global.L1::no_allocate.v2.f32", "{", "%f1", ",", "%f2", "}", ",", "[",
                          "%rd1", "+", "-8", "]", ";"));
}

TEST(Lexer, EndsALabelAtASingleColon) {
  EXPECT_THAT(Texts("$L__BB0_3:ret;"), ElementsAre("$L__BB0_3", ":", "ret", ";"));
}

TEST(Lexer, ReadsNumbersOfEveryKind) {
  EXPECT_THAT(Texts("0f3F800000 -3 0x1F 9.0"), ElementsAre("0f3F800000", "-3", "0x1F", "9.0"));
}

TEST(Lexer, SkipsCommentsAndCountsLines) {
  const auto tokens = Tokens("// one\n/* two\n */ ret");
  EXPECT_EQ(tokens[0].text, "ret");
  EXPECT_EQ(tokens[0].line, 3);
}

TEST(Lexer, TakesQuotesOffStrings) {
  const auto tokens = Tokens(".pragma \"nounroll\";");
  EXPECT_EQ(tokens[1].kind, Token::Kind::kString);
  EXPECT_EQ(tokens[1].text, "nounroll");
}

TEST(Lexer, RefusesWhatPtxDoesNotHave) {
  EXPECT_THROW(Tokens("add ?"), Fault);
  EXPECT_THROW(Tokens("\"open"), Fault);
}

}  // namespace
}  // namespace shortlist::simt::ptx
