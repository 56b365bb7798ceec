// The failing disk as a SQLite VFS whose files hand every call on to the real one.
#include "faulty_disk.hpp"

#include <sqlite3.h>

#include <cassert>
#include <cstddef>
#include <utility>

namespace sluice::journal::test {
namespace {

struct failure {
  disk_call what{disk_call::sync};
  int good{-1};  ///< Calls left that pass; -1: nothing is to fail.
  int code{SQLITE_OK};
  bool happened{false};
};

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs faulty_vfs{};
failure planned{};
std::function<void()> watcher{};

/// SQLite allocates the real file's bytes right behind this.
struct alignas(std::max_align_t) faulty_file {
  sqlite3_file base;
};

sqlite3_file* real(sqlite3_file* f) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(f) + sizeof(faulty_file));
}

int outcome_of(disk_call what) {
  if (watcher)
    watcher();
  if (what != planned.what || planned.good < 0)
    return SQLITE_OK;
  if (planned.good-- > 0)
    return SQLITE_OK;
  planned.happened = true;
  return planned.code;
}

/// A method that only hands on.
template <auto Method, class... Args>
int hand_on(sqlite3_file* f, Args... args) {
  return (real(f)->pMethods->*Method)(real(f), args...);
}

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 at) {
  const int code = outcome_of(disk_call::write);
  return code == SQLITE_OK ? real(f)->pMethods->xWrite(real(f), bytes, size, at) : code;
}
int sync(sqlite3_file* f, int flags) {
  const int code = outcome_of(disk_call::sync);
  return code == SQLITE_OK ? real(f)->pMethods->xSync(real(f), flags) : code;
}
void barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}

using m = sqlite3_io_methods;
const sqlite3_io_methods methods{
    3,
    &hand_on<&m::xClose>,
    &hand_on<&m::xRead, void*, int, sqlite3_int64>,
    &write,
    &hand_on<&m::xTruncate, sqlite3_int64>,
    &sync,
    &hand_on<&m::xFileSize, sqlite3_int64*>,
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

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* flags_out) {
  f->pMethods = nullptr;
  const int code = real_vfs->xOpen(real_vfs, name, real(f), flags, flags_out);
  if (code == SQLITE_OK)
    f->pMethods = &methods;
  return code;
}

}  // namespace

faulty_disk::faulty_disk() {
  planned = {};
  watcher = nullptr;
  real_vfs = sqlite3_vfs_find(nullptr);
  assert(real_vfs != nullptr);
  faulty_vfs = *real_vfs;
  faulty_vfs.zName = "faulty";
  faulty_vfs.szOsFile = static_cast<int>(sizeof(faulty_file)) + real_vfs->szOsFile;
  faulty_vfs.pNext = nullptr;
  faulty_vfs.xOpen = &open_file;
  sqlite3_vfs_register(&faulty_vfs, 1);
}

faulty_disk::~faulty_disk() {
  watcher = nullptr;
  sqlite3_vfs_unregister(&faulty_vfs);
  sqlite3_vfs_register(real_vfs, 1);
}

void faulty_disk::fail(disk_call what, int good, int code) {
  planned = {.what = what, .good = good, .code = code, .happened = false};
}

void faulty_disk::fail_next_sync() {
  fail(disk_call::sync, 0, SQLITE_IOERR_FSYNC);
}

void faulty_disk::before_each_call(std::function<void()> look) {
  watcher = std::move(look);
}

bool faulty_disk::happened() const {
  return planned.happened;
}

}  // namespace sluice::journal::test
