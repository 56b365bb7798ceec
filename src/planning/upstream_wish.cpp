// From what an upstream plan wants to a plan of ours, whose target is fixed once.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sluice/planning/upstream_plan.hpp"

namespace sluice {

lane lane_of(const upstream_wish& w) {
  return std::holds_alternative<open_plan>(w.what) ? lane::entry : lane::exit;
}

std::string_view to_string(upstream_fault f) {
  constexpr std::array<std::string_view, 11> words{
      "unreadable",         "contradictory", "not_done_here",         "plan_too_old",
      "source_not_allowed", "other_side",    "duplicate_plan",        "queue_full",
      "no_position",        "symbol_busy",   "symbol_not_in_universe"};
  return words.at(static_cast<std::size_t>(f));
}

std::optional<std::int64_t> entry_time_ms(std::string_view id) {
  constexpr std::int64_t last = 100'000'000'000'000;
  std::int64_t ms = 0;
  const auto head = id.substr(0, id.find('-'));
  const auto* const end = head.data() + head.size();
  const auto parsed = std::from_chars(head.data(), end, ms);
  if (parsed.ec != std::errc{} || parsed.ptr != end || ms < 0 || ms > last)
    return std::nullopt;
  return ms;
}

std::string words_of(const upstream_close& c) {
  switch (c.how) {
    case upstream_close::extent::percent:
      return fmt::format("upstream close {} %", c.percent);
    case upstream_close::extent::amount:
      return fmt::format("upstream close {}", c.amount.str());
    case upstream_close::extent::all:
      break;
  }
  return "upstream close";
}

bool is_part(const upstream_wish& w) {
  const auto* close = std::get_if<upstream_close>(&w.what);
  return close && close->how != upstream_close::extent::all;
}

bool needs_truth(const upstream_wish& w) {
  const auto* close = std::get_if<upstream_close>(&w.what);
  return close && (is_part(w) || close->direction);
}

bool closes_other_side(const upstream_wish& w, const truth& held) {
  const auto* close = std::get_if<upstream_close>(&w.what);
  const auto amount = amount_of(held);
  return close && close->direction && !amount.is_zero() &&
         sign_of(*close->direction) == amount.sign();
}

plan plan_for_upstream(const upstream_wish& w, const truth& held, const stamp& received,
                       const intake_settings& intake) {
  plan p;
  p.id = w.id;
  p.source = w.source;
  p.instrument = w.instrument;
  p.received = received;
  const auto lives = std::min(intake.default_ttl, intake.max_ttl);
  p.deadline = received.steady + lives;
  p.deadline_wall = {received.wall.ms + lives.count()};
  if (const auto* open = std::get_if<open_plan>(&w.what)) {
    p.body = *open;
    return p;
  }
  const auto& close = std::get<upstream_close>(w.what);
  const auto size = amount_of(held).abs();
  reduce_plan r{.target = {}, .reason = words_of(close), .numbers = {}, .part_of = {}};
  if (close.how == upstream_close::extent::percent)
    r.target = quantity::from_raw(
        static_cast<std::int64_t>(static_cast<wide_int>(size.raw()) * (100 - close.percent) / 100));
  else if (close.how == upstream_close::extent::amount)
    r.target = std::max(quantity{}, size - close.amount);
  if (is_part(w))
    r.part_of = amount_of(held);
  else if (close.direction)
    r.of_side = -sign_of(*close.direction);
  p.body = std::move(r);
  return p;
}

}  // namespace sluice
