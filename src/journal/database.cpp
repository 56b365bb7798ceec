// The one file that talks to SQLite.
#include "database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <unordered_map>

namespace sluice::journal {
namespace {

/// Steps of SQLite's machine between two looks at the time: well below a millisecond's worth.
constexpr int steps_between_looks = 1'000;

struct close_connection {
  void operator()(sqlite3* c) const { sqlite3_close_v2(c); }
};
struct finalise_statement {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using statement = std::unique_ptr<sqlite3_stmt, finalise_statement>;

errc kind_of_code(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::malformed;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errc::busy;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return errc::not_permitted;
    default:
      return errc::io_failure;
  }
}

int bind(sqlite3_stmt* s, int index, const sql_value& v) {
  const auto text = [&](std::string_view t) {
    // An empty view may have no address, which SQLite would take for null.
    return sqlite3_bind_text64(s, index, t.empty() ? "" : t.data(), t.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  };
  return std::visit(
      [&]<class T>(const T& value) {
        if constexpr (std::is_same_v<T, std::nullptr_t>)
          return sqlite3_bind_null(s, index);
        else if constexpr (std::is_same_v<T, std::int64_t>)
          return sqlite3_bind_int64(s, index, value);
        else
          return text(value);
      },
      v.get());
}

/// Leaves a cached statement without locks and without views of values that are gone.
class reset_at_end {
 public:
  explicit reset_at_end(sqlite3_stmt* s) : statement_(s) {}
  reset_at_end(const reset_at_end&) = delete;
  reset_at_end& operator=(const reset_at_end&) = delete;
  ~reset_at_end() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

std::int64_t row::number(int column) const {
  return sqlite3_column_int64(static_cast<sqlite3_stmt*>(statement_), column);
}
std::string_view row::text(int column) const {
  auto* s = static_cast<sqlite3_stmt*>(statement_);
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(s, column)))
               : std::string_view();
}
bool row::is_null(int column) const {
  return sqlite3_column_type(static_cast<sqlite3_stmt*>(statement_), column) == SQLITE_NULL;
}

struct database::impl {
  std::string path{};
  std::unique_ptr<sqlite3, close_connection> connection{};
  std::unordered_map<std::string_view, statement> prepared{};
  int log_pages{0};
  bool all_moved{false};                              ///< By the last checkpoint.
  std::chrono::steady_clock::time_point answer_by{};  ///< While there is such a time.

  error failure(std::string_view what) const {
    const int code = connection ? sqlite3_extended_errcode(connection.get()) : SQLITE_NOMEM;
    if ((code & 0xff) == SQLITE_INTERRUPT)
      return fail(errc::busy,
                  "the query took too long and was ended: ask for a narrower window, or ask the "
                  "file with --journal, which takes the time that it needs");
    const auto* words = connection ? sqlite3_errmsg(connection.get()) : "out of memory";
    return fail(kind_of_code(code), fmt::format("{}: {}: {} (SQLite {})", path, what, words, code));
  }

  result<sqlite3_stmt*> prepare(std::string_view sql) {
    if (const auto found = prepared.find(sql); found != prepared.end())
      return found->second.get();
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK)
      return failure(sql);
    prepared.emplace(sql, statement(made));
    return made;
  }
};

database::database(std::unique_ptr<impl> state) : impl_(std::move(state)) {}
database::database(database&&) noexcept = default;
database& database::operator=(database&&) noexcept = default;
database::~database() = default;

result<database> database::open(const std::filesystem::path& path, access how,
                                milliseconds busy_timeout) {
  auto db = connect(path.string(),
                    how == access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (db)
    sqlite3_busy_timeout(db->impl_->connection.get(), static_cast<int>(busy_timeout.count()));
  return db;
}

result<database> database::in_memory() {
  auto made = connect(":memory:", SQLITE_OPEN_READWRITE);
  if (!made)
    return made;
  // Nothing of it is ever taken back; and a rollback journal, though in memory, draws random
  // numbers, of which a simulated process must not draw more than its twin.
  auto* connection = made->impl_->connection.get();
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  if (auto off = made->script("PRAGMA journal_mode = OFF"); !off)
    return off.error();
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return made;
}

result<database> database::connect(const std::string& name, int flags) {
  auto state = std::make_unique<impl>();
  state->path = name;
  flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &connection, flags, nullptr);
  state->connection.reset(connection);
  if (code != SQLITE_OK)
    return state->failure("open");
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Replaces SQLite's own checkpoints, whose failures nobody would see. (Setting
  // wal_autocheckpoint, even to 0, would take this away again.)
  sqlite3_wal_hook(
      connection,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<impl*>(self)->log_pages = pages;
        return SQLITE_OK;
      },
      state.get());
  return database(std::move(state));
}

