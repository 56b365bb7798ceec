// One SQLite connection: runs statements, keeps them prepared, and tells every failure as an error.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"
#include "sql_value.hpp"

namespace sluice::journal {

enum class access : std::uint8_t { read_only, read_write };

/// Called for each row; an error ends the statement.
using row_visitor = std::function<result<void>(const row&)>;

/// Errors of every function: malformed (damaged file), busy, io_failure, not_permitted; the text is
/// "<path>: <what was done>: <SQLite's words> (<its code>)".
class database {
 public:
  /// The file must exist. Not thread-safe.
  [[nodiscard]] static result<database> open(const std::filesystem::path& path, access how,
                                             milliseconds busy_timeout);
  /// An empty one without a file, gone with its connection. It takes nothing back: what fails amid
  /// a transaction leaves a part of it.
  [[nodiscard]] static result<database> in_memory();
  database(database&&) noexcept;
  database& operator=(database&&) noexcept;
  ~database();

  /// Runs a script of one or more statements that need no values.
  [[nodiscard]] result<void> script(const std::string& sql);

  /// Runs one statement. `sql` is a string literal: it stays prepared under its text.
  [[nodiscard]] result<void> run(std::string_view sql,
                                 std::initializer_list<sql_value> values = {});
  [[nodiscard]] result<void> each(std::string_view sql, std::initializer_list<sql_value> values,
                                  const row_visitor& visit);
  /// First column of the first row; 0 when there is no row or it is null.
  [[nodiscard]] result<std::int64_t> number(std::string_view sql,
                                            std::initializer_list<sql_value> values = {});

  /// A statement that has not ended by then ends with errc::busy, and a text of its own that says
  /// what to do; none: it takes what it needs.
  void answer_by(std::optional<std::chrono::steady_clock::time_point> when);

  /// What a file of its own would hold.
  [[nodiscard]] result<std::string> content() const;
  /// Becomes what another one's content() was, in one transaction. What was there is gone.
  [[nodiscard]] result<void> take_content(std::string_view content);

  /// Pages in the write-ahead log after the last commit of this connection.
  [[nodiscard]] int log_pages() const;
  /// Moves what it can from the write-ahead log into the file, and syncs. Busy is no error.
  [[nodiscard]] result<void> checkpoint();
  /// Whether the last checkpoint left nothing in the log, so that the next commit begins it anew.
  [[nodiscard]] bool all_moved() const;
  /// Whether the log stays as it is when the last connection ends, instead of being moved into the
  /// file and deleted.
  void keep_log_at_close(bool keep);
  /// Rolls back and leaves the files as they are from now on, also at the end of the connection.
  void abandon();

 private:
  struct impl;
  explicit database(std::unique_ptr<impl> state);
  [[nodiscard]] static result<database> connect(const std::string& name, int flags);

  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::journal
