// How each planned fault is done to venue, disk, clock or account.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "simulation.hpp"

namespace sluice::simulation {
namespace {

using namespace std::chrono_literals;

/// A firewall's page waits for 15 s to be met, and may be on its way for 30 s.
constexpr milliseconds firewall_page_waits = 46s;

std::string with_symbol(std::string text, const std::string& name) {
  constexpr std::string_view placeholder = "SYMBOL";
  for (auto at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + name.size()))
    text.replace(at, placeholder.size(), name);
  return text;
}

quantity held_at_venue(const world& w, const symbol& on) {
  const auto books = w.venue->books(w.moment());
  for (const auto& p : books.accounts.front().positions)
    if (p.instrument == on)
      return p.amount;
  return {};
}

/// About a hundred worth of it, on the symbol's step as the venue floors it.
quantity some_of(const world& w, const symbol& on) {
  const auto mark = w.venue->mark(on).value_or(price::whole(1));
  const auto amount = notional::whole(150) / mark;
  const auto step = mark > price::whole(10'000) ? quantity::parse("0.001").value()
                    : mark > price::whole(50)   ? quantity::parse("0.01").value()
                                                : quantity::whole(1);
  return floor_to_step(amount, step);
}

/// Some hundredths of a percent from the mark, so that most of them rest.
bool leave_an_order(world& w, const symbol& on) {
  const auto mark = w.venue->mark(on).value_or(price::whole(1));
  const auto tick = mark > price::whole(10'000) ? price::parse("0.1").value()
                    : mark > price::whole(5)    ? price::parse("0.01").value()
                                                : price::parse("0.0001").value();
  simulator::person_order o;
  o.instrument = on;
  o.reduce_only = w.random.chance(30);
  const auto held = held_at_venue(w, on);
  const bool buys = o.reduce_only ? held.sign() < 0 : w.random.chance(50);
  o.direction = buys ? side::buy : side::sell;
  o.amount = some_of(w, on);
  const auto away = mark.raw() / 10'000 * w.random.between(5, 150);
  const auto wanted = mark.raw() + (buys ? -away : away);
  o.limit = price::from_raw(wanted - wanted % tick.raw());
  return w.venue->enter(o, w.moment()).has_value();
}

/// Regular or conditional.
bool rests_at_venue(const world& w, const symbol& on) {
  const auto books = w.venue->books(w.moment());
  const auto& account = books.accounts.front();
  return std::ranges::any_of(account.orders,
                             [&](const auto& o) {
                               return o.report.instrument == on && !is_final(o.report.status);
                             }) ||
         std::ranges::any_of(account.algos, [&](const auto& o) {
           return o.instrument == on && o.status == simulator::algo_status::new_;
         });
}

/// Whether there was something to do.
bool act_as_person(world& w, person_act act, const symbol& on) {
  const auto held = held_at_venue(w, on);
  const auto size = held.sign() < 0 ? -held : held;
  const auto against = held.sign() > 0 ? side::sell : side::buy;
  const auto now = w.moment();
  switch (act) {
    case person_act::close:
      return !held.is_zero() && w.venue->trade(on, against, size, now).has_value();
    case person_act::flip:
      return !held.is_zero() && w.venue->trade(on, against, size + size, now).has_value();
    case person_act::add:
      return w.venue->trade(on, held.sign() < 0 ? side::sell : side::buy, some_of(w, on), now)
          .has_value();
    case person_act::cancel: {
      const bool any = rests_at_venue(w, on);
      return w.venue->cancel_open(on, now).has_value() && any;
    }
    case person_act::rest:
      return leave_an_order(w, on);
    case person_act::leverage:
      return w.venue->set_leverage(on, w.random.between(1, 20), now).has_value();
  }
  return false;
}

/// Whether there was something to do.
bool act_as_venue(world& w, venue_act act, const symbol& on) {
  const auto held = held_at_venue(w, on);
  if (held.is_zero())
    return false;
  if (act == venue_act::liquidate)
    return w.venue->liquidate(on, w.moment()).has_value();
  simulator::deleveraging d;
  d.instrument = on;
  d.amount = held.sign() < 0 ? -held : held;
  return w.venue->deleverage(d, w.moment()).has_value();
}

}  // namespace

/// On a symbol that was flat so far, then and now and then again: what producers want there meets a
/// hold that lasts.
void simulation::schedule_stranger(const symbol& on, milliseconds wait) {
  world_->after(wait, [this, on] {
    if (quiet_)
      return;
    world_->trace("a stranger trades " + on.str());
    (void)act_as_person(*world_, person_act::add, on);
    world_->pump();
    work_->open_ground();
    schedule_stranger(on, plan_draws_.time(60s, 240s));
  });
}

void simulation::slow_disk_down(const slow_disk& s) {
  disk_->slow_down(s.each, world_->now() + s.lasts);
  const auto from = world_->age().count();
  result_.seen.slow_disk.push_back({from, from + s.lasts.count(), s.each.count()});
}

void simulation::strike(const planned_fault& f, std::optional<phase> met) {
  auto on = met ? phases_.somewhere_in(*met) : std::nullopt;
  if (!on) {
    const auto all = world_->venue->symbols();
    on = world_->random.one_of(all);
  }
  // Bans and pauses are remembered over a restart by the wall clock, the only one there is then.
  const bool banned = machine_.stops.ban.has_value();
  if (f.wall && (chosen_.wall == wall_clock::steady || banned || machine_.stops.pause))
    return;
  // A second ban, or a venue's clock that steps, would move the end that was named.
  const bool in_force = banned && machine_.stops.ban->until > wall_time{world_->our_wall_ms()};
  if (in_force && (f.name == "E3" || f.name == "E15"))
    return;
  // A firewall's pause grows with each 403 met in it, and would outlast the calm at the end: nor
  // does one wait to be met beside another.
  const auto& away = machine_.stops.pause_of_others;
  const bool blocks = f.script.find("forbidden_403") != std::string::npos;
  if (blocks && (world_->now() < firewall_waits_until_ ||
                 (away && away->until > wall_time{world_->our_wall_ms()})))
    return;
  if (f.disk && chosen_.restarts == with_restarts::no)
    return;
  if (f.slow && disk_->commit_takes(world_->now()) > 0ms)
    return;
  if (blocks)
    firewall_waits_until_ = world_->now() + firewall_page_waits;
  world_->trace(fmt::format("FAULT {} on {} ({}) {}", f.name, on->str(),
                            met ? to_string(*met) : no_plan, f.script));
  if (!f.script.empty())
    for (const auto& one : simulator::parse_script(with_symbol(f.script, on->str())).value()) {
      world_->venue->add_fault(one);
      const auto* of_venue = std::get_if<simulator::venue_fault>(&one);
      if (of_venue && of_venue->effect == simulator::venue_effect::clock_step) {
        ahead_since_.emplace_back(world_->age(), venue_ahead_ += milliseconds{of_venue->number});
        result_.seen.clocks_moved.push_back({world_->age().count(), of_venue->number});
      }
    }
  bool done = !f.disk || process_;
  if (f.person)
    done = act_as_person(*world_, *f.person, *on);
  if (f.venue)
    done = act_as_venue(*world_, *f.venue, *on);
  if (f.wall) {
    world_->jump_wall_clock(f.wall->by);
    result_.seen.clock_set.push_back(world_->age().count());
    result_.seen.clocks_moved.push_back({world_->age().count(), f.wall->by.count()});
  }
  if (f.slow)
    slow_disk_down(*f.slow);
  if (f.disk && process_) {
    if (f.disk->sync_error)
      disk_->fail_sync_after(f.disk->calls);
    else if (f.disk->calls == 0)
      disk_->crash_now(f.disk->kind);
    else
      disk_->crash_after(f.disk->calls, f.disk->kind);
  }
  world_->pump();
  if (done)
    ++result_.hits[{f.name, met ? std::string(to_string(*met)) : no_plan}];
  else
    world_->trace("it finds nothing to do");
}

}  // namespace sluice::simulation
