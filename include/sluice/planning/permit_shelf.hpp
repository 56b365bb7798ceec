// Verdicts that shall be read by others, kept until they are written or nobody may use them any
// more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// One that can be written now.
struct permit_due {
  plan_id plan{};
  std::string text{};
  std::uint64_t number{0};  ///< Of this verdict, for `written`.
  std::int64_t lives_s{0};  ///< What is left of its life in whole seconds, at least one.
};

/// Its life counts from the verdict, whenever it is written. At most `kept_max` are kept, the
/// oldest goes first.
class permit_shelf {
 public:
  static constexpr std::size_t kept_max = 10'000;

  explicit permit_shelf(milliseconds ttl) : ttl_(ttl) {}

  void put(const plan_id& plan, std::string text, instant judged_at);
  /// Somebody asks again for what was written before: true when it is still alive.
  bool put_again(const plan_id& plan, instant now);
  /// Those that wait, oldest first; they count as on their way until `written` or `lost`.
  [[nodiscard]] std::vector<permit_due> take(instant now);
  void written(std::uint64_t number);
  void lost(std::uint64_t number);

  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] std::uint64_t died() const { return died_; }  ///< Never written in their time.

 private:
  enum class state : std::uint8_t { waits, on_its_way, written };
  struct permit {
    plan_id plan{};
    std::string text{};
    instant judged_at{};
    state now{state::waits};
  };
  void forget_dead(instant now);
  void forget(std::map<std::uint64_t, permit>::iterator at);

  milliseconds ttl_{};
  std::uint64_t last_{0};
  std::uint64_t died_{0};
  std::map<std::uint64_t, permit> all_{};  ///< Oldest first.
  std::unordered_map<plan_id, std::uint64_t> newest_{};
};

}  // namespace sluice
