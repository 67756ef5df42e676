// Files that are whole or absent. Writers produce a temporary name beside the target, flush it to disk and rename it
// into place, so a kill at any instant leaves the old file or the new one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace shortlist::base {

// Writes `path` atomically through a stream. Nothing appears under `path` unless Commit() succeeds; destruction without
// Commit() removes the temporary file. Not thread-safe.
class AtomicFile {
 public:
  // Creates "<path>.tmp.<process>.<number>"; throws Error if the folder is missing or not writable.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& stream();
  // The temporary path, for libraries that insist on opening files by name.
  const std::filesystem::path& temporary_path() const;
  // Flushes, syncs and renames. Throws Error{kUnavailable} naming the path when the disk is full or the rename fails.
  void Commit();
  // As Commit, but leaves a file of that name as it is if there is one.
  void CommitIfAbsent();

 private:
  void FinishWriting();

  struct State;
  std::unique_ptr<State> state_;
};

// Writes a directory of files atomically: fill path(), then Commit() renames it to its final name. An existing
// directory of that name is replaced (the old one stays whole until the new one is complete). Destruction without
// Commit() removes the temporary directory; what a killed writer of the same name left behind is removed by the next.
class AtomicDirectory {
 public:
  explicit AtomicDirectory(const std::filesystem::path& final_path);
  ~AtomicDirectory();
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;

  const std::filesystem::path& path() const { return temporary_; }
  void Commit();

 private:
  std::filesystem::path final_;
  std::filesystem::path temporary_;
  int lock_ = -1;  // tells other processes that the writer lives
  bool committed_ = false;
};

// Creates a directory and those above it that are missing. Throws Error naming the path if it cannot be.
void MakeDirectories(const std::filesystem::path& path);

// Returns when the names in the folder of a file are on disk: of what was created, renamed or removed there.
void SyncFolderOf(const std::filesystem::path& path);
// Removes the directory, or the link to one, if it is there. It is renamed first, so a kill at any instant leaves it
// whole or not there; what a killed removal left behind goes with the next removal or AtomicDirectory of that name.
// Throws Error naming what cannot be removed.
void RemoveDirectory(const std::filesystem::path& path);
// Removes from a folder, if it is there, what killed writers and removals of directories left behind, whatever their
// names. Those whose writer lives stay.
void RemoveAbandonedDirectories(const std::filesystem::path& folder);
// Removes the file if it is there, also from the disk. Throws Error{kUnavailable} if it cannot be.
void RemoveFile(const std::filesystem::path& path);

void WriteFileAtomically(const std::filesystem::path& path, std::string_view contents);

// Throws Error{kNotFound} if the file is missing, naming it.
std::string ReadFile(const std::filesystem::path& path);

// A read-only memory map; the pages live as long as the object. Empty files map to an empty span.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Lower-case hexadecimal SHA-256.
std::string Sha256(std::span<const std::byte> bytes);
std::string Sha256(std::string_view text);
std::string Sha256OfFile(const std::filesystem::path& path);

}  // namespace shortlist::base
