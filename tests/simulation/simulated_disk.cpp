// The forgetful disk as a SQLite VFS: it hands writes on, remembers how to undo them, and reads
// from memory.
#include "simulated_disk.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "file_image.hpp"

namespace sluice::simulation {
namespace {

constexpr std::size_t sector = 512;
/// SQLite's own file system takes no more.
constexpr std::size_t write_at_once = 65'536;

struct disk_state {
  draws random;
  std::map<std::string, file_image> files{};  ///< By path; those that must survive.
  std::optional<std::int64_t> crash_in{};
  crash_kind kind{crash_kind::process};
  bool crashed{false};
  std::optional<std::int64_t> sync_fails_in{};
  bool sync_failed{false};
  milliseconds each_commit{0};
  instant slow_until{};
  std::int64_t syncs{0};
  std::int64_t lost{0};
  std::function<void(std::string_view)> durable{};
  std::function<void()> synced{};
};

disk_state* disk = nullptr;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs simulated_vfs{};

/// SQLite allocates the real file's bytes right behind this, and aligns no further than to eight
/// bytes. The path lives as long as the map.
struct watched_file {
  sqlite3_file base;
  file_image* image;  ///< Null for files that need not survive.
  bool writes;        ///< The real file can be written by it.
};
static_assert(sizeof(watched_file) % 8 == 0);

watched_file* watched(sqlite3_file* f) {
  return reinterpret_cast<watched_file*>(f);
}
sqlite3_file* real(sqlite3_file* f) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(f) + sizeof(watched_file));
}

/// A method that only hands on.
template <auto Method, class... Args>
int hand_on(sqlite3_file* f, Args... args) {
  return (real(f)->pMethods->*Method)(real(f), args...);
}

/// Counts a call; true when the machine is gone after it.
void count_call() {
  if (disk->crash_in && --*disk->crash_in <= 0) {
    disk->crash_in.reset();
    disk->crashed = true;
  }
}

int read(sqlite3_file* f, void* into, int size, sqlite3_int64 at) {
  const auto* file = watched(f)->image;
  if (!file)
    return real(f)->pMethods->xRead(real(f), into, size, at);
  const bool whole = file->read(into, static_cast<std::size_t>(size), static_cast<std::size_t>(at));
  return whole ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  const auto* file = watched(f)->image;
  if (!file)
    return real(f)->pMethods->xFileSize(real(f), size);
  *size = static_cast<sqlite3_int64>(file->bytes.size());
  return SQLITE_OK;
}

/// A log is laid out with zeros past SQLite.
void grow_as_on_disk(file_image& file, sqlite3_file* from) {
  constexpr std::int64_t step = 65'536;
  if (file.bytes.size() >= static_cast<std::size_t>(log_laid_out + step))
    return;
  sqlite3_int64 size = 0;
  if (from->pMethods->xFileSize(from, &size) == SQLITE_OK)
    file.bytes.resize(std::max(file.bytes.size(), static_cast<std::size_t>(size)));
}

int write_now(file_image& file, sqlite3_file* to) {
  for (const auto& [begin, end] : file.take_unwritten())
    for (auto at = begin; at < end; at += write_at_once) {
      const auto size = static_cast<int>(std::min(write_at_once, end - at));
      const int code =
          to->pMethods->xWrite(to, file.bytes.data() + at, size, static_cast<sqlite3_int64>(at));
      if (code != SQLITE_OK)
        return code;
    }
  return SQLITE_OK;
}

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 at) {
  if (disk->crashed)
    return SQLITE_IOERR_WRITE;
  int code = SQLITE_OK;
  if (auto* file = watched(f)->image) {
    if (static_cast<std::size_t>(at + size) > file->bytes.size())
      grow_as_on_disk(*file, real(f));
    file->write(static_cast<const char*>(bytes), static_cast<std::size_t>(size),
                static_cast<std::size_t>(at));
  } else {
    code = real(f)->pMethods->xWrite(real(f), bytes, size, at);
  }
  count_call();
  return disk->crashed ? SQLITE_IOERR_WRITE : code;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (disk->crashed)
    return SQLITE_IOERR_TRUNCATE;
  auto* file = watched(f)->image;
  if (file && write_now(*file, real(f)) != SQLITE_OK)
    return SQLITE_IOERR_TRUNCATE;
  const int code = real(f)->pMethods->xTruncate(real(f), size);
  if (file && code == SQLITE_OK)
    file->cut(static_cast<std::size_t>(size));
  return code;
}