result<void> database::script(const std::string& sql) {
  if (sqlite3_exec(impl_->connection.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return impl_->failure(std::string_view(sql).substr(0, 60));
  return {};
}

result<void> database::run(std::string_view sql, std::initializer_list<sql_value> values) {
  return each(sql, values, [](const row&) { return result<void>{}; });
}

result<void> database::each(std::string_view sql, std::initializer_list<sql_value> values,
                            const row_visitor& visit) {
  auto prepared = impl_->prepare(sql);
  if (!prepared)
    return prepared.error();
  const reset_at_end reset(*prepared);
  int index = 0;
  for (const auto& value : values)
    if (bind(*prepared, ++index, value) != SQLITE_OK)
      return impl_->failure(sql);
  for (;;) {
    const int code = sqlite3_step(*prepared);
    if (code == SQLITE_DONE)
      return {};
    if (code != SQLITE_ROW)
      return impl_->failure(sql);
    if (auto visited = visit(row(*prepared)); !visited)
      return fail(visited.error().code, impl_->path + ": " + visited.error().text);
  }
}

result<std::int64_t> database::number(std::string_view sql,
                                      std::initializer_list<sql_value> values) {
  std::int64_t found = 0;
  auto done = each(sql, values, [&](const row& r) {
    found = r.number(0);
    return result<void>{};
  });
  if (!done)
    return done.error();
  return found;
}

void database::answer_by(std::optional<std::chrono::steady_clock::time_point> when) {
  auto* connection = impl_->connection.get();
  if (!when)
    return sqlite3_progress_handler(connection, 0, nullptr, nullptr);
  impl_->answer_by = *when;
  sqlite3_progress_handler(
      connection, steps_between_looks,
      [](void* self) {
        return std::chrono::steady_clock::now() >= static_cast<impl*>(self)->answer_by ? 1 : 0;
      },
      impl_.get());
}

result<std::string> database::content() const {
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
      sqlite3_serialize(impl_->connection.get(), "main", &size, 0), &sqlite3_free);
  if (!bytes)
    return fail(errc::io_failure, impl_->path + ": its content cannot be had");
  return std::string(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
}

result<void> database::take_content(std::string_view content) {
  auto from = connect(":memory:", SQLITE_OPEN_READWRITE);
  if (!from)
    return from.error();
  auto* source = from->impl_->connection.get();
  const auto size = static_cast<sqlite3_int64>(content.size());
  // Read only, whatever the parameter's type says.
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(content.data()));
  if (sqlite3_deserialize(source, "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY) !=
      SQLITE_OK)
    return from->impl_->failure("read a content");
  auto* copying = sqlite3_backup_init(impl_->connection.get(), "main", source, "main");
  const int copied = copying ? sqlite3_backup_step(copying, -1) : SQLITE_ERROR;
  if (!copying || sqlite3_backup_finish(copying) != SQLITE_OK)
    return impl_->failure("take a content");
  if (copied != SQLITE_DONE)  // Of a busy one the end alone may know nothing.
    return fail(errc::busy, impl_->path + ": is in use by another process");
  return {};
}

int database::log_pages() const {
  return impl_->log_pages;
}

result<void> database::checkpoint() {
  int in_log = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(impl_->connection.get(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
    return impl_->failure("checkpoint");
  impl_->all_moved = code == SQLITE_OK && in_log == moved;
  return {};
}

bool database::all_moved() const {
  return impl_->all_moved;
}

void database::keep_log_at_close(bool keep) {
  sqlite3_db_config(impl_->connection.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0,
                    nullptr);
}

void database::abandon() {
  auto* connection = impl_->connection.get();
  sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
  // A closing connection would move the log into the file and sync, on a disk that has just failed.
  keep_log_at_close(true);
}

}  // namespace sluice::journal
