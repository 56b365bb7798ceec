// The plans that have not ended: whose they are, and which symbols have an open plan under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "sluice/domain/plan.hpp"
#include "sluice/domain/verdict.hpp"

namespace sluice {

class live_plans {
 public:
  /// The open plan of a symbol.
  struct open_one {
    plan_id id{};
    bool allowed{false};  ///< An order of it has left, or is about to.
    plan_id successor{};  ///< Waits for it to be withdrawn; empty when none does.
  };

  /// A cancel never lives: its verdict is its end.
  void taken(const plan& p, bool allowed);
  void judged(const plan_id& id, verdict_kind outcome);
  void finished(const plan_id& id);

  [[nodiscard]] open_one* open_of(const symbol& s);
  /// content_hash of a plan that has not ended; none when it has, or was never there.
  [[nodiscard]] std::optional<std::uint64_t> content_of(const plan_id& id) const;
  /// None when the plan has ended or was never there.
  [[nodiscard]] std::optional<source_id> owner(const plan_id& id) const;
  [[nodiscard]] std::size_t size() const { return plans_.size(); }

 private:
  struct live_one {
    source_id source{};
    symbol opens{};  ///< Empty unless it is an open plan.
    std::uint64_t content{0};
  };
  void ended(const plan_id& id);

  std::unordered_map<plan_id, live_one> plans_{};
  std::unordered_map<symbol, open_one> opens_{};
};

}  // namespace sluice