int close_file(sqlite3_file* f) {
  int code = SQLITE_OK;
  if (auto* file = watched(f)->image) {
    // Not the last one alone: that may be a reader's.
    if (watched(f)->writes) {
      code = write_now(*file, real(f));
      assert(code == SQLITE_OK);
    }
    if (--file->handles == 0) {
      assert(file->unwritten.empty());
      file->bytes = {};
    }
  }
  const int closed = real(f)->pMethods->xClose(real(f));
  return code == SQLITE_OK ? closed : code;
}

int sync(sqlite3_file* f, int) {
  if (disk->crashed)
    return SQLITE_IOERR_FSYNC;
  if (disk->sync_fails_in && --*disk->sync_fails_in < 0) {
    disk->sync_fails_in.reset();
    disk->sync_failed = true;
    return SQLITE_IOERR_FSYNC;
  }
  count_call();
  if (disk->crashed)
    return SQLITE_IOERR_FSYNC;
  ++disk->syncs;
  if (disk->synced)
    disk->synced();
  if (disk->sync_failed)
    return SQLITE_OK;  // The kernel has forgotten what it could not write.
  if (auto* file = watched(f)->image) {
    if (disk->durable)
      for (const auto& c : file->unsynced)
        disk->durable(c.after);
    file->unsynced.clear();
  }
  return SQLITE_OK;  // The real disk need not know.
}

void barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}

using m = sqlite3_io_methods;
const sqlite3_io_methods methods{
    3,
    &close_file,
    &read,
    &write,
    &truncate,
    &sync,
    &file_size,
    &hand_on<&m::xLock, int>,
    &hand_on<&m::xUnlock, int>,
    &hand_on<&m::xCheckReservedLock, int*>,
    &hand_on<&m::xFileControl, int, void*>,
    &hand_on<&m::xSectorSize>,
    &hand_on<&m::xDeviceCharacteristics>,
    &hand_on<&m::xShmMap, int, int, int, void volatile**>,
    &hand_on<&m::xShmLock, int, int, int>,
    &barrier,
    &hand_on<&m::xShmUnmap, int>,
    &hand_on<&m::xFetch, sqlite3_int64, int, void**>,
    &hand_on<&m::xUnfetch, sqlite3_int64, void*>,
};

int load(file_image& file, sqlite3_file* from) {
  sqlite3_int64 size = 0;
  if (const int code = from->pMethods->xFileSize(from, &size); code != SQLITE_OK)
    return code;
  file.bytes.resize(static_cast<std::size_t>(size));
  return size > 0 ? from->pMethods->xRead(from, file.bytes.data(), static_cast<int>(size), 0)
                  : SQLITE_OK;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* flags_out) {
  f->pMethods = nullptr;
  int opened = 0;
  const int code = real_vfs->xOpen(real_vfs, name, real(f), flags, &opened);
  if (flags_out)
    *flags_out = opened;
  if (code != SQLITE_OK)
    return code;
  f->pMethods = &methods;
  watched(f)->writes = (opened & SQLITE_OPEN_READWRITE) != 0;
  constexpr int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  watched(f)->image = name && (flags & kept) != 0 ? &disk->files[name] : nullptr;
  if (auto* file = watched(f)->image; file && file->handles++ == 0)
    return load(*file, real(f));
  return SQLITE_OK;
}

/// A file that is gone for good has nothing left to lose.
int delete_file(sqlite3_vfs*, const char* name, int sync_directory) {
  if (disk->crashed)
    return SQLITE_IOERR_DELETE;
  if (const auto at = disk->files.find(name); at != disk->files.end())
    at->second.unsynced.clear();
  return real_vfs->xDelete(real_vfs, name, sync_directory);
}

/// The salts of the write-ahead log come from here: the file follows from the seed.
int randomness(sqlite3_vfs*, int count, char* out) {
  for (int i = 0; i < count; ++i)
    out[i] = static_cast<char>(disk->random.raw());
  return count;
}

/// Sectors of a write that arrived, the others as they were; never more than the file holds then.
std::string torn(const change& c) {
  auto mixed = c.after;
  for (std::size_t at = 0; at < mixed.size(); at += sector) {
    if (disk->random.chance(50))
      continue;
    const auto end = std::min(at + sector, mixed.size());
    for (auto i = at; i < end; ++i)
      mixed[i] = i < c.before.size() ? c.before[i] : '\0';
  }
  return mixed;
}

