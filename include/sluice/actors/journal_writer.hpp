// The journal's actor: one writer, many records to one commit, and whoever watches hears of them
// after.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/journal/store.hpp"

namespace sluice::actors {

/// `own_thread` in the running product, because a commit waits for the disk; tests share one.
enum class journal_thread { own, shared };

struct journal_options {
  std::int64_t batch_max{1'000};  ///< Records in one commit at most; more where commits take long.
  /// How long records that somebody waits for let others join their commit. Nothing is waited for
  /// on purpose: a commit begins as soon as no record is at hand any more.
  milliseconds commit_wait{1};
  journal_thread thread{journal_thread::own};
  /// Called once, on the journal's thread, when a commit failed: trading must stop, exit 74.
  std::function<void(const error&)> failed{};
};

/// Records that arrive while a commit is under way share the next one. After a failed commit every
/// request is answered with an error and the actor ends.
[[nodiscard]] journal_actor spawn_journal_writer(caf::actor_system& system, services given,
                                                 std::unique_ptr<journal::store> store,
                                                 journal_options options);

}  // namespace sluice::actors
