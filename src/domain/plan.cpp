// What a plan is, told from its body.
#include "sluice/domain/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice {
namespace {

template <class T>
std::string optional_raw(const std::optional<T>& v) {
  return v ? std::to_string(v->raw()) : "-";
}

std::string describe(const open_plan& p) {
  return fmt::format("open|{}|{}|{}|{}|{}|{}|{}", to_string(p.direction), optional_raw(p.amount),
                     optional_raw(p.value), optional_raw(p.risk), optional_raw(p.stop),
                     optional_raw(p.target), p.time_limit ? p.time_limit->count() : -1);
}
std::string describe(const reduce_plan& p) {
  const auto whole = p.part_of.is_zero() ? std::string{} : fmt::format("|{}", p.part_of.raw());
  const auto* const side = p.of_side == 0 ? "" : p.of_side > 0 ? "|long" : "|short";
  return fmt::format("reduce|{}|{}{}{}", p.target.raw(), p.reason, whole, side);
}
std::string describe(const cancel_plan& p) {
  return "cancel|" + p.target.str();
}

}  // namespace

lane lane_of(const plan& p) {
  return std::holds_alternative<open_plan>(p.body) ? lane::entry : lane::exit;
}

std::string_view kind_of(const plan& p) {
  constexpr std::array<std::string_view, 3> kinds{"open", "reduce", "cancel"};
  return kinds[p.body.index()];
}

std::uint64_t content_hash(const plan& p) {
  const auto body = std::visit([](const auto& b) { return describe(b); }, p.body);
  return stable_hash(fmt::format("{}|{}|{}|{}|{}", p.source.str(), p.instrument.str(),
                                 to_string(p.leg), p.created_at.ms, body));
}

std::uint64_t intent_hash(const plan& p) {
  const auto body = std::visit([](const auto& b) { return describe(b); }, p.body);
  return stable_hash(
      fmt::format("{}|{}|{}|{}", p.source.str(), p.instrument.str(), to_string(p.leg), body));
}

bool same_intent(const plan& a, const plan& b) {
  return a.source == b.source && a.instrument == b.instrument && a.leg == b.leg && a.body == b.body;
}

quantity reachable_target(quantity target, quantity step) {
  const quantity wanted = std::max(target, quantity{});
  return on_step(wanted, step) ? wanted : floor_to_step(wanted, step) + step;
}

}  // namespace sluice
