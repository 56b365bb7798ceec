// The words of the closed vocabularies: one table each, read in both directions.
#include <array>
#include <utility>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/domain/side.hpp"

namespace sluice {
namespace {

template <class Enum, std::size_t N>
using table = std::array<std::pair<Enum, std::string_view>, N>;

template <class Enum, std::size_t N>
std::string_view word(const table<Enum, N>& words, Enum value) {
  for (const auto& [v, text] : words)
    if (v == value)
      return text;
  return "?";
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const table<Enum, N>& words, std::string_view text) {
  for (const auto& [v, w] : words)
    if (w == text)
      return v;
  return std::nullopt;
}

constexpr table<side, 2> sides{{{side::buy, "buy"}, {side::sell, "sell"}}};
constexpr table<position_side, 3> legs{{{position_side::both, "both"},
                                        {position_side::long_, "long"},
                                        {position_side::short_, "short"}}};
constexpr table<lane, 2> lanes{{{lane::exit, "exit"}, {lane::entry, "entry"}}};
constexpr table<run_mode, 4> modes{{{run_mode::demo, "demo"},
                                    {run_mode::shadow, "shadow"},
                                    {run_mode::testnet, "testnet"},
                                    {run_mode::live, "live"}}};
constexpr table<trading_state, 3> states{{{trading_state::active, "active"},
                                          {trading_state::reduce_only, "reduce_only"},
                                          {trading_state::halted, "halted"}}};
constexpr table<truth_source, 5> sources{{{truth_source::none, "none"},
                                          {truth_source::bulk, "bulk"},
                                          {truth_source::worker, "worker"},
                                          {truth_source::stream, "stream"},
                                          {truth_source::recovered, "recovered"}}};
constexpr table<order_type, 2> types{
    {{order_type::market, "market"}, {order_type::limit, "limit"}}};
constexpr table<order_status, 7> statuses{{{order_status::new_, "new"},
                                           {order_status::partially_filled, "partially_filled"},
                                           {order_status::filled, "filled"},
                                           {order_status::cancelled, "cancelled"},
                                           {order_status::rejected, "rejected"},
                                           {order_status::expired, "expired"},
                                           {order_status::other, "other"}}};
constexpr table<order_state, 9> order_states{{{order_state::intended, "intended"},
                                              {order_state::sent, "sent"},
                                              {order_state::acknowledged, "acknowledged"},
                                              {order_state::partially_filled, "partially_filled"},
                                              {order_state::filled, "filled"},
                                              {order_state::cancelled, "cancelled"},
                                              {order_state::rejected, "rejected"},
                                              {order_state::expired, "expired"},
                                              {order_state::unknown, "unknown"}}};
constexpr table<flight_phase, 3> phases{{{flight_phase::permitted, "permitted"},
                                         {flight_phase::unknown, "unknown"},
                                         {flight_phase::unreflected, "unreflected"}}};
constexpr table<verdict_kind, 3> verdicts{{{verdict_kind::allow, "allow"},
                                           {verdict_kind::deny, "deny"},
                                           {verdict_kind::expire, "expire"}}};
constexpr table<plan_end, 6> plan_ends{{{plan_end::done, "done"},
                                        {plan_end::partly, "partly"},
                                        {plan_end::failed, "failed"},
                                        {plan_end::withdrawn, "withdrawn"},
                                        {plan_end::not_sent, "not_sent"},
                                        {plan_end::interrupted, "interrupted"}}};
constexpr table<failure_kind, 9> failures{{{failure_kind::unreachable, "unreachable"},
                                           {failure_kind::timed_out, "timed_out"},
                                           {failure_kind::rate_limited, "rate_limited"},
                                           {failure_kind::banned, "banned"},
                                           {failure_kind::clock_off, "clock_off"},
                                           {failure_kind::refused, "refused"},
                                           {failure_kind::malformed, "malformed"},
                                           {failure_kind::venue_error, "venue_error"},
                                           {failure_kind::not_found, "not_found"}}};
constexpr table<refusal_cure, 9> cures{{{refusal_cure::none, "none"},
                                        {refusal_cure::wait, "wait"},
                                        {refusal_cure::fit_to_filters, "fit_to_filters"},
                                        {refusal_cure::reread_position, "reread_position"},
                                        {refusal_cure::reload_symbols, "reload_symbols"},
                                        {refusal_cure::reread_settings, "reread_settings"},
                                        {refusal_cure::free_orders, "free_orders"},
                                        {refusal_cure::only_reduce, "only_reduce"},
                                        {refusal_cure::query_order, "query_order"}}};
constexpr table<universe_source, 4> universe_sources{{{universe_source::none, "none"},
                                                      {universe_source::live, "live"},
                                                      {universe_source::last_good, "last_good"},
                                                      {universe_source::configured, "configured"}}};
constexpr table<order_giver, 4> givers{{{order_giver::client, "client"},
                                        {order_giver::liquidation, "liquidation"},
                                        {order_giver::auto_deleveraging, "auto_deleveraging"},
                                        {order_giver::settlement, "settlement"}}};
constexpr table<override_end, 5> override_ends{{{override_end::expired, "expired"},
                                                {override_end::cause_gone, "cause_gone"},
                                                {override_end::reverted, "reverted"},
                                                {override_end::replaced, "replaced"},
                                                {override_end::refused, "refused"}}};
constexpr table<stop_mover, 3> stop_movers{{{stop_mover::opening, "opening"},
                                            {stop_mover::break_even, "break_even"},
                                            {stop_mover::trailing, "trailing"}}};
constexpr table<arming_end, 4> arming_ends{{{arming_end::expired, "expired"},
                                            {arming_end::used, "used"},
                                            {arming_end::disarmed, "disarmed"},
                                            {arming_end::replaced, "replaced"}}};
constexpr std::array<std::string_view, std::variant_size_v<record_body>> record_kinds{
    "plan_accepted", "plan_judged",     "plan_continued",  "plan_finished",    "order_intended",
    "order_changed", "fill_recorded",   "ledger_adjusted", "hold_placed",      "hold_released",
    "truth_changed", "state_changed",   "exit_changed",    "funding_booked",   "equity_peaked",
    "universe_kept", "override_set",    "override_ended",  "close_armed",      "close_disarmed",
    "stop_changed",  "flatten_ordered", "flatten_ended",   "settings_changed", "notice"};

}  // namespace

std::string_view to_string(side v) {
  return word(sides, v);
}
std::string_view to_string(position_side v) {
  return word(legs, v);
}
std::string_view to_string(lane v) {
  return word(lanes, v);
}
std::string_view to_string(run_mode v) {
  return word(modes, v);
}
std::string_view to_string(trading_state v) {
  return word(states, v);
}
std::string_view to_string(truth_source v) {
  return word(sources, v);
}
std::string_view to_string(order_status v) {
  return word(statuses, v);
}
std::string_view to_string(order_state v) {
  return word(order_states, v);
}
std::string_view to_string(flight_phase v) {
  return word(phases, v);
}
std::string_view to_string(verdict_kind v) {
  return word(verdicts, v);
}
std::string_view to_string(failure_kind v) {
  return word(failures, v);
}
std::string_view to_string(universe_source v) {
  return word(universe_sources, v);
}
std::string_view to_string(order_giver v) {
  return word(givers, v);
}
std::string_view to_string(order_type v) {
  return word(types, v);
}
std::string_view to_string(plan_end v) {
  return word(plan_ends, v);
}
std::string_view to_string(override_end v) {
  return word(override_ends, v);
}
std::string_view to_string(arming_end v) {
  return word(arming_ends, v);
}
std::string_view to_string(stop_mover v) {
  return word(stop_movers, v);
}
std::string_view to_string(refusal_cure v) {
  return word(cures, v);
}

std::optional<side> parse_side(std::string_view t) {
  return value_of(sides, t);
}
std::optional<position_side> parse_position_side(std::string_view t) {
  return value_of(legs, t);
}
std::optional<run_mode> parse_run_mode(std::string_view t) {
  return value_of(modes, t);
}
std::optional<trading_state> parse_trading_state(std::string_view t) {
  return value_of(states, t);
}
std::optional<order_state> parse_order_state(std::string_view t) {
  return value_of(order_states, t);
}

std::string_view kind_of(const record_body& b) {
  return record_kinds[b.index()];
}

const plan_judged* judgement_in(const record_body& b) {
  if (const auto* continued = std::get_if<plan_continued>(&b))
    return &continued->what;
  return std::get_if<plan_judged>(&b);
}

bool is_resolved(order_state s) {
  return s == order_state::filled || s == order_state::cancelled || s == order_state::rejected ||
         s == order_state::expired;
}

}  // namespace sluice
