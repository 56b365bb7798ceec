// Orders, halt file and time, each with what follows for the state in force.
#include "sluice/gate/trading_switch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

bool same(const standing_state& a, const standing_state& b) {
  return a.state == b.state && a.author == b.author && a.reason == b.reason && a.until == b.until;
}

state_changed change_between(trading_state before, const standing_state& after) {
  return {before, after.state, after.author, after.reason, after.until};
}

/// However far the wall clock was set back meanwhile, no order lasts longer from now than it was
/// given.
milliseconds left_of(const standing_state& timed, const stamp& now) {
  return milliseconds{timed.until->ms - std::max(now.wall.ms, timed.since.ms)};
}

}  // namespace

void trading_switch::take_order(standing_state ordered, std::optional<instant> ends) {
  ordered_ = std::move(ordered);
  ordered_ends_ = ends;
}

void trading_switch::end_order(const stamp& now) {
  take_order({trading_state::active, std::string{gate_author},
              fmt::format("the time of {}, ordered by {}, is over", to_string(ordered_.state),
                          ordered_.author),
              now.wall, std::nullopt},
             std::nullopt);
}

standing_state trading_switch::strictest() const {
  if (stopped_)
    return *stopped_;
  return filed_ ? *filed_ : ordered_;
}

std::vector<state_changed> trading_switch::settle(std::string_view author) {
  const auto before = in_force_;
  in_force_ = strictest();
  if (stopped_ || same(before, in_force_))
    return {};
  auto told = change_between(before.state, in_force_);
  // The order is in the journal under its author already; that it holds again is the file's doing.
  if (author == halt_file_author && !filed_) {
    told.author = halt_file_author;
    told.reason = fmt::format("{} is gone: {} holds again", halt_file_, to_string(in_force_.state));
  }
  return {std::move(told)};
}

std::vector<state_changed> trading_switch::resume(const standing_state& ordered,
                                                  trading_state was_in_force,
                                                  const std::optional<std::string>& found,
                                                  const stamp& now) {
  take_order(ordered, std::nullopt);
  if (ordered.until && *ordered.until <= now.wall)
    end_order(now);
  else if (ordered.until)
    ordered_ends_ = now.steady + left_of(ordered, now);
  if (found)
    filed_ = {trading_state::halted, std::string{halt_file_author}, *found, now.wall, std::nullopt};
  in_force_ = strictest();
  if (in_force_.state == was_in_force)
    return {};
  auto told = change_between(was_in_force, in_force_);
  // Neither file nor time changed it: the file was there when the last process ended.
  if (!filed_ && ordered_ == ordered) {
    told.author = halt_file_author;
    told.reason = fmt::format("{} is gone: {} holds again", halt_file_, to_string(ordered.state));
  }
  return {std::move(told)};
}

std::string trading_switch::stands_longer(const state_order& wanted, const stamp& now) const {
  if (!wanted.lasts || ordered_.state == trading_state::active)
    return {};
  if (ordered_ends_ && *ordered_ends_ <= now.steady + *wanted.lasts)
    return {};
  return fmt::format(
      "{} was ordered by {} {}, and would end earlier by this: order active first, or "
      "leave the time out",
      to_string(ordered_.state), ordered_.author,
      ordered_.until ? "until " + format_rfc3339(*ordered_.until) : "without an end");
}

std::vector<state_changed> trading_switch::told_of_order() {
  std::vector<state_changed> told{change_between(in_force_.state, ordered_)};
  in_force_ = strictest();
  // The journal takes the last order for what holds, so the order goes in as it is, and then what
  // the halt file makes of it.
  if (filed_ && ordered_.state != trading_state::halted)
    told.push_back(change_between(ordered_.state, in_force_));
  return told;
}

state_outcome trading_switch::order(const state_order& wanted, const stamp& now) {
  if (stopped_)
    return {{}, "the process is ending"};
  if (is_own_author(wanted.author))
    return {{}, fmt::format("{} is nobody's name", wanted.author)};
  if (filed_ && wanted.to == trading_state::active)
    return {{},
            fmt::format("the halt file is there, and active cannot be ordered while it is: "
                        "remove {}",
                        halt_file_)};
  if (wanted.lasts && wanted.to == trading_state::active)
    return {{}, "active does not end by itself: leave the time out"};
  if (wanted.lasts && (*wanted.lasts <= milliseconds{0} || *wanted.lasts > lasts_max))
    return {{},
            fmt::format("{} is out of range: up to {}, or without an end",
                        format_duration(*wanted.lasts), format_duration(lasts_max))};
  if (auto longer = stands_longer(wanted, now); !longer.empty())
    return {{}, std::move(longer)};
  standing_state next{wanted.to, wanted.author, wanted.reason, now.wall, std::nullopt};
  std::optional<instant> ends;
  if (wanted.lasts) {
    next.until = wall_time{now.wall.ms + wanted.lasts->count()};
    ends = now.steady + *wanted.lasts;
  }
  take_order(std::move(next), ends);
  return {told_of_order(), {}};
}

std::vector<state_changed> trading_switch::signalled(trading_state to, std::string reason,
                                                     const stamp& now) {
  const auto target = stricter(ordered_.state, to);
  if (stopped_ || (target == ordered_.state && !ordered_.until))
    return {};
  take_order({target, std::string{signal_author}, std::move(reason), now.wall, std::nullopt},
             std::nullopt);
  return told_of_order();
}

std::vector<state_changed> trading_switch::close_entries(std::string author, std::string reason,
                                                         const stamp& now) {
  const auto before = in_force_.state;
  if (before == trading_state::halted ||
      (ordered_.state == trading_state::reduce_only && !ordered_.until))
    return {};
  take_order(
      {trading_state::reduce_only, std::move(author), std::move(reason), now.wall, std::nullopt},
      std::nullopt);
  in_force_ = strictest();
  return {change_between(before, ordered_)};
}

std::vector<state_changed> trading_switch::halt_file(const std::optional<std::string>& found,
                                                     const stamp& now) {
  if (!found)
    filed_.reset();
  else if (filed_)
    filed_->reason = *found;
  else
    filed_ = {trading_state::halted, std::string{halt_file_author}, *found, now.wall, std::nullopt};
  return settle(halt_file_author);
}

std::vector<state_changed> trading_switch::tick(const stamp& now) {
  if (!ordered_ends_ || now.steady < *ordered_ends_)
    return {};
  end_order(now);
  return settle(gate_author);
}

void trading_switch::stop(std::string reason, const stamp& now) {
  stopped_ = {trading_state::halted, std::string{supervisor_author}, std::move(reason), now.wall,
              std::nullopt};
  in_force_ = *stopped_;
}

}  // namespace sluice
