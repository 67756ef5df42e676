#include "serve/message_writer.h"

#include <array>
#include <cmath>
#include <string>

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

class MessageWriterTest : public ::testing::Test {
 protected:
  template <class Message>
  Message Read() const {
    Message message;
    const auto begin = static_cast<std::ptrdiff_t>(writer_.begin());
    EXPECT_TRUE(message.ParseFromString(std::string(room_.begin() + begin, room_.end())));
    return message;
  }

  std::array<std::uint8_t, 64> room_{};
  MessageWriter writer_{room_};
};

TEST_F(MessageWriterTest, LeavesDefaultsOut) {
  writer_.Number(1, 0);
  writer_.Text(2, "");
  writer_.Float(3, 0.0F);
  EXPECT_EQ(writer_.begin(), room_.size());
  writer_.Float(1, -0.0F);
  EXPECT_TRUE(std::signbit(Read<google::protobuf::FloatValue>().value()));
}

TEST_F(MessageWriterTest, WritesNumbersOfEveryLength) {
  for (int bits = 0; bits < 63; ++bits) {
    for (const std::int64_t value :
         {(std::int64_t{1} << bits) - 1, std::int64_t{1} << bits, -(std::int64_t{1} << bits)}) {
      MessageWriter writer(room_);
      writer.Number(1, value);
      google::protobuf::Int64Value message;
      ASSERT_TRUE(message.ParseFromArray(&room_[std::min(writer.begin(), room_.size() - 1)],
                                         static_cast<int>(room_.size() - writer.begin())));
      ASSERT_EQ(message.value(), value);
      ASSERT_LE(room_.size() - writer.begin(), MessageWriter::kMostBytesOfField);
    }
  }
}

TEST_F(MessageWriterTest, MakesTextUtf8) {
  writer_.Text(1, "caf\xE9");
  EXPECT_EQ(Read<google::protobuf::StringValue>().value(), "caf?");
}

TEST_F(MessageWriterTest, RefusesWhatHasNoRoom) {
  EXPECT_THROW(writer_.Text(1, std::string(65, 'a')), Error);
  EXPECT_THROW(writer_.Text(1, std::string(64, 'a')), Error);
}

}  // namespace
}  // namespace shortlist::serve