void undo(int file, const change& c) {
  [[maybe_unused]] auto done =
      ::pwrite(file, c.before.data(), c.before.size(), static_cast<off_t>(c.at));
  done = ::ftruncate(file, static_cast<off_t>(c.size_before));
}

void redo(int file, const change& c, const std::string& bytes) {
  if (c.cut) {
    [[maybe_unused]] const auto done = ::ftruncate(file, static_cast<off_t>(c.at));
    return;
  }
  [[maybe_unused]] const auto done =
      ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(c.at));
}

/// Back to the last sync, then again whatever happened to reach the disk.
void forget(const std::string& path, const std::vector<change>& changes) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0)
    return;
  for (auto c = changes.rbegin(); c != changes.rend(); ++c)
    undo(file, *c);
  for (const auto& c : changes) {
    const auto fate = disk->random.between(0, 9);
    disk->lost += fate < 6 ? 1 : 0;
    if (fate >= 4)
      redo(file, c, fate < 6 ? torn(c) : c.after);
  }
  ::close(file);
}

}  // namespace

simulated_disk::simulated_disk(std::uint64_t seed) {
  assert(disk == nullptr);
  disk = new disk_state{draws{seed}};
  // All of a run is one thread: without locks and counts of its memory SQLite is quicker.
  [[maybe_unused]] static const bool chosen = [] {
    return sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  }();
  // Of the ones at hand that which keeps locks among the connections of one process for itself:
  // a fifth of the time in the kernel would be locks.
  real_vfs = sqlite3_vfs_find("unix-excl");
  simulated_vfs = *real_vfs;
  simulated_vfs.zName = "simulated";
  simulated_vfs.szOsFile = static_cast<int>(sizeof(watched_file)) + real_vfs->szOsFile;
  simulated_vfs.pNext = nullptr;
  simulated_vfs.xOpen = &open_file;
  simulated_vfs.xDelete = &delete_file;
  simulated_vfs.xRandomness = &randomness;
  sqlite3_vfs_register(&simulated_vfs, 1);
  sqlite3_randomness(0, nullptr);  // Seeded anew, from this disk.
}

simulated_disk::~simulated_disk() {
  sqlite3_vfs_unregister(&simulated_vfs);  // The one before is the default again.
  delete std::exchange(disk, nullptr);
}

void simulated_disk::crash_after(std::int64_t calls, crash_kind kind) {
  disk->crash_in = calls;
  disk->kind = kind;
}

void simulated_disk::crash_now(crash_kind kind) {
  disk->crash_in.reset();
  disk->kind = kind;
  disk->crashed = true;
}

void simulated_disk::lose_power() {
  disk->kind = crash_kind::power;
}

bool simulated_disk::crashed() const {
  return disk->crashed;
}

void simulated_disk::fail_sync_after(std::int64_t syncs) {
  disk->sync_fails_in = syncs;
}

void simulated_disk::slow_down(milliseconds each_commit, instant until) {
  disk->each_commit = each_commit;
  disk->slow_until = until;
}

milliseconds simulated_disk::commit_takes(instant now) const {
  return now < disk->slow_until ? disk->each_commit : milliseconds{0};
}

void simulated_disk::disarm() {
  disk->crash_in.reset();
  disk->sync_fails_in.reset();
}

bool simulated_disk::sync_failed() const {
  return disk->sync_failed;
}

void simulated_disk::restart() {
  // A kernel that could not write may drop what it had; of a killed process it keeps all, and a
  // loss of power can still take that away, up to the next sync.
  if (disk->sync_failed || (disk->crashed && disk->kind == crash_kind::power))
    for (auto& [path, file] : disk->files)
      forget(path, std::exchange(file.unsynced, {}));
  disk->crashed = false;
  disarm();
  disk->sync_failed = false;
  sqlite3_randomness(0, nullptr);
}

void simulated_disk::when_durable(std::function<void(std::string_view)> look) {
  disk->durable = std::move(look);
}

void simulated_disk::when_synced(std::function<void()> done) {
  disk->synced = std::move(done);
}

std::int64_t simulated_disk::syncs() const {
  return disk->syncs;
}

std::int64_t simulated_disk::writes_lost() const {
  return disk->lost;
}

}  // namespace sluice::simulation
