// Where each plan is on its way, as the outside can tell: what faults are crossed with.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulation {

enum class phase : std::uint8_t {
  before_snapshot,      ///< Offered while its position is not known, or not taken in yet.
  deciding,             ///< Taken in, no verdict.
  intent_written,       ///< Its order is durable and has not left.
  request_sent,         ///< Its order is on its way to the venue.
  accepted_unanswered,  ///< The venue has it, the answer is not back.
  partly_filled,        ///< An order of it traded in part and has not ended.
  cancelling            ///< A cancellation on a symbol is under way, of orders of either kind.
};
inline constexpr std::array all_phases{
    phase::before_snapshot,     phase::deciding,      phase::intent_written, phase::request_sent,
    phase::accepted_unanswered, phase::partly_filled, phase::cancelling};
[[nodiscard]] std::string_view to_string(phase p);
/// Stands where a fault met none.
inline constexpr const char* no_plan = "no plan";

class phase_tracker {
 public:
  void offered(const plan_id& plan, const symbol& on);
  void recorded(const record& r);
  void written(const simulator::request& r);
  void performed(const simulator::request& r, const simulator::reply& out);
  void over(const simulator::request& r);
  /// The process is gone, and what was on its way with it.
  void forget();

  /// A symbol of a plan that is in this phase now; none when no plan is.
  [[nodiscard]] std::optional<symbol> somewhere_in(phase p) const;

 private:
  struct order {
    plan_id plan{};
    symbol on{};
    quantity amount{};
    phase at{phase::intent_written};
  };
  std::map<std::string, symbol> before_{};    ///< By plan.
  std::map<std::string, symbol> deciding_{};  ///< By plan.
  std::map<std::string, order> orders_{};     ///< By client id.
  /// The symbol that a cancellation is for; conditional orders are cancelled by their id alone.
  [[nodiscard]] std::string cancelled_on(const simulator::request& r) const;
  std::map<std::string, int> cancels_{};        ///< Under way, by symbol.
  std::map<std::string, std::string> stops_{};  ///< Symbols of conditional orders, by client id.
};

/// The value of a parameter of a request's query; empty when it is not there.
[[nodiscard]] std::string parameter_of(const simulator::request& r, std::string_view name);

}  // namespace sluice::simulation
