// Records as tests need them, and a directory of their own.
#pragma once

#include <filesystem>
#include <string>

#include "sluice/domain/record.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/journal/store.hpp"

namespace sluice::journal::test {

/// An empty directory that goes with the object.
class directory {
 public:
  directory();
  directory(const directory&) = delete;
  directory& operator=(const directory&) = delete;
  ~directory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path journal() const { return path_ / "journal.db"; }

 private:
  std::filesystem::path path_{};
};

template <class T>
T decimal(const char* text) {
  return T::parse(text).value();
}
inline instant at_ns(std::int64_t ns) {
  return instant{duration{ns}};
}

[[nodiscard]] plan an_open_plan(const std::string& id);
[[nodiscard]] plan a_reduce_plan(const std::string& id);
[[nodiscard]] facts some_facts();
[[nodiscard]] plan_judged a_denial(const plan& p);
[[nodiscard]] plan_judged a_permission(const plan& p);
[[nodiscard]] order_intended an_intent(const std::string& order, const std::string& plan);
[[nodiscard]] order_changed a_change(const std::string& order, const std::string& plan,
                                     order_state state);
[[nodiscard]] fill_recorded a_fill(const std::string& symbol_name, trade_id id, side direction,
                                   const char* amount);
[[nodiscard]] hold a_hold(std::int64_t id, const std::string& symbol_name);

/// With a stamp that depends on nothing but `second`.
[[nodiscard]] record a_record(record_body body, std::int64_t second = 0);

[[nodiscard]] std::unique_ptr<store> opened(const std::filesystem::path& path,
                                            integrity check = integrity::quick);
[[nodiscard]] std::unique_ptr<reader> read(const std::filesystem::path& path);
/// Appends and requires that it was written; gives the seq.
std::int64_t put(store& s, record_body body);
/// One notice of the text, committed.
void put_notice(store& s, const std::string& text);

/// Takes everything out of a file that schema 4 brought; its version and chain are left.
inline constexpr const char* without_schema_4 = R"sql(
DROP INDEX plan_unfinished;
ALTER TABLE verdict DROP COLUMN continued;
ALTER TABLE plan DROP COLUMN finished_seq;
ALTER TABLE plan DROP COLUMN ended;
ALTER TABLE plan DROP COLUMN executed;
ALTER TABLE orders DROP COLUMN type;
ALTER TABLE orders DROP COLUMN limit_price;
DROP TABLE protective_stop;
DROP TABLE stop_event;
DROP TABLE flatten;
DROP TABLE equity_peak;
DROP TABLE setting_change;
DROP TABLE chain_start;
DROP TABLE state_checkpoint;
DROP TABLE log_use;
DROP TABLE remembered_plan;
DROP TABLE remembered_trade;
ALTER TABLE exit_state DROP COLUMN source;
ALTER TABLE exit_state DROP COLUMN risk;
ALTER TABLE exit_state DROP COLUMN peak;
ALTER TABLE exit_state DROP COLUMN stop_by;
ALTER TABLE exit_state DROP COLUMN tranches;
ALTER TABLE exit_state DROP COLUMN cost;
ALTER TABLE exit_state DROP COLUMN opposed_ms;
ALTER TABLE exit_state DROP COLUMN samples;
ALTER TABLE exit_state DROP COLUMN sampled;
ALTER TABLE exit_state DROP COLUMN sampled_ms;
ALTER TABLE exit_state DROP COLUMN fast;
ALTER TABLE exit_state DROP COLUMN slow;
ALTER TABLE exit_state DROP COLUMN drift;
ALTER TABLE exit_state DROP COLUMN path;
ALTER TABLE record DROP COLUMN caused_by;
)sql";

}  // namespace sluice::journal::test
