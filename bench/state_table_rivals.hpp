// What the state table could have been: ways for one writer and many readers to share rows, all
// with the interface that bench/state_table measures.
#pragma once

#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "sluice/truth/state_table.hpp"

namespace sluice::bench {

inline constexpr instant never = instant::min();

/// A row as the rivals keep it.
struct kept_row {
  truth_view own{};
  instant detached_until{never};

  kept_row() = default;
  explicit kept_row(const slot_state& s)
      : own{s.content, s.as_of, s.changed_at, s.source, s.version},
        detached_until(s.detached_until.value_or(never)) {}

  /// With the account-wide proof folded in, as the state table does it.
  [[nodiscard]] truth_view seen(instant account) const {
    auto view = own;
    if (account > detached_until)
      view.as_of = std::max(view.as_of, account);
    return view;
  }
};

/// The product's own: a seqlock for each row.
class seqlock_slots {
 public:
  static constexpr auto name = "seqlock_slots";
  explicit seqlock_slots(std::size_t symbols) : size_(symbols) {}

  void write(std::size_t i, const slot_state& s) { table_.write(slot(i), s); }
  void prove(instant sent_at) { table_.prove_account(sent_at); }
  [[nodiscard]] truth_view read(std::size_t i) const { return table_.read(slot(i)); }
  template <class F>
  void scan(F&& fn) const {
    for (std::size_t i = 0; i < size_; ++i)
      fn(table_.read(slot(i)));
  }

 private:
  static position_slot slot(std::size_t i) { return {static_cast<std::uint32_t>(i)}; }
  std::size_t size_;
  state_table table_{std::make_shared<symbol_directory>(), tracked_legs::one_way};
};

/// Reader-writer locks, each over some of the rows.
class sharded_locks {
 public:
  static constexpr auto name = "sharded_locks";
  explicit sharded_locks(std::size_t symbols) : rows_(symbols) {}

  void write(std::size_t i, const slot_state& s) {
    const std::unique_lock lock(shard_of(i));
    rows_[i] = kept_row(s);
  }
  void prove(instant sent_at) { account_.store(sent_at, std::memory_order_release); }
  [[nodiscard]] truth_view read(std::size_t i) const {
    const auto account = account_.load(std::memory_order_acquire);
    const std::shared_lock lock(shard_of(i));
    return rows_[i].seen(account);
  }
  template <class F>
  void scan(F&& fn) const {
    const auto account = account_.load(std::memory_order_acquire);
    for (std::size_t first = 0; first < shards; ++first) {
      const std::shared_lock lock(locks_[first].mutex);
      for (auto i = first; i < rows_.size(); i += shards)
        fn(rows_[i].seen(account));
    }
  }

 private:
  static constexpr std::size_t shards = 64;
  struct alignas(128) padded_lock {
    std::shared_mutex mutex{};
  };
  [[nodiscard]] std::shared_mutex& shard_of(std::size_t i) const {
    return locks_[i % shards].mutex;
  }

  std::vector<kept_row> rows_;
  std::unique_ptr<padded_lock[]> locks_{std::make_unique<padded_lock[]>(shards)};
  std::atomic<instant> account_{never};
};

/// Every write publishes a whole new table; a reader holds on to the one it found.
class whole_snapshots {
 public:
  static constexpr auto name = "whole_snapshots";
  explicit whole_snapshots(std::size_t symbols)
      : now_(std::make_shared<const table>(table{never, std::make_shared<const rows>(symbols)})) {}

  void write(std::size_t i, const slot_state& s) {
    const auto before = now_.load();
    auto next = std::make_shared<rows>(*before->all);
    (*next)[i] = kept_row(s);
    now_.store(std::make_shared<const table>(table{before->account, std::move(next)}));
  }
  void prove(instant sent_at) {
    now_.store(std::make_shared<const table>(table{sent_at, now_.load()->all}));
  }
  [[nodiscard]] truth_view read(std::size_t i) const {
    const auto found = now_.load();
    return (*found->all)[i].seen(found->account);
  }
  template <class F>
  void scan(F&& fn) const {
    const auto found = now_.load();
    for (const auto& r : *found->all)
      fn(r.seen(found->account));
  }

 private:
  using rows = std::vector<kept_row>;
  struct table {
    instant account{never};
    std::shared_ptr<const rows> all{};
  };
  std::atomic<std::shared_ptr<const table>> now_;
};

/// The same, but a write copies only the chunk it touches and the list of chunks.
class chunked_snapshots {
 public:
  static constexpr auto name = "chunked_snapshots";
  explicit chunked_snapshots(std::size_t symbols) {
    auto first = std::make_shared<table>();
    for (std::size_t begin = 0; begin < symbols; begin += chunk_rows)
      first->chunks.push_back(std::make_shared<const chunk>(std::min(chunk_rows, symbols - begin)));
    now_.store(std::move(first));
  }

  void write(std::size_t i, const slot_state& s) {
    auto next = std::make_shared<table>(*now_.load());
    auto changed = std::make_shared<chunk>(*next->chunks[i / chunk_rows]);
    (*changed)[i % chunk_rows] = kept_row(s);
    next->chunks[i / chunk_rows] = std::move(changed);
    now_.store(std::move(next));
  }
  void prove(instant sent_at) {
    auto next = std::make_shared<table>(*now_.load());
    next->account = sent_at;
    now_.store(std::move(next));
  }
  [[nodiscard]] truth_view read(std::size_t i) const {
    const auto found = now_.load();
    return (*found->chunks[i / chunk_rows])[i % chunk_rows].seen(found->account);
  }
  template <class F>
  void scan(F&& fn) const {
    const auto found = now_.load();
    for (const auto& c : found->chunks)
      for (const auto& r : *c)
        fn(r.seen(found->account));
  }

 private:
  static constexpr std::size_t chunk_rows = 64;
  using chunk = std::vector<kept_row>;
  struct table {
    instant account{never};
    std::vector<std::shared_ptr<const chunk>> chunks{};
  };
  std::atomic<std::shared_ptr<const table>> now_{};
};

}  // namespace sluice::bench
