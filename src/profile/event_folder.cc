#include "profile/event_folder.h"

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/hexadecimal.h"
#include "base/secret_key.h"
#include "profile/redis_profile_store.h"
#include "profile/rocks_profile_store.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

namespace fs = std::filesystem;

fs::path KeyFileOf(const LiveEventSettings& settings) {
  fs::path directory = fs::path(settings.directory).lexically_normal();
  if (!directory.has_filename()) directory = directory.parent_path();
  if (settings.key_file.empty()) return directory += ".key";
  const fs::path place = fs::path(settings.key_file).lexically_normal().lexically_relative(directory);
  if (place.empty() || *place.begin() == "..") return settings.key_file;
  throw Error(Code::kInvalidArgument, "serve.events.key_file is inside of serve.events.directory; keep the key '" +
                                          settings.key_file + "' apart from the data");
}

// A name that no other server has, as long as its folder is there.
std::string ServerNameOf(const LiveEventSettings& settings) {
  constexpr std::size_t kNameBytes = 16;
  const fs::path file = fs::path(settings.directory) / "server";
  if (!fs::exists(file)) base::WriteFileAtomically(file, base::ToHex(base::RandomBytes(kNameBytes)));
  return base::ReadFile(file);
}

}  // namespace

KeyedIds OpenIds(const LiveEventSettings& settings) {
  const fs::path key_file = KeyFileOf(settings);
  const fs::path public_key = fs::path(settings.directory) / "receipts.pem";
  const bool known = fs::exists(public_key);
  base::MakeDirectories(settings.directory);
  KeyedIds ids(known ? base::SecretKey::FromFile(key_file) : base::SecretKey::FromFileOrNew(key_file));
  const std::string pem = ids.ReceiptKey().PublicPem();
  if (!known) base::WriteFileAtomically(public_key, pem);
  if (base::ReadFile(public_key) != pem) {
    throw Error(Code::kFailedPrecondition, "'" + settings.directory + "' was written with another key than that of '" +
                                               key_file.string() + "' (serve.events.key_file)");
  }
  return ids;
}

std::unique_ptr<ProfileStore> OpenStore(const LiveEventSettings& settings, const KeyedIds& ids, StoreMemory memory) {
  if (settings.store.kind == EventStoreKind::kRedis) {
    return std::make_unique<RedisProfileStore>(settings.store, ServerNameOf(settings),
                                               base::Sha256(ids.ReceiptKey().PublicPem()), memory);
  }
  return std::make_unique<RocksProfileStore>(fs::path(settings.directory) / "profiles", memory);
}

}  // namespace shortlist::profile
