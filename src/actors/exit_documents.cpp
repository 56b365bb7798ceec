// The same formulas as the rules', on the state that is stored: what is shown is what decides.
#include "exit_documents.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sluice/exits/exit_levels.hpp"
#include "sluice/exits/exit_moves.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

template <class T>
json::value text_or_null(const std::optional<T>& v) {
  return v ? json::value(json::string(v->str())) : json::value(nullptr);
}
json::value text_or_null(std::string_view s) {
  return s.empty() ? json::value(nullptr) : json::value(json::string(s));
}

exit_view view_of(const exit_state& s, const position_open& held, std::optional<price> mark,
                  std::optional<price> liquidation, const exit_surroundings& around) {
  exit_view v;
  v.amount = held.amount;
  v.mark = mark;
  v.liquidation = liquidation;
  v.age = milliseconds{std::max<std::int64_t>(around.now.ms - s.opened_at.ms, 0)};
  if (s.opposed_at.ms > 0)
    v.opposed_ago = milliseconds{std::max<std::int64_t>(around.now.ms - s.opposed_at.ms, 0)};
  v.windows = around.settings->regime;
  return v;
}

json::value tranche_value(const exit_state& s, const exit_policy& rules, int next) {
  if (next == 0)
    return nullptr;
  return json::object{{"number", next},
                      {"of", rules.tranches.size()},
                      {"at_r", rules.tranches[static_cast<std::size_t>(next) - 1].at_r.str()},
                      {"target", left_after_tranches(s.initial, rules, next).str()}};
}

/// The rule of the mark that is nearest to it.
json::value level_value(const std::vector<exit_level>& levels) {
  if (levels.empty())
    return nullptr;
  const auto& next = levels.front();
  return json::object{
      {"reason", to_string(next.reason)}, {"at", next.at.str()}, {"away_bp", next.away_bp}};
}

}  // namespace

json::object exit_object(const exit_state& s, const position_open& held, std::optional<price> mark,
                         std::optional<price> liquidation, const exit_surroundings& around) {
  const auto policy = policy_of(*around.settings, s.position.instrument, s.source);
  const auto view = view_of(s, held, mark, liquidation, around);
  const auto shown = picture_of(s, view, *policy.rules);
  return {
      {"policy", fmt::format("{}{}{}", policy.kind, policy.name.empty() ? "" : " ", policy.name)},
      {"enabled", policy.rules->enabled},
      {"source", text_or_null(s.source.str())},
      {"origin", text_or_null(s.origin.str())},
      {"initial", s.initial.str()},
      {"risk", s.risk.is_zero() ? json::value(nullptr) : json::value(json::string(s.risk.str()))},
      {"cost", s.cost.str()},
      {"r", text_or_null(shown.r)},
      {"r_peak", text_or_null(shown.r_peak)},
      {"kill_score", fmt::format("{:.4f}", shown.kill_score)},
      {"kill_score_at", policy.rules->kill_score_at.str()},
      {"next_tranche", tranche_value(s, *policy.rules, shown.next_tranche)},
      {"next_level", level_value(exit_levels(s, view, *policy.rules))},
      {"stop_by", to_string(s.stop_by)},
      {"time_limit_ms", s.time_limit ? json::value(s.time_limit->count()) : json::value(nullptr)},
      {"time_left_ms", s.time_limit ? json::value(std::max<std::int64_t>(
                                          s.time_limit->count() - view.age.count(), 0))
                                    : json::value(nullptr)},
      {"liquidation", text_or_null(liquidation)}};
}

bool is_unprotected(const std::optional<exit_state>& state, const exit_settings& settings) {
  if (!state || !state->active)
    return true;
  return !is_protected(*state,
                       *policy_of(settings, state->position.instrument, state->source).rules);
}

}  // namespace sluice::actors
