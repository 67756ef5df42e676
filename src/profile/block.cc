#include "profile/block.h"

#include <cstring>
#include <zlib.h>

namespace shortlist::profile {
namespace {

std::uint32_t Crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

// With a sum of its own, a length can be believed.
struct BlockHeader {
  std::uint32_t length = 0;
  std::uint32_t crc = 0;  // of the content
  std::uint32_t own_crc = 0;

  std::uint32_t OwnCrc() const { return Crc({reinterpret_cast<const char*>(this), 8}); }
};
static_assert(sizeof(BlockHeader) == kBlockHeaderBytes);

}  // namespace

std::string BlockOf(std::string_view content) {
  BlockHeader header{static_cast<std::uint32_t>(content.size()), Crc(content), 0};
  header.own_crc = header.OwnCrc();
  std::string block(sizeof header, '\0');
  std::memcpy(block.data(), &header, sizeof header);
  return block.append(content);
}

std::optional<std::string_view> BlockAt(std::string_view bytes, std::size_t place) {
  BlockHeader header;
  if (bytes.size() - place < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data() + place, sizeof header);
  if (header.own_crc != header.OwnCrc()) return std::nullopt;
  const std::string_view rest = bytes.substr(place + sizeof header);
  if (rest.size() < header.length || Crc(rest.substr(0, header.length)) != header.crc) return std::nullopt;
  return rest.substr(0, header.length);
}

bool BlockFollows(std::string_view bytes, std::size_t place) {
  for (++place; place < bytes.size(); ++place) {
    if (BlockAt(bytes, place)) return true;
  }
  return false;
}

}  // namespace shortlist::profile
