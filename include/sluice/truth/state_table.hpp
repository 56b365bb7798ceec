// The state table: what is known of every position, written by one thread, read by all.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "sluice/domain/truth.hpp"
#include "sluice/truth/merge.hpp"
#include "sluice/truth/seqlock.hpp"
#include "sluice/truth/symbol_directory.hpp"

namespace sluice {

/// Which legs of a symbol have truth: `both` alone in one-way mode, all three in hedge mode.
enum class tracked_legs : std::uint8_t { one_way, hedge };

/// The number of a position's place in the state table.
struct position_slot {
  std::uint32_t value{0};
  friend auto operator<=>(position_slot, position_slot) = default;
};

/// Readers get consistent copies and never hold up the writer. Everything starts unknown.
class state_table {
 public:
  state_table(std::shared_ptr<const symbol_directory> directory, tracked_legs legs);

  [[nodiscard]] const symbol_directory& directory() const { return *directory_; }
  [[nodiscard]] tracked_legs legs() const { return legs_; }
  [[nodiscard]] std::size_t legs_per_symbol() const { return stride_; }

  /// None when the symbol is not known or the leg is not tracked.
  [[nodiscard]] std::optional<position_slot> slot_of(const position_key& key) const;
  [[nodiscard]] std::optional<position_slot> slot_of(symbol_index index, position_side leg) const;
  [[nodiscard]] symbol_index index_of(position_slot slot) const;
  [[nodiscard]] position_side leg_of(position_slot slot) const;

  /// A consistent copy. Its as_of is the later of the position's own and the account's, the latter
  /// only while the position is not detached.
  [[nodiscard]] truth_view read(position_slot slot) const;
  /// Unknown for a symbol or leg that has no slot.
  [[nodiscard]] truth_view read(const position_key& key) const;

  /// The liquidation price that the last read gave for a position of exactly this amount and entry;
  /// none when it gave none, and none for a position that has changed since. No part of the truth:
  /// it moves with the margin of the whole account and has no version.
  [[nodiscard]] std::optional<price> liquidation(const position_key& key,
                                                 const position_open& held) const;

  /// Send time of the newest account-wide read; none before the first.
  [[nodiscard]] std::optional<instant> account_as_of() const;

  /// Calls fn(position_key, truth_view) for every tracked slot of every known symbol. Each view is
  /// consistent in itself; the scan as a whole is not one moment.
  template <class F>
  void scan(F&& fn) const {
    const auto symbols = static_cast<symbol_index>(directory_->size());
    for (symbol_index index = 0; index < symbols; ++index) {
      const auto name = directory_->name_of(index);
      for (std::size_t leg = 0; leg < stride_; ++leg) {
        const position_slot slot{static_cast<std::uint32_t>(index * stride_ + leg)};
        fn(position_key{name, leg_of(slot)}, read(slot));
      }
    }
  }

  /// The same for slots that are open, without a copy of the others: for decisions that look at
  /// all open positions.
  template <class F>
  void scan_open(F&& fn) const {
    const auto slots = static_cast<std::uint32_t>(directory_->size() * stride_);
    for (std::uint32_t i = 0; i < slots; ++i) {
      const position_slot slot{i};
      if (!looks_open(slot))
        continue;
      if (const auto seen = read(slot); std::holds_alternative<position_open>(seen.content))
        fn(slot, seen);
    }
  }

  /// For the single writer only: publishes the state of one slot.
  void write(position_slot slot, const slot_state& state);
  /// For the single writer only: what a row of a read says of liquidation; zero for nothing.
  void write_liquidation(position_slot slot, const position_open& held, price at);
  /// For the single writer only: an account-wide read sent at `sent_at` proved every slot that is
  /// not detached. Its rows must have been written before; never moves back.
  void prove_account(instant sent_at);

 private:
  /// May be wrong by one store.
  [[nodiscard]] bool looks_open(position_slot slot) const;

  static constexpr std::size_t words = 7;
  struct alignas(128) aligned_slot {
    seqlock<words> cells{};
  };

  std::shared_ptr<const symbol_directory> directory_;
  tracked_legs legs_{tracked_legs::one_way};
  std::size_t stride_{1};
  std::unique_ptr<aligned_slot[]> slots_;
  std::unique_ptr<seqlock<3>[]> liquidations_;  ///< Amount, entry, price.
  alignas(128) std::atomic<std::int64_t> account_as_of_;
};

}  // namespace sluice
