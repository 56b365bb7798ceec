// The core of the state table's single writer: turns reads and events into truth, and says what
// changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/truth/age_summary.hpp"
#include "sluice/truth/merge.hpp"
#include "sluice/truth/state_table.hpp"
#include "sluice/truth/symbol_directory.hpp"

namespace sluice {

/// How many tracked slots hold what.
struct truth_counts {
  std::size_t open{0};
  std::size_t flat{0};
  std::size_t unknown{0};
  friend bool operator==(const truth_counts&, const truth_counts&) = default;
};

/// What came in that could not be used as it stood, since the start.
struct truth_oddities {
  std::uint64_t contradictions{0};   ///< Reads and events that contradicted each other.
  std::uint64_t superseded{0};       ///< Late rows and events that brought nothing.
  std::uint64_t untracked_legs{0};   ///< Positions on a leg the position mode does not have.
  std::uint64_t out_of_scope{0};     ///< Rows of another symbol than the one asked for.
  std::uint64_t refused_symbols{0};  ///< Symbols that found the directory full.
  friend bool operator==(const truth_oddities&, const truth_oddities&) = default;
};

/// Owns the directory and the table; everything else only reads them.
class truth_keeper {
 public:
  struct options {
    std::size_t capacity{symbol_directory::default_capacity};
    bool hedge_mode{false};
    milliseconds read_lag_grace{1'000};
  };
  explicit truth_keeper(const options& o);

  [[nodiscard]] std::shared_ptr<const symbol_directory> directory() const { return directory_; }
  [[nodiscard]] std::shared_ptr<const state_table> table() const { return table_; }

  /// Makes room for the universe's symbols. New ones are unknown until a read covers them. Returns
  /// how many are new.
  std::size_t register_symbols(const universe& u);
  /// The number of one symbol, given now if it had none.
  [[nodiscard]] result<symbol_index> register_symbol(const symbol& s);

  /// A good read: proves everything in its scope and returns what changed. Costs its rows and the
  /// slots that are not flat; the first account-wide read costs all known symbols.
  [[nodiscard]] std::vector<truth_changed> apply(const snapshot& read);
  /// A stream event: says something of the positions it names and nothing of any other.
  [[nodiscard]] std::vector<truth_changed> apply(const account_update& event, instant received_at,
                                                 instant occurred_at);

  [[nodiscard]] truth_counts counts() const;
  [[nodiscard]] const truth_oddities& oddities() const { return oddities_; }
  /// Ages of all known slots; the unknown ones are in counts().
  [[nodiscard]] age_summary ages(instant now) const;
  /// Whether any position of the symbol is open.
  [[nodiscard]] bool is_open(symbol_index index) const;
  /// The oldest proof of any of its positions; none while one is unknown.
  [[nodiscard]] std::optional<instant> proven_at(symbol_index index) const;
  /// Every open position.
  [[nodiscard]] std::vector<position_key> open_positions() const;

 private:
  struct slot_record {
    slot_state state{};
    std::uint64_t covered_by{0};  ///< The read that merged it last.
    std::size_t place{0};         ///< In unsettled_, when not flat.
    bool listed{false};           ///< Is it in unsettled_?
  };
  using changes = std::vector<truth_changed>;

  [[nodiscard]] bool has_all_legs(const snapshot& read);
  [[nodiscard]] std::optional<position_slot> tracked(const position_key& key, bool is_zero);
  void merge_rows(const snapshot& read, const read_meta& meta, changes& out);
  void merge_absent(position_slot slot, const read_meta& meta, changes& out);
  void store(position_slot slot, merged outcome, changes& out);
  void relist(position_slot slot);
  [[nodiscard]] slot_state settled(position_slot slot) const;

  options options_;
  std::shared_ptr<symbol_directory> directory_;
  std::shared_ptr<state_table> table_;
  std::vector<slot_record> records_{};
  std::vector<position_slot> unsettled_{};  ///< Open or unknown: what an account-wide read visits.
  std::size_t open_{0};
  std::uint64_t reads_{0};
  truth_oddities oddities_{};
};

}  // namespace sluice
